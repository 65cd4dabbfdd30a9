#include "services/appeal/app/decide_appeal.h"

#include "services/appeal/app/change.h"
#include "services/appeal/app/effect_saga.h"
#include "services/appeal/app/parts.h"
#include "services/appeal/app/variation.h"
#include "services/appeal/domain/content_rules.h"
#include "services/platform/base/uuid.h"

namespace evenhand::appeal {
namespace {

void Record(v1::Appeal& appeal, const v1::DecideAppealRequest& request, const std::string& director, absl::Time now) {
  v1::Decision& decision = *appeal.mutable_decision();
  decision.set_outcome(request.outcome());
  decision.set_reason(request.reasons());
  if (request.has_variation()) *decision.mutable_variation() = request.variation();
  decision.set_decided_by(director);
  *decision.mutable_decided_at() = ToTimestamp(now);
  appeal.set_assignee(director);
  for (v1::InformationRequest& asked : *appeal.mutable_information_requests()) {
    if (!asked.has_received_at()) *asked.mutable_received_at() = ToTimestamp(now);
  }
  appeal.mutable_effect()->set_state(request.outcome() == AppealOutcome::NOT_UPHELD ? v1::Effect::State::NONE : v1::Effect::State::PENDING);
  appeal.mutable_effect()->set_attempts(0);
}

// The terms have to be ones that the restriction can take (5.4, 7.2): what its service would refuse is refused here, before it is decided.
Refusals RefusalsOfEffect(const Context& context, const Call& call, const v1::DecideAppealRequest& request,
                          const restriction::v1::DecisionFacts& facts) {
  if (request.outcome() != AppealOutcome::PARTLY_UPHELD || request.variation().measures().empty()) return {};
  v1::Appeal tried;
  tried.set_id(NewUuid());  // none that was applied
  tried.set_restriction_id(facts.restriction_id());
  tried.set_decision_id(facts.decision().decision_id());
  Record(tried, request, call.actor.id, absl::FromUnixSeconds(0));
  const auto would = context.restrictions.TryOut(call, EffectOf(tried));
  if (would.ok() || would.refusal().kind != RefusalKind::kInvalid) return {};
  return would.refusal().violations;
}

}  // namespace

Outcome<v1::Appeal> DecideAppeal(const Context& context, const Call& call, const v1::DecideAppealRequest& request) {
  auto facts = FactsOfDecision(context, call, request.id());
  if (!facts.ok()) return facts.refusal();
  const Refusals effect = RefusalsOfEffect(context, call, request, *facts);
  const bool no_change = request.outcome() == AppealOutcome::NOT_UPHELD;
  return Change(context, call, request.id(),
                {.action = no_change ? Action::kDecideNoChange : Action::kDecide,
                 .what = What::DECIDED,
                 .tell = no_change ? Tell<events::AppealDecided> : Tell<events::AppealEffectPending>,
                 .note = AppealOutcome::Value_Name(request.outcome()),
                 .content =
                     [&](const v1::Appeal&, absl::Time, const WorkingDays&) {
                       Refusals no = RefusalsToDecide({.outcome = request.outcome(),
                                                       .reasons = request.reasons(),
                                                       .has_variation = request.has_variation(),
                                                       .measures = request.variation().measures_size()});
                       const Refusals terms = RefusalsOf(request.variation());
                       no.insert(no.end(), terms.begin(), terms.end());
                       if (terms.empty()) no.insert(no.end(), effect.begin(), effect.end());
                       return no;
                     },
                 .apply = [&](v1::Appeal& appeal, absl::Time now, const WorkingDays&) { Record(appeal, request, call.actor.id, now); },
                 .facts = &*facts});
}

}  // namespace evenhand::appeal
