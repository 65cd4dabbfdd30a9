#include "services/appeal/app/effect_saga.h"

#include <algorithm>
#include <cmath>

#include "evenhand/appeal/v1/calendar_service.pb.h"
#include "services/appeal/app/change.h"
#include "services/appeal/app/deadline_view.h"
#include "services/appeal/app/variation.h"
#include "services/platform/obs/log.h"

namespace evenhand::appeal {
namespace {

constexpr double kFirstPauseSeconds = 0.25;
constexpr double kLongestPauseSeconds = 30;

absl::Duration Pause(int attempts) {
  return absl::Seconds(std::min(kLongestPauseSeconds, kFirstPauseSeconds * std::pow(2.0, std::min(attempts, 10))));
}

}  // namespace

restriction::v1::ApplyAppealOutcomeRequest EffectOf(const v1::Appeal& appeal) {
  restriction::v1::ApplyAppealOutcomeRequest request;
  request.set_appeal_id(appeal.id());
  request.set_appeal_reference(appeal.reference());
  request.set_restriction_id(appeal.restriction_id());
  request.set_decision_id(appeal.decision_id());
  request.set_outcome(appeal.decision().outcome());
  request.set_reason(appeal.decision().reason());
  request.set_decided_by(appeal.decision().decided_by());
  *request.mutable_decided_at() = appeal.decision().decided_at();
  if (appeal.decision().has_variation()) *request.mutable_variation() = appeal.decision().variation();
  return request;
}

void EffectSaga::RunOnce() {
  const Call call = OwnCall("effect saga");
  const auto due = context_.unit_of_work.Read<std::vector<std::string>>(
      call, [](Session& session) -> Outcome<std::vector<std::string>> { return AppealStore(session).DueEffects(); });
  if (!due.ok()) return;
  for (const std::string& id : *due) Carry(id);
}

void EffectSaga::Carry(const std::string& id) {
  const Call call = OwnCall("effect saga");
  auto appeal = context_.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto found = AppealStore(session).Find(id);
    if (!found) return NotFound("appeal");
    return *found;
  });
  if (!appeal.ok()) return;
  const auto applied = context_.restrictions.Apply(call, EffectOf(*appeal));
  if (!applied.ok())
    Log(Level::kWarning, "effect of an appeal not confirmed yet",
        {{"appealId", id}, {"reason", ErrorReason::Value_Name(applied.refusal().reason)}});
  (void)context_.unit_of_work.Write<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    AppealStore store(session);
    auto found = store.Find(id, /*for_update=*/true);
    if (!found || found->state() != AppealState::EFFECT_PENDING) return NotFound("pending effect");
    v1::Effect& effect = *found->mutable_effect();
    const int tries = store.CountEffectTry(id);
    if (!applied.ok()) {
      store.PutOffEffect(id, session.now() + Pause(tries));
      // Not away but refused: something changed since it was decided, and a person has to see to it.
      if (applied.refusal().kind == RefusalKind::kInvalid && store.NoteEffectProblem(id)) {
        effect.set_problem(applied.refusal().violations.front().message);
        AddToTimeline(*found, session, What::EFFECT_REFUSED, effect.problem(), applied.refusal().violations.front().clause);
        const std::string before = found->etag();
        store.Save(*found);
        session.Audit({.action = "appeal.effect_refused",
                       .subject_kind = "appeal",
                       .subject_id = id,
                       .clause = "7.3",
                       .person_id = found->person_id(),
                       .before = before,
                       .after = found->etag()});
        Announce<events::AppealEffectRefused>(*found, session);
      }
      return *found;
    }
    effect.clear_problem();
    effect.set_state(v1::Effect::State::APPLIED);
    effect.set_attempts(tries);
    effect.set_result(applied->result());
    effect.set_new_decision_id(applied->decision_id());
    *effect.mutable_applied_at() = ToTimestamp(session.now());
    found->set_consistency_token(applied->consistency_token());
    const std::string before = found->etag();
    SetState(*found, *Next(State::EFFECT_PENDING, Action::kEffectApplied));
    AddToTimeline(*found, session, What::EFFECT_APPLIED, AppealResult::Value_Name(effect.result()));
    store.Save(*found);
    session.Audit({.action = "appeal.effect_applied",
                   .subject_kind = "appeal",
                   .subject_id = id,
                   .clause = "7.3",
                   .person_id = found->person_id(),
                   .before = before,
                   .after = found->etag()});
    Announce<events::AppealDecided>(*found, session);
    return *found;
  });
}

}  // namespace evenhand::appeal
