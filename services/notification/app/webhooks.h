// Systems that are told by HTTP: CloudEvents 1.0 bodies with ids and kinds only.
#pragma once

#include "evenhand/notification/v1/webhook_service.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

// False when this receiver has this event queued already.
bool QueueForWebhook(Session& session, const v1::Webhook& webhook, const IncomingEvent& event, const std::string& traceparent);
bool WantsEvent(const v1::Webhook& webhook, const std::string& type);
// One message for each receiver that wants events of this type.
void QueueForWebhooks(Session& session, const IncomingEvent& event, const std::string& traceparent);

Outcome<v1::Webhook> CreateWebhook(const Context& context, const Call& call, const v1::Webhook& request);
Outcome<v1::ListWebhooksResponse> ListWebhooks(const Context& context, const Call& call, const v1::ListWebhooksRequest& request);
Outcome<v1::Webhook> GetWebhook(const Context& context, const Call& call, const v1::GetWebhookRequest& request);
Outcome<v1::Webhook> DeleteWebhook(const Context& context, const Call& call, const v1::DeleteWebhookRequest& request);
Outcome<v1::ReplayWebhookResponse> ReplayWebhook(const Context& context, const Call& call, const v1::ReplayWebhookRequest& request);

Outcome<v1::ListWebhookDeliveriesResponse> ListWebhookDeliveries(const Context& context, const Call& call,
                                                                 const v1::ListWebhookDeliveriesRequest& request);
Outcome<v1::Webhook> RollWebhookSecret(const Context& context, const Call& call, const v1::RollWebhookSecretRequest& request);

// What every change of a receiver has in common.
void NoteWebhook(Session& session, const std::string& action, const v1::Webhook& webhook);
v1::Webhook ShownWebhook(const Context& context, Session& session, v1::Webhook webhook);
inline constexpr char kWhatASecretIs[] = "A secret is whsec_ and 24 to 64 bytes in base64; leave it out and one is made.";
Refusal NoKeyForSecrets(const absl::Status& status);

// It answered 410: nothing more is sent until it is replayed.
void DisableWebhook(Session& session, const std::string& id, const std::string& why);

}  // namespace evenhand::notification
