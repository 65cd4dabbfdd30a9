// Who may not hear an appeal, and why: policy 7.3, and 9.8 for the complaints process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/platform/base/refusal.h"

namespace evenhand::appeal {

// Everything the rule looks at. That the hearer is a strategic director is the table's matter (services/authority).
struct HearingFacts {
  std::string_view director;          // staff number of who is to hear it
  std::string_view imposed_by;        // who imposed the restriction
  std::string_view decided_by;        // who made the decision under appeal
  std::string_view last_reviewed_by;  // who decided its last review or variation; empty: none
  std::vector<std::string> harmed;    // staff affected in the incidents relied on
  bool limits_complaints = false;     // 9.8
};

// `field` names the request's field when somebody else is to be given the appeal; empty for the caller themself.
Refusals RefusalsToHear(const HearingFacts& facts, std::string_view field);

}  // namespace evenhand::appeal
