// Who sees a person's record: those whose work has to do with the person, or who say why they look (12.4).
#pragma once

#include <string>
#include <vector>

#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"

namespace evenhand::restriction {

struct NeedToKnowFacts {
  Actor actor;
  bool registered = false;  // the actor registered the person
  std::vector<std::string>
      areas;  // where a restriction, an entry or an incident ties the person to a service; none by the actor's own hand alone
  bool reason_given = false;  // X-Reason
};

// An auditor's work is every record; others need one of their areas among the person's, or to have registered them.
bool HasTie(const NeedToKnowFacts& facts);

// Empty: may look. Without a tie the refusal names X-Reason, the way on.
Refusals RefusalsToSee(const NeedToKnowFacts& facts);

// Whom a person works for says which colleagues may neither read nor decide: once on record it is changed by who may decide, so that
// nobody shuts a manager out, or lets one in, who couldn't decide on the case themselves.
Refusals RefusalsToChangeEmployment(const Actor& actor);

}  // namespace evenhand::restriction
