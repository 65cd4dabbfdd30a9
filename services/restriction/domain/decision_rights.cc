#include "services/restriction/domain/decision_rights.h"

namespace evenhand::restriction {

Refusals RefusalsToDecide(const DecisionFacts& facts) {
  Refusals no;
  // Exceptional: a director's own decision, not lent to anybody (9.8).
  if (facts.limits_complaints && !facts.actor.Holds(Role::kStrategicDirector, facts.area))
    no.push_back({"9.8", "", "Only a strategic director of this service area may limit use of the complaints process."});
  if (!facts.limits_complaints && !facts.delegated && !facts.actor.Holds(Role::kSeniorManager, facts.area))
    no.push_back({"7.3", "", "Only a senior manager of this service area may decide on a restriction."});
  if (facts.harmed.contains(facts.actor.id))
    no.push_back({"7.3", "grounds", "The person harmed does not decide; ask another senior manager."});
  return no;
}

Refusals RefusalsToPropose(const Actor& actor, std::string_view area) {
  if (actor.Holds(Role::kTeamLeader, area)) return {};
  return {{"7.3", "serviceArea", "Only a team leader or above of this service area may propose a restriction."}};
}

}  // namespace evenhand::restriction
