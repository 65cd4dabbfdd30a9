#include "services/notification/app/webhooks.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "services/notification/app/event_types.h"
#include "services/notification/app/providers.h"
#include "services/notification/app/telling.h"
#include "services/notification/send/receiver_url.h"
#include "services/notification/send/standard_webhooks.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/times.h"
#include "services/notification/store/webhook_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"
#include "services/platform/obs/log.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

constexpr int kMostWebhooks = 100;

std::string TypesForSystems() {
  std::string types;
  for (const events::EventType* type : events::EventTypes()) {
    if (type->for_webhooks) absl::StrAppend(&types, types.empty() ? "" : ", ", std::string(type->name));
  }
  return types;
}

// A CloudEvent in its JSON form (structured mode): ids, kinds and times; no narrative, no names, no staff numbers.
std::string CloudEventOf(const IncomingEvent& event) {
  google::protobuf::Struct body;
  auto& fields = *body.mutable_fields();
  fields["specversion"].set_string_value("1.0");
  fields["id"].set_string_value(event.id);
  fields["source"].set_string_value("urn:evenhand:" + event.name().substr(0, event.name().find('.')));
  fields["type"].set_string_value(event.name());
  fields["subject"].set_string_value(event.subject());
  fields["time"].set_string_value(FormatInstant(event.occurred_at));
  fields["datacontenttype"].set_string_value("application/json");
  *fields["data"].mutable_struct_value() = events::DataForWebhooks(*event.data);
  return ToDocument(body);
}

Refusals FaultsOf(const v1::Webhook& request, const Context& context) {
  Refusals no;
  if (const std::string fault = FaultOfReceiver(request.url(), context.dev_mode, context.reachable); !fault.empty())
    no.push_back({"council rule", "url", fault});
  if (!request.secret().empty() && !KeyOf(request.secret())) no.push_back({"council rule", "secret", kWhatASecretIs});
  for (int i = 0; i < request.event_types_size(); ++i) {
    if (NamesEventForSystems(request.event_types(i))) continue;
    const bool listed = std::ranges::any_of(no, [](const Violation& fault) { return fault.field.starts_with("eventTypes"); });
    no.push_back({"council rule", absl::StrCat("eventTypes[", i, "]"),
                  absl::StrCat("No event that a system may hear has this type; give an exact one, or one with a last *",
                               listed ? "." : ", of: " + TypesForSystems() + ".")});
  }
  return no;
}

}  // namespace

bool WantsEvent(const v1::Webhook& webhook, const std::string& type) {
  if (webhook.event_types().empty()) return true;
  return std::ranges::any_of(webhook.event_types(), [&](const std::string& wanted) { return MatchesEvent(wanted, type); });
}

void NoteWebhook(Session& session, const std::string& action, const v1::Webhook& webhook) {
  session.Audit({.action = action, .subject_kind = "webhook", .subject_id = webhook.id(), .clause = "12.4", .after = webhook.etag()});
}

Refusal NoKeyForSecrets(const absl::Status& status) {
  Log(Level::kError, "a webhook's secret can't be kept", {{"reason", std::string(status.message())}});
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = "There is no key to keep the webhook's secret under (setting webhook-keys); nothing was changed."};
}

v1::Webhook ShownWebhook(const Context& context, Session& session, v1::Webhook webhook) {
  webhook.set_waiting(WaitingFor(session, webhook.id()));
  webhook.set_holding_back(context.providers.HoldsBack(webhook.id(), absl::Now()));
  return webhook;
}

bool QueueForWebhook(Session& session, const v1::Webhook& webhook, const IncomingEvent& event, const std::string& traceparent) {
  const About about = AboutOf(event, {});
  Outgoing message{.notification = {},
                   .event_id = event.id,
                   .provider = webhook.id(),
                   .address = webhook.url(),
                   .payload = CloudEventOf(event),
                   .traceparent = traceparent};
  v1::Notification& n = message.notification;
  n.set_kind(v1::Notification::Kind::WEBHOOK);
  n.set_means(v1::Notification::Means::WEBHOOK);
  n.set_occasion(event.name());
  n.set_webhook_id(webhook.id());
  n.set_recipient(webhook.id());
  n.set_restriction_id(about.restriction_id);
  n.set_appeal_id(about.appeal_id);
  n.set_service_area(about.service_area);
  n.set_reason("A system that carries out or shows what was decided.");
  n.set_clause("12.4");
  return NotificationStore(session).Insert(message);
}

