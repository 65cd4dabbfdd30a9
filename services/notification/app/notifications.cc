#include "services/notification/app/notifications.h"

#include "services/notification/app/closure_for.h"
#include "services/notification/app/letter_steps.h"
#include "services/notification/app/letters.h"
#include "services/notification/app/shares.h"
#include "services/notification/app/tasks.h"
#include "services/notification/store/amend_notification.h"
#include "services/notification/store/audience_store.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/times.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::notification {
namespace {

bool Sees(const Actor& actor, const v1::Notification& n) {
  if (n.recipient() == actor.id) return true;
  if (actor.Has(Role::kAuditor)) return true;
  // A closed circle: what is about a colleague named publicly is for those of 12.6 alone.
  if (IsOfCircle(n)) return actor.Has(Role::kHrBusinessPartner) || actor.Has(Role::kCommunicationsLead);
  if (actor.Has(Role::kAdministrator)) return true;
  return actor.Holds(Role::kTeamLeader, n.service_area());
}

Refusal Hidden() { return NotPermitted("12.4", "Only the recipient and those who manage the case see this message."); }

std::string Person(const v1::Notification& n) { return n.person_id(); }

void Note(Session& session, const std::string& action, const v1::Notification& n, const std::string& before = "") {
  session.Audit({.action = action,
                 .subject_kind = "notification",
                 .subject_id = n.id(),
                 .clause = "12.5",
                 .person_id = Person(n),
                 .before = before,
                 .after = n.etag()});
}

// The case of somebody who works for the council is closed to their colleagues (12.4); one's own messages stay one's own.
std::optional<Refusal> RefusalClosed(const Context& context, const Call& call, const std::string& id) {
  auto n = context.unit_of_work.Read<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    auto found = NotificationStore(session).Find(id);
    if (!found) return NotFound("notification");
    return *found;
  });
  if (!n.ok()) return n.refusal();
  if (n->recipient() == call.actor.id) return std::nullopt;
  if (!Sees(call.actor, *n) && !call.actor.RanksAtLeast(Role::kTeamLeader)) return std::nullopt;  // refused below, for what they are
  return ClosureFor(context, call).RefusalOf(n->person_id());
}

// Where a member of staff is to be reached by mail, as the audiences say now; "" for who is none, or is not told by mail.
std::string AddressNow(Session& session, const v1::Notification& n) {
  const bool by_mail = n.means() == v1::Notification::Means::EMAIL || n.means() == v1::Notification::Means::MEANS_UNSPECIFIED;
  if (n.recipient().empty() || !by_mail) return "";
  const v1::Audience audience = FindAudience(session, n.audience()).value_or(v1::Audience());
  for (const v1::Audience::Member& member : audience.members()) {
    if (member.staff_id() == n.recipient() && !member.email().empty()) return member.email();
    if (member.deputy_staff_id() == n.recipient() && !member.deputy_email().empty()) return member.deputy_email();
  }
  return AddressOfStaff(session, n.recipient());
}

// Load, may you, is it still what you read; then the change.
template <typename Work>
Outcome<v1::Notification> Change(const Context& context, const Call& call, const std::string& id, const std::string& action, Work work) {
  if (auto no = RefusalClosed(context, call, id)) return *no;
  return context.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    NotificationStore store(session);
    auto n = store.Find(id, /*for_update=*/true);
    if (!n) return NotFound("notification");
    // Nobody acts on what they may not see: the reply shows it.
    if (IsOfCircle(*n) && !Sees(call.actor, *n)) return NotPermitted("12.7", "This goes no further than those who act for the colleague.");
    const std::string before = n->etag();
    if (std::optional<Refusal> no = work(session, store, *n)) return *no;
    Note(session, action, *n, before);
    return *n;
  });
}

Refusal WrongState(const v1::Notification& n) {
  return Conflict(ErrorReason::WRONG_STATE, "council rule",
                  "The message is " + NotificationState::Value_Name(n.state()) + "; this can't be done to it now.");
}

