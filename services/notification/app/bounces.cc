#include "services/notification/app/bounces.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "services/notification/app/notifications.h"
#include "services/notification/store/amend_notification.h"
#include "services/notification/store/notification_store.h"
#include "services/platform/base/sha256.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::notification {
namespace {

using Action = DeliveryReport::Action;

// The same report is one receipt; what a server named it is no key of ours as it stands.
std::string ReceiptOf(const DeliveryReport& report) { return absl::StrCat("bounce/", report.message_id, "/", Sha256Hex(report.own_id)); }

// A server that gave up on what it called temporary (4.4.7: not in time) is a technical failure; all else that failed is for good.
std::optional<Signal> SignalOf(const DeliveryReport& report) {
  if (report.action == Action::kDelivered) return Signal::kArrived;
  if (report.action == Action::kFailed) return report.status.starts_with('4') ? Signal::kGivenUp : Signal::kNever;
  return std::nullopt;  // still on its way, or where no receipt will come from
}

void Act(const Context& context, Session& session, v1::Notification& n, const DeliveryReport& report) {
  NotificationStore store(session);
  const std::string words = InWords(report);
  const std::string before = n.etag();
  const bool failed = report.action == Action::kFailed;
  if (failed || report.action == Action::kDelayed) n.set_last_failure(words);
  const auto signal = SignalOf(report);
  if (signal == Signal::kArrived) n.clear_last_failure();
  if (signal && store.Move(n, *signal, words)) {
    AfterFailure(context, session, n);
  } else {
    NoteRemark(session, n, words);  // delayed, or a state that it can't turn back
  }
  session.Audit({.action = "notification.receipt",
                 .subject_kind = "notification",
                 .subject_id = n.id(),
                 .clause = "12.5",
                 .person_id = n.person_id(),
                 .before = before,
                 .after = n.etag()});
}

}  // namespace

Heard HearReport(const Context& context, const DeliveryReport& report) {
  if (!IsUuid(report.message_id)) return Heard::kStrange;
  Heard heard = Heard::kStrange;
  auto done = context.unit_of_work.Write<v1::Notification>(OwnCall("bounces"), [&](Session& session) -> Outcome<v1::Notification> {
    heard = Heard::kStrange;
    NotificationStore store(session);
    auto n = store.Find(report.message_id, /*for_update=*/true);
    if (!n || n->means() != v1::Notification::Means::EMAIL) return v1::Notification();
    heard = Heard::kOurs;
    // Who has it, or was told otherwise, has it whatever the mail did.
    if (IsDone(n->state()) || !store.NoteReceipt(ReceiptOf(report), n->id())) return *n;
    Act(context, session, *n, report);
    return *n;
  });
  if (!done.ok()) return Heard::kNotNow;
  if (heard == Heard::kOurs)
    Log(Level::kInfo, "delivery report",
        {{"notificationId", report.message_id}, {"status", report.status}, {"state", NotificationState::Value_Name(done->state())}});
  return heard;
}

void BounceReader::Look() {
  static prometheus::Gauge& reached = GaugeNamed("evenhand_bounce_mailbox_reached", "1 while the mailbox of delivery reports can be read");
  if (breaker_.holding_back(absl::Now())) return;
  const absl::Status done = ReadAll();
  mailbox_.Close();
  reached.Set(done.ok() ? 1 : 0);
  if (done.ok()) return breaker_.Succeeded();
  breaker_.Failed(absl::Now());
  Log(Level::kWarning, "the mailbox of delivery reports can't be read", {{"why", std::string(done.message())}});
}

absl::Status BounceReader::ReadAll() {
  const auto waiting = mailbox_.Waiting(absl::Now());
  if (!waiting.ok()) return waiting.status();
  for (const std::string& uid : *waiting) {
    const absl::Status done = ReadOne(uid);
    if (!done.ok() && !absl::IsNotFound(done)) return done;
  }
  return absl::OkStatus();
}

absl::Status BounceReader::ReadOne(const std::string& uid) {
  static prometheus::Counter& ours =
      CounterNamed("evenhand_delivery_reports_total", "Mails read from the mailbox of delivery reports", {{"about", "ours"}});
  static prometheus::Counter& strange =
      CounterNamed("evenhand_delivery_reports_total", "Mails read from the mailbox of delivery reports", {{"about", "something else"}});
  const auto mail = mailbox_.Read(uid);
  if (!mail.ok()) {
    mailbox_.Leave(uid, absl::Now());  // another reader was faster, or it can't be given; those behind it are not to wait for it
    return mail.status();
  }
  const auto report = ReadDeliveryReport(*mail);
  const Heard heard = report ? HearReport(context_, *report) : Heard::kStrange;
  if (heard == Heard::kNotNow) return absl::UnavailableError("the database can't be asked");
  (heard == Heard::kOurs ? ours : strange).Increment();
  const absl::Status filed = heard == Heard::kOurs ? mailbox_.FileReport(uid, absl::Now()) : mailbox_.FileStrange(uid, absl::Now());
  if (absl::IsNotFound(filed))
    Log(Level::kWarning, "a mail in the mailbox of delivery reports can't be filed", {{"why", std::string(filed.message())}});
  return filed;
}

}  // namespace evenhand::notification
