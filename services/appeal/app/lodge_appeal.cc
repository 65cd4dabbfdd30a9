#include "services/appeal/app/lodge_appeal.h"

#include "services/appeal/app/change.h"
#include "services/appeal/app/deadline_view.h"
#include "services/appeal/app/open_appeal.h"
#include "services/appeal/app/parts.h"
#include "services/appeal/app/told.h"
#include "services/appeal/domain/content_rules.h"
#include "services/appeal/store/calendar_store.h"
#include "services/platform/base/uuid.h"

namespace evenhand::appeal {
namespace {

constexpr char kSignpost[] =
    "This is about the service itself and not about how contact is managed: it can be taken through the council's complaints procedure, "
    "and then to "
    "the Scottish Public Services Ombudsman.";

Refusal AlreadyAppealed(const v1::Appeal& first) {
  Refusal no =
      Conflict(ErrorReason::ALREADY_APPEALED, "council rule", "This decision has been appealed already: see " + first.reference() + ".");
  no.other_id = first.id();
  no.other_reference = first.reference();
  return no;
}

v1::Appeal Build(const v1::LodgeAppealRequest& request, const restriction::v1::DecisionFacts& facts, absl::Time received_at,
                 Session& session) {
  v1::Appeal appeal;
  appeal.set_id(NewUuid());
  appeal.set_state(AppealState::LODGED);
  appeal.set_restriction_id(facts.restriction_id());
  appeal.set_restriction_reference(facts.restriction_reference());
  appeal.set_decision_id(facts.decision().decision_id());
  appeal.set_decision_kind(facts.decision().kind());
  appeal.set_person_id(facts.person_id());
  appeal.set_service_area(facts.service_area());
  appeal.set_by(request.by());
  appeal.set_advocate(request.advocate());
  appeal.set_channel(request.channel());
  appeal.set_grounds(request.grounds());
  appeal.set_document(request.document());
  for (const v1::OutOfScope& other : request.out_of_scope()) {
    v1::OutOfScope& line = *appeal.add_out_of_scope();
    line.set_argument(other.argument());
    line.set_signpost(kSignpost);
  }
  if (facts.decision().has_decided_at()) *appeal.mutable_decision_made_at() = facts.decision().decided_at();
  *appeal.mutable_received_at() = ToTimestamp(received_at);
  v1::Receipt& receipt = *appeal.add_receipts();
  *receipt.mutable_received_at() = appeal.received_at();
  receipt.set_recorded_by(session.actor().id);
  *receipt.mutable_recorded_at() = ToTimestamp(session.now());
  appeal.mutable_effect()->set_state(v1::Effect::State::NONE);
  *appeal.mutable_created_at() = ToTimestamp(session.now());
  return appeal;
}

Receipt ReceiptOf(const v1::LodgeAppealRequest& request, const restriction::v1::DecisionFacts* facts, absl::Time now) {
  ReceiptFacts asked{.received_on = request.received_on(), .now = now};
  if (request.has_received_at()) asked.received_at = FromTimestamp(request.received_at());
  if (facts != nullptr && facts->decision().has_decided_at()) asked.decided_at = FromTimestamp(facts->decision().decided_at());
  return ReadReceipt(asked);
}

Refusals FaultsOf(const v1::LodgeAppealRequest& request) {
  return RefusalsToLodge({.has_restriction = !request.restriction_id().empty(),
                          .by_known = request.by() != v1::Appeal::By::BY_UNSPECIFIED,
                          .by_advocate = request.by() == v1::Appeal::By::ADVOCATE,
                          .advocate = request.advocate(),
                          .grounds = request.grounds()});
}

// What somebody holds in their hand who took it in and may not read it.
v1::Appeal ReceiptFor(const Context& context, const Call& call, const v1::Appeal& appeal) {
  if (context.reads == nullptr) return appeal;
  if (!RefusalByRole(*context.reads, call.actor) && !RefusalInArea(*context.reads, call.actor, appeal.service_area())) return appeal;
  v1::Appeal receipt;
  receipt.set_id(appeal.id());
  receipt.set_reference(appeal.reference());
  receipt.set_received_on(appeal.received_on());
  *receipt.mutable_created_at() = appeal.created_at();
  return receipt;
}

}  // namespace

Outcome<v1::Appeal> LodgeAppeal(const Context& context, const Call& call, const v1::LodgeAppealRequest& request) {
  std::optional<restriction::v1::DecisionFacts> facts;
  if (!request.restriction_id().empty()) {
    auto asked = context.restrictions.Facts(call, request.restriction_id(), request.decision_id());
    if (!asked.ok()) return asked.refusal();
    facts = *asked;
    if (auto no = call.RefusalIn(facts->service_area())) return *no;
    if (auto no = ClosureFor(context, call).RefusalOf(facts->person_id())) return *no;
    const bool own_words = !request.document().empty();
    if (Refusals no = RefusalsOfConflict(Action::kReceive, call.actor.id, PartsIn(*facts), "", own_words); !no.empty())
      return NotPermitted(std::move(no));
  }
  return context.unit_of_work.Write<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    Refusals no = FaultsOf(request);
    const Receipt receipt = ReceiptOf(request, facts ? &*facts : nullptr, session.now());
    no.insert(no.end(), receipt.refusals.begin(), receipt.refusals.end());
    if (!no.empty()) return Invalid(std::move(no));
    if (facts->decision().decision_id().empty())
      return Conflict(ErrorReason::WRONG_STATE, "7.3", "Nothing has been decided yet that could be appealed.");
    AppealStore store(session);
    if (const auto first = store.OfDecision(facts->decision().decision_id())) return AlreadyAppealed(*first);
    v1::Appeal appeal = Build(request, *facts, receipt.at, session);
    NoteToldInto(session, appeal);
    WorkOutDeadlines(appeal, CouncilCalendar(session), context.periods, session.now());
    SettleTimeliness(appeal);
    AddToTimeline(appeal, session, What::LODGED,
                  appeal.state() == AppealState::LATE ? "Received after the window closed." : "Received in time.");
    if (!store.Insert(appeal)) return AlreadyAppealed(store.OfDecision(appeal.decision_id()).value_or(v1::Appeal()));
    session.Audit({.action = "appeal.lodged",
                   .subject_kind = "appeal",
                   .subject_id = appeal.id(),
                   .clause = "7.3",
                   .person_id = appeal.person_id(),
                   .after = appeal.etag()});
    NoteSeen(session, call.actor.id, call.actor.Has(Role::kStrategicDirector));
    Announce<events::AppealLodged>(appeal, session);
    return ReceiptFor(context, call, appeal);
  });
}

}  // namespace evenhand::appeal