std::optional<Signal> SignalOf(NotificationState::Value state) {
  switch (state) {
    case NotificationState::SENT:
      return Signal::kAccepted;
    case NotificationState::DELIVERED:
      return Signal::kArrived;
    case NotificationState::READ:
      return Signal::kOpened;
    case NotificationState::TEMPORARY_FAILURE:
      return Signal::kNotNow;
    case NotificationState::PERMANENT_FAILURE:
      return Signal::kNever;
    case NotificationState::TECHNICAL_FAILURE:
      return Signal::kGivenUp;
    case NotificationState::QUEUED:
    case NotificationState::SENDING:
    case NotificationState::ACKNOWLEDGED:
    case NotificationState::RETURNED:
    case NotificationState::ESCALATED:
    case NotificationState::STOPPED:
    case NotificationState::RESOLVED:
    case NotificationState::PRINTED:
    case NotificationState::STATE_UNSPECIFIED:
      break;
  }
  return std::nullopt;
}

}  // namespace

Outcome<v1::ListNotificationsResponse> ListNotifications(const Context& context, const Call& call,
                                                         const v1::ListNotificationsRequest& request) {
  if (auto no = RefusalOfPosition(PageOf(request.page()))) return *no;
  NotificationFilter filter{.request = request, .only_recipient = "", .areas = std::nullopt};
  const Actor& actor = call.actor;
  if (!actor.Has(Role::kAuditor) && !actor.Has(Role::kAdministrator)) {
    if (actor.RanksAtLeast(Role::kTeamLeader)) {
      filter.areas = actor.areas;
    } else {
      filter.only_recipient = actor.id;
    }
  }
  auto listed =
      context.unit_of_work.Read<v1::ListNotificationsResponse>(call, [&](Session& session) -> Outcome<v1::ListNotificationsResponse> {
        v1::ListNotificationsResponse reply;
        for (v1::Notification& n : NotificationStore(session).List(filter, *reply.mutable_next_page_token())) {
          if (Sees(actor, n)) *reply.add_notifications() = std::move(n);
        }
        return reply;
      });
  if (!listed.ok()) return listed;
  v1::ListNotificationsResponse reply;
  reply.set_next_page_token(listed->next_page_token());
  Closure closure = ClosureFor(context, call);
  for (const v1::Notification& n : listed->notifications()) {
    const auto no = n.recipient() == actor.id ? std::nullopt : closure.RefusalOf(n.person_id());
    if (no && no->kind != RefusalKind::kNotPermitted) return *no;
    if (!no) *reply.add_notifications() = n;
  }
  return reply;
}

Outcome<v1::Notification> GetNotification(const Context& context, const Call& call, const v1::GetNotificationRequest& request) {
  if (auto no = RefusalClosed(context, call, request.id())) return *no;
  // Reading is a fact of its own, so that a look may write.
  return context.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    NotificationStore store(session);
    auto n = store.Find(request.id(), /*for_update=*/true);
    if (!n) return NotFound("notification");
    if (!Sees(call.actor, *n)) return Hidden();
    if (n->recipient() == call.actor.id) store.Move(*n, Signal::kOpened, "Read by the recipient.");
    Note(session, "notification.read", *n);
    return *n;
  });
}

Outcome<v1::Notification> AcknowledgeNotification(const Context& context, const Call& call,
                                                  const v1::AcknowledgeNotificationRequest& request) {
  return Change(context, call, request.id(), "notification.acknowledged",
                [&](Session& session, NotificationStore& store, v1::Notification& n) -> std::optional<Refusal> {
                  if (!Sees(call.actor, n)) return Hidden();
                  if (n.recipient() != call.actor.id)
                    return NotPermitted("council rule", "Only the one who was told can say that they have it.");
                  if (auto no = call.StaleAgainst(n.etag())) return no;
                  if (n.state() == NotificationState::ACKNOWLEDGED) return std::nullopt;  // said twice is said once
                  if (!store.Move(n, Signal::kAcknowledge, "Acknowledged by the recipient.")) return WrongState(n);
                  CloseTasks(session, "notification_id", n.id(), "Acknowledged by the recipient after all.");
                  return std::nullopt;
                });
}

// A letter over the provider's limit waits with its try; one that was refused is a try of its own.
std::optional<Refusal> RetryOfLetter(const Context& context, Session& session, NotificationStore& store, v1::Notification& n) {
  auto kept = FindLetter(session, n.letter_id(), /*for_update=*/true);
  if (!kept) return NotFound("letter");
  if (n.state() == NotificationState::TEMPORARY_FAILURE && kept->letter.state() == v1::Letter::State::QUEUED) {
    n.set_attempts(0);
    n.clear_next_attempt_at();
    store.Move(n, Signal::kTryAgain, "Tried again on request.");
    return std::nullopt;
  }
  if (auto no = SendLetterAgain(context, session, *kept, Facts{})) return no;
  n = *store.Find(n.id(), /*for_update=*/true);
  return std::nullopt;
}

