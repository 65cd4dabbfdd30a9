// Receivers of webhooks in the schema "notification"; a secret leaves the table only to sign.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/webhook_service.pb.h"
#include "services/notification/store/notification_store.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

void InsertWebhook(Session& session, v1::Webhook& webhook, const std::string& secret);
std::optional<v1::Webhook> FindWebhook(Session& session, const std::string& id, bool for_update = false);
// Those that sign now, as they are kept: sealed. The newest first.
std::vector<std::string> SecretsOf(Session& session, const std::string& id);
void RollSecret(Session& session, const std::string& id, const std::string& sealed, absl::Time old_until);
void ForgetSecrets(Session& session, const std::string& id);
void SaveWebhook(Session& session, v1::Webhook& webhook);
std::vector<v1::Webhook> AllWebhooks(Session& session, bool active_only);
int WaitingFor(Session& session, const std::string& webhook_id);
// Messages to it that have failed; the ids, oldest first.
std::vector<std::string> FailedFor(Session& session, const std::string& webhook_id);
// The message that carries this event to it; "" for none.
std::string DeliveryOf(Session& session, const std::string& webhook_id, const std::string& event_id);
// The newest first; `after` the last of the page before, "" for the first; `state` "" for every one.
std::vector<Outgoing> DeliveriesOf(Session& session, const std::string& webhook_id, const std::string& state, const std::string& after,
                                   int most);

}  // namespace evenhand::notification
