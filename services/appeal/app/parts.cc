#include "services/appeal/app/parts.h"

#include <algorithm>

#include "services/appeal/store/appeal_store.h"

namespace evenhand::appeal {

Outcome<restriction::v1::DecisionFacts> FactsOfDecision(const Context& context, const Call& call, const std::string& appeal_id) {
  auto appeal = context.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto found = AppealStore(session).Find(appeal_id);
    if (!found) return NotFound("appeal");
    if (auto no = call.RefusalIn(found->service_area())) return *no;
    return *found;
  });
  if (!appeal.ok()) return appeal.refusal();
  return context.restrictions.Facts(call, appeal->restriction_id(), appeal->decision_id());
}

Parts PartsIn(const restriction::v1::DecisionFacts& facts) {
  Parts parts{.decided = {facts.imposed_by(), facts.decision().decided_by()},
              .proposed = {facts.proposed_by()},
              .lent = {facts.delegated_by().begin(), facts.delegated_by().end()},
              .harmed = {facts.harmed_staff_ids().begin(), facts.harmed_staff_ids().end()},
              .limits_complaints = facts.limits_complaints()};
  if (!facts.last_reviewed_by().empty()) parts.decided.push_back(facts.last_reviewed_by());
  for (const auto& decision : facts.decisions()) {
    const bool known = std::ranges::find(parts.decided, decision.decided_by()) != parts.decided.end();
    if (!known) parts.decided_before.push_back(decision.decided_by());
  }
  return parts;
}

}  // namespace evenhand::appeal