void QueueForWebhooks(Session& session, const IncomingEvent& event, const std::string& traceparent) {
  if (!event.type->for_webhooks) return;  // a closed circle: no system is in it (12.7)
  for (const v1::Webhook& webhook : AllWebhooks(session, /*active_only=*/true)) {
    if (WantsEvent(webhook, event.name())) QueueForWebhook(session, webhook, event, traceparent);
  }
}

Outcome<v1::Webhook> CreateWebhook(const Context& context, const Call& call, const v1::Webhook& request) {
  return context.unit_of_work.Write<v1::Webhook>(call, [&](Session& session) -> Outcome<v1::Webhook> {
    if (Refusals no = FaultsOf(request, context); !no.empty()) return Invalid(std::move(no));
    if (AllWebhooks(session, false).size() >= kMostWebhooks)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "There are 100 receivers already; take one out first.");
    v1::Webhook webhook;
    webhook.set_id(NewUuid());
    webhook.set_state(v1::Webhook::State::ACTIVE);
    webhook.set_url(request.url());
    *webhook.mutable_event_types() = request.event_types();
    webhook.set_description(request.description());
    *webhook.mutable_created_at() = ToTimestamp(session.now());
    const std::string secret = request.secret().empty() ? NewSecret() : request.secret();
    const auto sealed = context.secrets.Seal(secret, webhook.id());
    if (!sealed.ok()) return NoKeyForSecrets(sealed.status());
    InsertWebhook(session, webhook, *sealed);
    NoteWebhook(session, "webhook.created", webhook);
    webhook.set_secret(secret);
    webhook.set_waiting(0);
    return webhook;
  });
}

Outcome<v1::ListWebhooksResponse> ListWebhooks(const Context& context, const Call& call, const v1::ListWebhooksRequest& request) {
  return context.unit_of_work.Read<v1::ListWebhooksResponse>(call, [&](Session& session) -> Outcome<v1::ListWebhooksResponse> {
    v1::ListWebhooksResponse reply;
    std::vector<v1::Webhook> webhooks = AllWebhooks(session, false);
    reply.set_next_page_token(TakePage(webhooks, PageOf(request.page()), [](const v1::Webhook& one) { return one.id(); }));
    for (v1::Webhook& webhook : webhooks) *reply.add_webhooks() = ShownWebhook(context, session, std::move(webhook));
    return reply;
  });
}

Outcome<v1::Webhook> GetWebhook(const Context& context, const Call& call, const v1::GetWebhookRequest& request) {
  return context.unit_of_work.Read<v1::Webhook>(call, [&](Session& session) -> Outcome<v1::Webhook> {
    auto webhook = FindWebhook(session, request.id());
    if (!webhook) return NotFound("webhook");
    return ShownWebhook(context, session, *webhook);
  });
}

Outcome<v1::Webhook> DeleteWebhook(const Context& context, const Call& call, const v1::DeleteWebhookRequest& request) {
  return context.unit_of_work.Write<v1::Webhook>(call, [&](Session& session) -> Outcome<v1::Webhook> {
    auto webhook = FindWebhook(session, request.id(), /*for_update=*/true);
    if (!webhook) return NotFound("webhook");
    webhook->set_state(v1::Webhook::State::DELETED);
    SaveWebhook(session, *webhook);
    ForgetSecrets(session, webhook->id());
    NotificationStore store(session);
    for (const std::string& id : store.IdsToStop("webhook_id", webhook->id())) {
      if (auto n = store.Find(id, /*for_update=*/true)) store.Move(*n, Signal::kStop, "The receiver was taken out.");
    }
    NoteWebhook(session, "webhook.deleted", *webhook);
    return *webhook;
  });
}

void DisableWebhook(Session& session, const std::string& id, const std::string& why) {
  auto webhook = FindWebhook(session, id, /*for_update=*/true);
  if (!webhook || webhook->state() != v1::Webhook::State::ACTIVE) return;
  webhook->set_state(v1::Webhook::State::DISABLED);
  webhook->set_disabled_why(why);
  SaveWebhook(session, *webhook);
  NotificationStore store(session);
  for (const std::string& waiting : store.IdsToStop("webhook_id", id)) {
    if (auto n = store.Find(waiting, /*for_update=*/true)) store.Move(*n, Signal::kStop, "The receiver is disabled: " + why);
  }
  NoteWebhook(session, "webhook.disabled", *webhook);
}

}  // namespace evenhand::notification
