#include "services/restriction/domain/decision_rights.h"

#include <algorithm>

#include "services/platform/base/protection.h"
#include "services/restriction/domain/measures.h"

namespace evenhand::restriction {
namespace {

// By their own rank: where the area itself is closed to all, in the one that decides for it, or as the area's director.
bool Holds(const DecisionFacts& facts, Role role) {
  if (facts.deciding_area.empty()) return facts.actor.Holds(role, facts.area);
  return facts.actor.Holds(role, facts.deciding_area) || facts.actor.Holds(Role::kStrategicDirector, facts.area);
}

// Authority that is lent reaches no further than its lender's own, and is no way round what the lender may not do.
Refusals RefusalsOfLoan(const DecisionFacts& facts) {
  Refusals no;
  const std::string lender(facts.lent_by);
  const std::string_view where = facts.deciding_area.empty() ? facts.area : facts.deciding_area;
  if (!facts.proposed_by.empty() && facts.actor.id == facts.proposed_by && ProtectionOn(Protection::kOwnProposal))
    no.push_back({"council rule", "", "Who proposed it does not decide it by authority that was lent to them; ask a senior manager."});
  if (facts.harmed.contains(lender))
    no.push_back({"council rule", "grounds", "The person harmed lent you the authority; ask a senior manager who was not harmed."});
  if (facts.subject.IsClose(lender) || (!facts.subject.team.empty() && facts.subject.team == where))
    no.push_back({"council rule", "", "The authority was lent by somebody to whom this case is closed; ask a strategic director."});
  return no;
}

}  // namespace

Refusals RefusalsToDecide(const DecisionFacts& facts) {
  Refusals no;
  // Exceptional: a director's own decision, not lent to anybody (9.8).
  if (facts.limits_complaints && !Holds(facts, Role::kStrategicDirector))
    no.push_back({"9.8", "", "Only a strategic director of this service area may limit use of the complaints process."});
  if (!facts.limits_complaints && facts.lent_by.empty() && !Holds(facts, Role::kSeniorManager))
    no.push_back(facts.clause == "7.3"
                     ? Violation{"7.3", "", "Only a senior manager of this service area may decide on a restriction."}
                     : Violation{"council rule", "",
                                 "Only a senior manager of this service area, or somebody with their delegated authority, decides this."});
  if (facts.harmed.contains(facts.actor.id) && ProtectionOn(Protection::kHarmedDecides))
    no.push_back({"council rule", "grounds", "The person harmed does not decide; ask another senior manager."});
  if (!facts.lent_by.empty()) std::ranges::move(RefusalsOfLoan(facts), std::back_inserter(no));
  const bool sees = std::ranges::all_of(facts.circles, [&](const auto& circle) { return circle.contains(facts.actor.id); });
  if (!sees && !Holds(facts, Role::kStrategicDirector))
    no.push_back({"12.6", "grounds",
                  "It rests on an incident that is closed to you. Its line manager decides, if a senior manager of this service area, or a "
                  "strategic director."});
  return no;
}

bool IsAboutComplaints(std::span<const MeasureFacts> measures, std::span<const Behaviour::Value> behaviours) {
  if (!ProtectionOn(Protection::kComplaintGround)) return false;
  return LimitsComplaints(measures) || std::ranges::find(behaviours, Behaviour::COMPLAINT_PROCESS) != behaviours.end();
}

Refusals RefusalsToPropose(const Actor& actor, std::string_view area, std::string_view deciding_area) {
  if (actor.Holds(Role::kTeamLeader, area) || (!deciding_area.empty() && actor.Holds(Role::kTeamLeader, deciding_area))) return {};
  return {{"council rule", "serviceArea", "Only a team leader or above of this service area may propose a restriction."}};
}

Refusals FaultsOfDecidingArea(std::string_view area, std::string_view deciding_area, bool colleague, const Subject& subject) {
  if (deciding_area.empty()) return {};
  const char* fault = deciding_area == area           ? "This area decides anyway; leave it out."
                      : !colleague                    ? "Another area decides only about a person who works for the council."
                      : deciding_area == subject.team ? "The person works there: their own team does not read the case."
                                                      : nullptr;
  if (fault == nullptr) return {};
  return {{"council rule", "decidingArea", fault}};
}

}  // namespace evenhand::restriction
