#include "services/appeal/app/steps.h"

#include "services/appeal/app/change.h"
#include "services/appeal/app/hearing.h"
#include "services/appeal/domain/content_rules.h"

namespace evenhand::appeal {
namespace {

void Fill(v1::Reasoned& reasoned, const std::string& reasons, const std::string& by, absl::Time now) {
  reasoned.set_reasons(reasons);
  reasoned.set_by(by);
  *reasoned.mutable_at() = ToTimestamp(now);
}

// What was being awaited has come, or is awaited no more.
void EndWaits(v1::Appeal& appeal, const std::string& answer, absl::Time now) {
  for (v1::InformationRequest& asked : *appeal.mutable_information_requests()) {
    if (asked.has_received_at()) continue;
    *asked.mutable_received_at() = ToTimestamp(now);
    asked.set_answer(answer);
  }
}

}  // namespace

Outcome<v1::Appeal> AcknowledgeAppeal(const Context& context, const Call& call, const v1::AcknowledgeAppealRequest& request) {
  return Change(context, call, request.id(),
                {.action = Action::kAcknowledge,
                 .what = "ACKNOWLEDGED",
                 .event = "appeal.acknowledged",
                 .note = request.note(),
                 .apply = [](v1::Appeal& appeal, absl::Time now) { *appeal.mutable_acknowledged_at() = ToTimestamp(now); },
                 .done_already = [](const v1::Appeal& appeal) { return appeal.has_acknowledged_at(); }});
}

Outcome<v1::Appeal> AssignAppeal(const Context& context, const Call& call, const v1::AssignAppealRequest& request) {
  auto facts = FactsOfHearing(context, call, request.id());
  if (!facts.ok()) return facts.refusal();
  return Change(context, call, request.id(),
                {.action = Action::kAssign,
                 .what = "ASSIGNED",
                 .event = "appeal.assigned",
                 .note = request.assignee(),
                 .conflict = [&](const v1::Appeal&) { return RefusalsToHearIt(*facts, request.assignee(), "assignee"); },
                 .content =
                     [&](const v1::Appeal&, absl::Time) {
                       return RefusalWithout(request.assignee(), "assignee", "Name the strategic director who is to hear it.");
                     },
                 .apply = [&](v1::Appeal& appeal, absl::Time) { appeal.set_assignee(request.assignee()); }});
}

Outcome<v1::Appeal> RequestInformation(const Context& context, const Call& call, const v1::RequestInformationRequest& request) {
  return Change(
      context, call, request.id(),
      {.action = Action::kRequestInformation,
       .what = "INFORMATION_REQUESTED",
       .event = "appeal.information_requested",
       .note = request.question(),
       .content = [&](const v1::Appeal&, absl::Time) { return RefusalWithout(request.question(), "question", "Say what is asked."); },
       .apply =
           [&](v1::Appeal& appeal, absl::Time now) {
             v1::InformationRequest& asked = *appeal.add_information_requests();
             asked.set_question(request.question());
             asked.set_asked_of(request.asked_of().empty() ? "the person" : request.asked_of());
             asked.set_requested_by(call.actor.id);
             *asked.mutable_requested_at() = ToTimestamp(now);
           }});
}

Outcome<v1::Appeal> ReceiveInformation(const Context& context, const Call& call, const v1::ReceiveInformationRequest& request) {
  return Change(
      context, call, request.id(),
      {.action = Action::kReceiveInformation,
       .what = "INFORMATION_RECEIVED",
       .event = "appeal.information_received",
       .note = request.answer(),
       .content = [&](const v1::Appeal&,
                      absl::Time) { return RefusalWithout(request.answer(), "answer", "Record the answer, or why the wait is over."); },
       .apply = [&](v1::Appeal& appeal, absl::Time now) { EndWaits(appeal, request.answer(), now); }});
}

// Whether a late appeal is taken on is part of hearing it: whoever made the decision leaves that to another director too (7.3).
Outcome<v1::Appeal> AcceptLateAppeal(const Context& context, const Call& call, const v1::AcceptLateAppealRequest& request) {
  auto facts = FactsOfHearing(context, call, request.id());
  if (!facts.ok()) return facts.refusal();
  return Change(
      context, call, request.id(),
      {.action = Action::kAcceptLate,
       .what = "LATE_ACCEPTED",
       .event = "appeal.accepted_late",
       .note = request.reasons(),
       .conflict = [&](const v1::Appeal&) { return RefusalsToHearIt(*facts, call.actor.id, ""); },
       .content = [&](const v1::Appeal&,
                      absl::Time) { return RefusalWithout(request.reasons(), "reasons", "Say why the late appeal is taken on."); },
       .apply = [&](v1::Appeal& appeal,
                    absl::Time now) { Fill(*appeal.mutable_late_acceptance(), request.reasons(), call.actor.id, now); }});
}

Outcome<v1::Appeal> RefuseAppeal(const Context& context, const Call& call, const v1::RefuseAppealRequest& request) {
  auto facts = FactsOfHearing(context, call, request.id());
  if (!facts.ok()) return facts.refusal();
  return Change(
      context, call, request.id(),
      {.action = Action::kRefuse,
       .what = "REFUSED",
       .event = "appeal.refused",
       .note = request.reasons(),
       .conflict = [&](const v1::Appeal&) { return RefusalsToHearIt(*facts, call.actor.id, ""); },
       .content = [&](const v1::Appeal&,
                      absl::Time) { return RefusalWithout(request.reasons(), "reasons", "Say why the late appeal is not taken on."); },
       .apply = [&](v1::Appeal& appeal, absl::Time now) { Fill(*appeal.mutable_refusal(), request.reasons(), call.actor.id, now); }});
}

Outcome<v1::Appeal> CorrectReceipt(const Context& context, const Call& call, const v1::CorrectReceiptRequest& request) {
  const auto read = [&](const v1::Appeal& appeal, absl::Time now) {
    ReceiptFacts facts{.received_on = request.received_on(), .now = now};
    if (appeal.has_decision_made_at()) facts.decided_at = FromTimestamp(appeal.decision_made_at());
    if (request.has_received_at()) facts.received_at = FromTimestamp(request.received_at());
    return ReadReceipt(facts);
  };
  return Change(context, call, request.id(),
                {.action = Action::kCorrectReceipt,
                 .what = "RECEIPT_CORRECTED",
                 .event = "appeal.receipt_corrected",
                 .note = request.reason(),
                 .content =
                     [&](const v1::Appeal& appeal, absl::Time now) {
                       Refusals no = RefusalWithout(request.reason(), "reason", "Say how the right date came to be known.");
                       const Receipt receipt = read(appeal, now);
                       no.insert(no.end(), receipt.refusals.begin(), receipt.refusals.end());
                       return no;
                     },
                 .apply =
                     [&](v1::Appeal& appeal, absl::Time now) {
                       *appeal.mutable_received_at() = ToTimestamp(read(appeal, now).at);
                       v1::Receipt& kept = *appeal.add_receipts();
                       *kept.mutable_received_at() = appeal.received_at();
                       kept.set_recorded_by(call.actor.id);
                       *kept.mutable_recorded_at() = ToTimestamp(now);
                       kept.set_reason(request.reason());
                       appeal.clear_refusal();
                     },
                 .fresh_deadlines = true});
}

Outcome<v1::Appeal> WithdrawAppeal(const Context& context, const Call& call, const v1::WithdrawAppealRequest& request) {
  return Change(context, call, request.id(),
                {.action = Action::kWithdraw,
                 .what = "WITHDRAWN",
                 .event = "appeal.withdrawn",
                 .note = request.reasons(),
                 .apply = [&](v1::Appeal& appeal, absl::Time now) {
                   EndWaits(appeal, "The appeal was withdrawn.", now);
                   Fill(*appeal.mutable_withdrawal(), request.reasons(), call.actor.id, now);
                 }});
}

}  // namespace evenhand::appeal