Outcome<v1::Notification> RetryNotification(const Context& context, const Call& call, const v1::RetryNotificationRequest& request) {
  return Change(context, call, request.id(), "notification.retried",
                [&](Session& session, NotificationStore& store, v1::Notification& n) -> std::optional<Refusal> {
                  if (auto no = call.RefusalIn(n.service_area())) return no;
                  if (auto no = call.StaleAgainst(n.etag())) return no;
                  if (n.kind() == v1::Notification::Kind::LETTER) return RetryOfLetter(context, session, store, n);
                  // An address that was wrong, or unknown, may have been put right meanwhile.
                  if (const std::string address = AddressNow(session, n); !address.empty()) Readdress(session, n, address);
                  if (n.means() == v1::Notification::Means::MEANS_UNSPECIFIED)
                    return Conflict(ErrorReason::WRONG_STATE, "council rule",
                                    "No address is known; put it down with the audience, or decide how they are told.");
                  n.set_attempts(0);
                  n.clear_next_attempt_at();
                  n.clear_escalation();
                  if (!store.Move(n, Signal::kTryAgain, "Tried again on request.")) return WrongState(n);
                  CloseTasks(session, "notification_id", n.id(), "Tried again on request.");
                  return std::nullopt;
                });
}

namespace {

std::optional<Refusal> RefusalOfReturn(const v1::Notification& n, const std::string& returned_on, LocalDate today) {
  if (returned_on.empty()) return std::nullopt;
  const auto on = ParseDate(returned_on);
  if (!on) return Invalid({{"council rule", "returnedOn", "This is not a date of the form YYYY-MM-DD."}});
  if (*on > today) return Invalid({{"council rule", "returnedOn", "This date is in the future: say it once the letter is back."}});
  if (*on < DateOf(FromTimestamp(n.queued_at()))) return Invalid({{"council rule", "returnedOn", "The letter had not been written then."}});
  return std::nullopt;
}

}  // namespace

Outcome<v1::Notification> RecordReturned(const Context& context, const Call& call, const v1::RecordReturnedRequest& request) {
  return Change(context, call, request.id(), "notification.returned",
                [&](Session& session, NotificationStore& store, v1::Notification& n) -> std::optional<Refusal> {
                  if (auto no = call.RefusalIn(n.service_area())) return no;
                  if (auto no = call.StaleAgainst(n.etag())) return no;
                  if (auto no = RefusalOfReturn(n, request.returned_on(), DateOf(session.now()))) return no;
                  if (n.kind() != v1::Notification::Kind::LETTER)
                    return Conflict(ErrorReason::WRONG_STATE, "council rule", "Only a letter comes back by post.");
                  if (!store.Move(n, Signal::kBroughtBack, request.reason().empty() ? "The post brought it back." : request.reason()))
                    return WrongState(n);
                  LetterCameBack(context, session, n, request.reason());
                  return std::nullopt;
                });
}

bool ApplyReceipt(const Context& context, Session& session, v1::Notification& n, const std::string& receipt_id,
                  NotificationState::Value state, const std::string& note) {
  NotificationStore store(session);
  if (!receipt_id.empty() && !store.NoteReceipt(receipt_id, n.id())) return false;
  const auto signal = SignalOf(state);
  if (!signal || n.state() == state) return false;
  if (*signal == Signal::kNotNow) *n.mutable_next_attempt_at() = ToTimestamp(session.now() + absl::Minutes(1));
  n.set_last_failure(*signal == Signal::kAccepted || *signal == Signal::kArrived || *signal == Signal::kOpened ? "" : note);
  if (!store.Move(n, *signal, note)) return false;
  LetterFollows(session, n, note);
  AfterFailure(context, session, n);
  return true;
}

