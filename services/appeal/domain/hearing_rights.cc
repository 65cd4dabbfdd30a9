#include "services/appeal/domain/hearing_rights.h"

#include <algorithm>

namespace evenhand::appeal {

Refusals RefusalsToHear(const HearingFacts& facts, std::string_view field) {
  Refusals no;
  const std::string where(field);
  if (facts.director == facts.imposed_by || facts.director == facts.decided_by) {
    no.push_back({"7.3", where, "The director who made the decision does not hear its appeal; another strategic director has to."});
  } else if (!facts.last_reviewed_by.empty() && facts.director == facts.last_reviewed_by) {
    no.push_back({"7.3", where, "The director who decided the last review does not hear the appeal; another strategic director has to."});
  }
  if (std::ranges::find(facts.harmed, facts.director) != facts.harmed.end()) {
    no.push_back(
        {"7.3", where, "A person harmed in what led to the restriction does not decide about it; ask another strategic director."});
  }
  if (!no.empty() && facts.limits_complaints) {
    no.push_back({"9.8", where, "The appeal about use of the complaints process goes to a different strategic director."});
  }
  return no;
}

}  // namespace evenhand::appeal
