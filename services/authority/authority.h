// The tables of who may do what, one for each service; the only place where roles meet RPCs. See docs/policy for the clauses.
#pragma once

#include <vector>

#include "services/platform/auth/authority.h"

namespace evenhand {

std::vector<Rule> IncidentRules();
std::vector<Rule> RestrictionRules();
std::vector<Rule> AppealRules();
std::vector<Rule> NotificationRules();

// All of them: what the tests walk, role by role and route by route.
std::vector<Rule> AllRules();

}  // namespace evenhand