Outcome<v1::Notification> RecordReceipt(const Context& context, const Call& call, const v1::RecordReceiptRequest& request) {
  return Change(
      context, call, request.id(), "notification.receipt",
      [&](Session& session, NotificationStore&, v1::Notification& n) -> std::optional<Refusal> {
        Refusals no;
        if (request.receipt_id().empty())
          no.push_back({"council rule", "receiptId", "Give the provider's id of the receipt; the same twice is one."});
        if (!SignalOf(request.state()))
          no.push_back({"council rule", "state", "SENT, DELIVERED, READ, TEMPORARY_FAILURE, PERMANENT_FAILURE or TECHNICAL_FAILURE."});
        if (!no.empty()) return Invalid(std::move(no));
        // The time to appeal runs from it (7.3): a system's word doesn't open it.
        if (n.kind() == v1::Notification::Kind::LETTER)
          return NotPermitted("council rule",
                              "Of a letter the post or the mail server tells itself, or whoever handed it over: POST "
                              "/v1/letters/{id}:recordTold.");
        ApplyReceipt(context, session, n, request.receipt_id(), request.state(), request.note());
        return std::nullopt;
      });
}

Outcome<v1::Notification> ResolveEscalation(const Context& context, const Call& call, const v1::ResolveEscalationRequest& request) {
  return Change(context, call, request.id(), "notification.resolved",
                [&](Session& session, NotificationStore& store, v1::Notification& n) -> std::optional<Refusal> {
                  if (auto no = call.RefusalIn(n.service_area())) return no;
                  if (auto no = call.StaleAgainst(n.etag())) return no;
                  if (request.decision().empty())
                    return Invalid({{"12.5", "decision", "Say how they were told, or why they need not be."}});
                  if (n.state() != NotificationState::ESCALATED) return WrongState(n);
                  n.mutable_escalation()->set_decision(request.decision());
                  n.mutable_escalation()->set_decided_by(call.actor.id);
                  *n.mutable_escalation()->mutable_decided_at() = ToTimestamp(session.now());
                  store.Move(n, Signal::kResolve, request.decision());
                  CloseTasks(session, "notification_id", n.id(), "Decided: " + request.decision());
                  return std::nullopt;
                });
}

Outcome<v1::GetToldAboutResponse> GetToldAbout(const Context& context, const Call& call, const v1::GetToldAboutRequest& request) {
  return context.unit_of_work.Read<v1::GetToldAboutResponse>(call, [&](Session& session) -> Outcome<v1::GetToldAboutResponse> {
    v1::GetToldAboutResponse reply;
    for (v1::Notification& n : NotificationStore(session).ToldAbout(request.person_id(), request.restriction_id()))
      *reply.add_notifications() = std::move(n);
    return reply;
  });
}

void AfterFailure(const Context& context, Session& session, v1::Notification& n) {
  const bool for_good = n.state() == NotificationState::PERMANENT_FAILURE || n.state() == NotificationState::TECHNICAL_FAILURE;
  if (!for_good) return;
  static prometheus::Counter& failed = CounterNamed("evenhand_notifications_failed_total", "Messages that failed for good");
  failed.Increment();
  if (n.kind() == v1::Notification::Kind::SHARE || n.kind() == v1::Notification::Kind::CORRECTION)
    Escalate(context, session, n,
             n.last_failure().empty() ? "The message did not arrive." : "The message did not arrive. " + n.last_failure() + ".");
}

void SweepShares(const Context& context, absl::Duration within) {
  static prometheus::Gauge& unacknowledged = GaugeNamed("evenhand_shares_unacknowledged", "Shares that were sent and not acknowledged yet");
  static prometheus::Gauge& escalated = GaugeNamed("evenhand_shares_escalated", "Shares that wait for a person's decision");
  static prometheus::Gauge& oldest =
      GaugeNamed("evenhand_notifications_oldest_queued_seconds", "Age of the oldest message that waits to be sent");
  static prometheus::Gauge& unposted =
      GaugeNamed("evenhand_letters_unposted_seconds", "Age of the oldest printed letter that nobody has said is posted");
  static prometheus::Gauge& unaccounted =
      GaugeNamed("evenhand_letters_unaccounted", "Letters that Notify had taken and does not know any more");
  const Call call = OwnCall("share sweep");
  (void)context.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    NotificationStore store(session);
    for (const std::string& id : store.Unacknowledged(session.now() - within)) {
      if (auto n = store.Find(id, /*for_update=*/true)) Escalate(context, session, *n, "Nobody acknowledged it in time.");
    }
    const NotificationStore::Counts counts = store.Count();
    unacknowledged.Set(counts.unacknowledged);
    escalated.Set(counts.escalated);
    oldest.Set(counts.oldest_seconds);
    const LettersWaiting letters = CountLettersWaiting(session);
    unposted.Set(letters.unposted_seconds);
    unaccounted.Set(letters.unaccounted);
    return v1::Notification();
  });
}

}  // namespace evenhand::notification
