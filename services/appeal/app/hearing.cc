#include "services/appeal/app/hearing.h"

#include "services/appeal/domain/hearing_rights.h"
#include "services/appeal/store/appeal_store.h"

namespace evenhand::appeal {

Outcome<restriction::v1::DecisionFacts> FactsOfHearing(const Context& context, const Call& call, const std::string& appeal_id) {
  auto appeal = context.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto found = AppealStore(session).Find(appeal_id);
    if (!found) return NotFound("appeal");
    if (auto no = call.RefusalIn(found->service_area())) return *no;
    return *found;
  });
  if (!appeal.ok()) return appeal.refusal();
  return context.restrictions.Facts(call, appeal->restriction_id(), appeal->decision_id());
}

Refusals RefusalsToHearIt(const restriction::v1::DecisionFacts& facts, const std::string& director, const std::string& field) {
  return RefusalsToHear({.director = director,
                         .imposed_by = facts.imposed_by(),
                         .decided_by = facts.decision().decided_by(),
                         .last_reviewed_by = facts.last_reviewed_by(),
                         .harmed = {facts.harmed_staff_ids().begin(), facts.harmed_staff_ids().end()},
                         .limits_complaints = facts.limits_complaints()},
                        field);
}

}  // namespace evenhand::appeal
