// Who may decide on a restriction, and why not: policy 4.1, 4.2, 7.3 and 9.8.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"

namespace evenhand::restriction {

// Everything the rule looks at; it looks nothing up.
struct DecisionFacts {
  const Actor& actor;              // who decides, as the identity provider knows them
  std::string_view area;           // where the restriction is to hold
  bool limits_complaints = false;  // 9.8
  std::set<std::string> harmed;    // staff affected in the incidents relied on
  bool delegated = false;          // a delegation of this area's authority to the actor holds now (4.1)
};

// Imposing, declining, varying, reviewing, lifting.
Refusals RefusalsToDecide(const DecisionFacts& facts);

// Taking a proposal back, recording: a team leader or above of the area.
Refusals RefusalsToPropose(const Actor& actor, std::string_view area);

}  // namespace evenhand::restriction
