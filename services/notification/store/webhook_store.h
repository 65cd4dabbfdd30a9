// Receivers of webhooks in the schema "notification"; a secret leaves the table only to sign.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/webhook_service.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

void InsertWebhook(Session& session, v1::Webhook& webhook, const std::string& secret);
std::optional<v1::Webhook> FindWebhook(Session& session, const std::string& id, bool for_update = false);
std::string SecretOf(Session& session, const std::string& id);  // as it is kept: sealed
void PutSecret(Session& session, const std::string& id, const std::string& sealed);
void SaveWebhook(Session& session, v1::Webhook& webhook);
std::vector<v1::Webhook> AllWebhooks(Session& session, bool active_only);
int WaitingFor(Session& session, const std::string& webhook_id);
// Messages to it, failed or (with `since`) all that were queued since; the ids, oldest first.
std::vector<std::string> MessagesToReplay(Session& session, const std::string& webhook_id, const std::string& since);

}  // namespace evenhand::notification
