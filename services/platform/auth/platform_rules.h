// The rules of what every service answers to the others: events and its own audit.
#pragma once

#include <vector>

#include "services/platform/auth/authority.h"

namespace evenhand {

std::vector<Rule> PlatformRules();

}  // namespace evenhand
