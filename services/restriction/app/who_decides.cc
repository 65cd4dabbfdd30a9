#include "services/restriction/app/who_decides.h"

#include "services/restriction/app/facts.h"
#include "services/restriction/domain/decision_rights.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/delegations.h"

namespace evenhand::restriction {

std::optional<Refusal> UnknownArea(const Call& call, const std::string& field, const std::string& area) {
  if (!Said(area) || call.areas->Knows(area)) return std::nullopt;
  return Invalid({{"council rule", field, call.areas->SentenceOfUnknown(area)}});
}

std::optional<Refusal> RefusalInEither(const Call& call, const std::string& area, const std::string& deciding_area) {
  auto no = call.RefusalIn(area);
  if (no && !deciding_area.empty() && !call.RefusalIn(deciding_area)) return std::nullopt;
  return no;
}

std::optional<Refusal> RefusalToDecide(const Call& call, Session& session, const Decidable& thing, const v1::Person& person,
                                       const Evidence& evidence, std::string& delegation_id) {
  DecisionFacts facts{.actor = call.actor,
                      .area = thing.area,
                      .limits_complaints = thing.limits_complaints,
                      .harmed = HarmedIn(evidence),
                      .deciding_area = thing.deciding_area,
                      .proposed_by = thing.proposed_by,
                      .subject = SubjectOf(person),
                      .circles = CirclesOf(evidence),
                      .clause = thing.clause};
  Refusals no = RefusalsToDecide(facts);
  if (no.empty()) {
    if (auto refusal = RefusalInEither(call, thing.area, thing.deciding_area)) return refusal;
  } else {
    // Of several that lent them authority one without a conflict is enough.
    for (const Lent& lent : Delegations(session).HeldNow(call.actor.id, thing.deciding_area.empty() ? thing.area : thing.deciding_area)) {
      facts.lent_by = lent.by;
      no = RefusalsToDecide(facts);
      if (!no.empty()) continue;
      delegation_id = lent.id;
      break;
    }
    if (!no.empty()) return NotPermitted(std::move(no));
  }
  if (auto closed = RefusalsToRead(call.actor, facts.subject); !closed.empty()) return NotPermitted(std::move(closed));
  return std::nullopt;
}

}  // namespace evenhand::restriction
