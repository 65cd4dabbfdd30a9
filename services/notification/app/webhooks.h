// Systems that are told by HTTP: CloudEvents 1.0 bodies with ids and kinds only.
#pragma once

#include "evenhand/notification/v1/webhook_service.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

// One message for each receiver that wants events of this type.
void QueueForWebhooks(Session& session, const IncomingEvent& event, const std::string& traceparent);

Outcome<v1::Webhook> CreateWebhook(const Context& context, const Call& call, const v1::CreateWebhookRequest& request);
Outcome<v1::ListWebhooksResponse> ListWebhooks(const Context& context, const Call& call, const v1::ListWebhooksRequest& request);
Outcome<v1::Webhook> GetWebhook(const Context& context, const Call& call, const v1::GetWebhookRequest& request);
Outcome<v1::Webhook> DeleteWebhook(const Context& context, const Call& call, const v1::DeleteWebhookRequest& request);
Outcome<v1::ReplayWebhookResponse> ReplayWebhook(const Context& context, const Call& call, const v1::ReplayWebhookRequest& request);

// What was kept in the clear before secrets were sealed is sealed now.
void SealSecrets(const Context& context);

// It answered 410: nothing more is sent until it is replayed.
void DisableWebhook(Session& session, const std::string& id, const std::string& why);

}  // namespace evenhand::notification
