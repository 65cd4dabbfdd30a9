#include "services/appeal/app/steps.h"

#include <algorithm>

#include "services/appeal/app/change.h"
#include "services/appeal/domain/content_rules.h"

namespace evenhand::appeal {
namespace {

void Fill(v1::Reasoned& reasoned, const std::string& reasons, const std::string& by, absl::Time now) {
  reasoned.set_reason(reasons);
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
  return Change(
      context, call, request.id(),
      {.action = Action::kAcknowledge,
       .what = What::ACKNOWLEDGED,
       .tell = Tell<events::AppealAcknowledged>,
       .note = request.note(),
       .apply = [](v1::Appeal& appeal, absl::Time now, const WorkingDays&) { *appeal.mutable_acknowledged_at() = ToTimestamp(now); },
       .out_of_turn = [](const v1::Appeal& appeal) -> std::string {
         return appeal.has_acknowledged_at() ? "This has been done already, and the person has heard." : "";
       }});
}

Outcome<v1::Appeal> AssignAppeal(const Context& context, const Call& call, const v1::AssignAppealRequest& request) {
  return Change(context, call, request.id(),
                {.action = Action::kAssign,
                 .what = What::ASSIGNED,
                 .tell = Tell<events::AppealAssigned>,
                 .note = request.assignee(),
                 .hearer = request.assignee(),
                 .content =
                     [&](const v1::Appeal&, absl::Time, const WorkingDays&) {
                       return RefusalWithout(request.assignee(), "assignee", "Name the strategic director who is to hear it.");
                     },
                 .apply = [&](v1::Appeal& appeal, absl::Time, const WorkingDays&) { appeal.set_assignee(request.assignee()); }});
}

Outcome<v1::Appeal> RequestInformation(const Context& context, const Call& call, const v1::RequestInformationRequest& request) {
  const Periods& periods = context.periods;
  return Change(
      context, call, request.id(),
      {.action = Action::kRequestInformation,
       .what = What::INFORMATION_REQUESTED,
       .tell = Tell<events::AppealInformationRequested>,
       .note = request.question(),
       .content =
           [&](const v1::Appeal&, absl::Time now, const WorkingDays& calendar) {
             Refusals no = RefusalWithout(request.question(), "question", "Say what is asked.");
             const LocalDate today = DateOf(now);
             for (Violation& fault : RefusalsToAnswerBy(request.answer_due_on(), today, calendar.Add(today, periods.longest_wait)))
               no.push_back(std::move(fault));
             return no;
           },
       .apply =
           [&](v1::Appeal& appeal, absl::Time now, const WorkingDays& calendar) {
             v1::InformationRequest& asked = *appeal.add_information_requests();
             asked.set_question(request.question());
             asked.set_asked_of(request.asked_of().empty() ? "the person" : request.asked_of());
             asked.set_requested_by(call.actor.id);
             asked.set_answer_due_on(request.answer_due_on().empty() ? FormatDate(calendar.Add(DateOf(now), periods.to_answer))
                                                                     : request.answer_due_on());
             *asked.mutable_requested_at() = ToTimestamp(now);
           }});
}

Outcome<v1::Appeal> ReceiveInformation(const Context& context, const Call& call, const v1::ReceiveInformationRequest& request) {
  return Change(context, call, request.id(),
                {.action = Action::kReceiveInformation,
                 .what = What::INFORMATION_RECEIVED,
                 .tell = Tell<events::AppealInformationReceived>,
                 .note = request.answer(),
                 .content =
                     [&](const v1::Appeal&, absl::Time, const WorkingDays&) {
                       return RefusalWithout(request.answer(), "answer", "Record the answer, or why the wait is over.");
                     },
                 .apply = [&](v1::Appeal& appeal, absl::Time now, const WorkingDays&) { EndWaits(appeal, request.answer(), now); },
                 .out_of_turn = [](const v1::Appeal& appeal) -> std::string {
                   const bool open = std::ranges::any_of(appeal.information_requests(),
                                                         [](const v1::InformationRequest& asked) { return !asked.has_received_at(); });
                   return open ? "" : "Nothing was asked that still waits for its answer.";
                 }});
}

// Whether a late appeal is taken on is part of hearing it (7.3).
Outcome<v1::Appeal> AcceptLateAppeal(const Context& context, const Call& call, const v1::AcceptLateAppealRequest& request) {
  return Change(
      context, call, request.id(),
      {.action = Action::kAcceptLate,
       .what = What::LATE_ACCEPTED,
       .tell = Tell<events::AppealAcceptedLate>,
       .note = request.reason(),
       .content = [&](const v1::Appeal&, absl::Time,
                      const WorkingDays&) { return RefusalWithout(request.reason(), "reason", "Say why the late appeal is taken on."); },
       .apply = [&](v1::Appeal& appeal, absl::Time now,
                    const WorkingDays&) { Fill(*appeal.mutable_late_acceptance(), request.reason(), call.actor.id, now); }});
}

Outcome<v1::Appeal> RefuseAppeal(const Context& context, const Call& call, const v1::RefuseAppealRequest& request) {
  return Change(context, call, request.id(),
                {.action = Action::kRefuse,
                 .what = What::REFUSED,
                 .tell = Tell<events::AppealRefused>,
                 .note = request.reason(),
                 .content =
                     [&](const v1::Appeal&, absl::Time, const WorkingDays&) {
                       return RefusalWithout(request.reason(), "reason", "Say why the late appeal is not taken on.");
                     },
                 .apply = [&](v1::Appeal& appeal, absl::Time now,
                              const WorkingDays&) { Fill(*appeal.mutable_refusal(), request.reason(), call.actor.id, now); }});
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
                 .what = What::RECEIPT_CORRECTED,
                 .tell = Tell<events::AppealReceiptCorrected>,
                 .note = request.reason(),
                 .content =
                     [&](const v1::Appeal& appeal, absl::Time now, const WorkingDays&) {
                       Refusals no = RefusalWithout(request.reason(), "reason", "Say how the right date came to be known.");
                       const Receipt receipt = read(appeal, now);
                       no.insert(no.end(), receipt.refusals.begin(), receipt.refusals.end());
                       return no;
                     },
                 .apply =
                     [&](v1::Appeal& appeal, absl::Time now, const WorkingDays&) {
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
  return Change(
      context, call, request.id(),
      {.action = Action::kWithdraw,
       .what = What::WITHDRAWN,
       .tell = Tell<events::AppealWithdrawn>,
       .note = request.reason(),
       .content =
           [&](const v1::Appeal&, absl::Time, const WorkingDays&) {
             return RefusalsToWithdraw(
                 {.by_known = request.by() != v1::Appeal::By::BY_UNSPECIFIED, .evidence = request.evidence(), .reason = request.reason()});
           },
       .apply =
           [&](v1::Appeal& appeal, absl::Time now, const WorkingDays&) {
             EndWaits(appeal, "The appeal was withdrawn.", now);
             v1::Withdrawal& withdrawal = *appeal.mutable_withdrawal();
             withdrawal.set_by(request.by());
             withdrawal.set_evidence(request.evidence());
             withdrawal.set_reason(request.reason());
             withdrawal.set_recorded_by(call.actor.id);
             *withdrawal.mutable_at() = ToTimestamp(now);
           }});
}

}  // namespace evenhand::appeal
