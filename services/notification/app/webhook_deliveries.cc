// What was sent to a receiver, and sending it again after an outage.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "services/notification/app/webhooks.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/occasion_store.h"
#include "services/notification/store/times.h"
#include "services/notification/store/webhook_store.h"
#include "services/platform/lists/page.h"

namespace evenhand::notification {
namespace {

constexpr int kMostReplayed = 10'000;  // in one transaction; more is replayed a time after the other

v1::WebhookDelivery Shown(const Outgoing& message) {
  const v1::Notification& n = message.notification;
  v1::WebhookDelivery shown;
  shown.set_id(n.id());
  shown.set_event_id(message.event_id);
  shown.set_event_type(n.occasion());
  shown.set_state(n.state());
  *shown.mutable_queued_at() = n.queued_at();
  if (n.has_delivered_at()) *shown.mutable_delivered_at() = n.delivered_at();
  if (n.has_next_attempt_at()) *shown.mutable_next_try_at() = n.next_attempt_at();
  shown.set_try_count(n.attempts());
  for (const v1::Transition& step : n.history()) {
    // A try ends with what the receiver answered; what was cut off or given back before its turn was none.
    if (step.from() != NotificationState::SENDING || step.to() == NotificationState::QUEUED) continue;
    auto& one = *shown.add_tries();
    *one.mutable_at() = step.at();
    one.set_result(step.note());
    absl::string_view status = step.note();
    int number = 0;
    if (absl::ConsumePrefix(&status, "HTTP ") && absl::SimpleAtoi(status, &number)) one.set_http_status(number);
  }
  return shown;
}

bool SendAgain(Session& session, v1::Notification& n) {
  n.set_attempts(0);
  n.clear_next_attempt_at();
  *n.mutable_queued_at() = ToTimestamp(session.now());  // the time that it is tried for begins anew
  return NotificationStore(session).Move(n, Signal::kReplay, "Sent again on request, with its first id.");
}

// Everything of that time that it wants, whatever became of it; also what happened while it was disabled, or before it was registered.
Outcome<int> QueueAgain(Session& session, const v1::Webhook& webhook, absl::Time since, absl::Time until) {
  std::vector<std::string> types;
  for (const events::EventType* type : events::EventTypes()) {
    if (type->for_webhooks && WantsEvent(webhook, std::string(type->name))) types.emplace_back(type->name);
  }
  const std::vector<Occasion> missed = OccasionsBetween(session, since, until, types, kMostReplayed + 1);
  if (missed.size() > kMostReplayed)
    return Invalid(
        {{"council rule", "until", absl::StrCat("More than ", kMostReplayed, " events happened in that time; replay it in parts.")}});
  NotificationStore store(session);
  int queued = 0;
  for (const Occasion& occasion : missed) {
    const std::string before = DeliveryOf(session, webhook.id(), occasion.event.id);
    auto n = before.empty() ? std::nullopt : store.Find(before, /*for_update=*/true);
    queued += n ? SendAgain(session, *n) : QueueForWebhook(session, webhook, occasion.event, occasion.traceparent);
  }
  return queued;
}

}  // namespace

Outcome<v1::ListWebhookDeliveriesResponse> ListWebhookDeliveries(const Context& context, const Call& call,
                                                                 const v1::ListWebhookDeliveriesRequest& request) {
  const Page page = PageOf(request.page());
  if (auto no = RefusalOfPosition(page)) return *no;
  return context.unit_of_work.Read<v1::ListWebhookDeliveriesResponse>(
      call, [&](Session& session) -> Outcome<v1::ListWebhookDeliveriesResponse> {
        if (!FindWebhook(session, request.id())) return NotFound("webhook");
        const std::string state =
            request.state() == NotificationState::STATE_UNSPECIFIED ? "" : NotificationState::Value_Name(request.state());
        std::vector<Outgoing> found = DeliveriesOf(session, request.id(), state, page.after, page.one_more());
        v1::ListWebhookDeliveriesResponse reply;
        reply.set_next_page_token(CutToPage(found, page, [](const Outgoing& last) { return last.notification.id(); }));
        for (const Outgoing& message : found) *reply.add_deliveries() = Shown(message);
        return reply;
      });
}

Outcome<v1::ReplayWebhookResponse> ReplayWebhook(const Context& context, const Call& call, const v1::ReplayWebhookRequest& request) {
  return context.unit_of_work.Write<v1::ReplayWebhookResponse>(call, [&](Session& session) -> Outcome<v1::ReplayWebhookResponse> {
    auto webhook = FindWebhook(session, request.id(), /*for_update=*/true);
    if (!webhook) return NotFound("webhook");
    const absl::Time until = request.has_until() ? FromTimestamp(request.until()) : session.now();
    if (request.has_until() && !request.has_since())
      return Invalid({{"council rule", "since", "Say since when; without a time, what failed is sent again."}});
    if (request.has_since() && FromTimestamp(request.since()) >= until)
      return Invalid({{"council rule", "since", "It has to lie before the end of the time, and not ahead of now."}});
    int queued = 0;
    if (request.has_since()) {
      const auto again = QueueAgain(session, *webhook, FromTimestamp(request.since()), until);
      if (!again.ok()) return again.refusal();
      queued = *again;
    } else {
      NotificationStore store(session);
      for (const std::string& id : FailedFor(session, webhook->id())) {
        if (auto n = store.Find(id, /*for_update=*/true)) queued += SendAgain(session, *n) ? 1 : 0;
      }
    }
    if (webhook->state() == v1::Webhook::State::DISABLED) {
      webhook->set_state(v1::Webhook::State::ACTIVE);
      webhook->clear_disabled_why();
      SaveWebhook(session, *webhook);
    }
    NoteWebhook(session, "webhook.replayed", *webhook);
    v1::ReplayWebhookResponse reply;
    reply.set_queued(queued);
    *reply.mutable_webhook() = ShownWebhook(context, session, *webhook);
    return reply;
  });
}

}  // namespace evenhand::notification
