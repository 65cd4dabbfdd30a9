#include "services/notification/store/webhook_store.h"

#include <absl/strings/str_cat.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {

void InsertWebhook(Session& session, v1::Webhook& webhook, const std::string& secret) {
  webhook.set_etag(EtagOf(1));
  session.sql().exec_params(
      "insert into webhook (id, version, state, url, secret, document, created_at, updated_at) values ($1, 1, $2, $3, $4, $5, $6, $6)",
      webhook.id(), v1::Webhook::State::Value_Name(webhook.state()), webhook.url(), secret, ToDocument(webhook),
      FormatInstant(session.now()));
}

std::optional<v1::Webhook> FindWebhook(Session& session, const std::string& id, bool for_update) {
  if (!IsUuid(id)) return std::nullopt;
  const auto rows = session.sql().exec_params(
      absl::StrCat("select document from webhook where id = $1::uuid and state <> 'DELETED'", for_update ? " for update" : ""), id);
  if (rows.empty()) return std::nullopt;
  return FromDocument<v1::Webhook>(rows[0][0].c_str());
}

std::string SecretOf(Session& session, const std::string& id) {
  const auto rows = session.sql().exec_params("select secret from webhook where id = $1::uuid", id);
  return rows.empty() ? std::string() : std::string(rows[0][0].c_str());
}

void PutSecret(Session& session, const std::string& id, const std::string& sealed) {
  session.sql().exec_params("update webhook set secret = $2 where id = $1::uuid", id, sealed);
}

void SaveWebhook(Session& session, v1::Webhook& webhook) {
  const std::int64_t version = std::stoll(webhook.etag().substr(1)) + 1;
  webhook.set_etag(EtagOf(version));
  session.sql().exec_params("update webhook set version = $2, state = $3, document = $4, updated_at = $5 where id = $1", webhook.id(),
                            version, v1::Webhook::State::Value_Name(webhook.state()), ToDocument(webhook), FormatInstant(session.now()));
}

std::vector<v1::Webhook> AllWebhooks(Session& session, bool active_only) {
  std::vector<v1::Webhook> webhooks;
  for (const auto& row : session.sql().exec(
           absl::StrCat("select document from webhook where state ", active_only ? "= 'ACTIVE'" : "<> 'DELETED'", " order by id"))) {
    webhooks.push_back(FromDocument<v1::Webhook>(row[0].c_str()));
  }
  return webhooks;
}

int WaitingFor(Session& session, const std::string& webhook_id) {
  return session.sql()
      .exec_params1("select count(*) from notification where webhook_id = $1 and state in ('QUEUED', 'SENDING', 'TEMPORARY_FAILURE')",
                    webhook_id)[0]
      .as<int>();
}

std::vector<std::string> MessagesToReplay(Session& session, const std::string& webhook_id, const std::string& since) {
  std::vector<std::string> ids;
  for (const auto& row : session.sql().exec_params(
           "select id from notification where webhook_id = $1 and ((($2 = '') and state in ('TECHNICAL_FAILURE', 'PERMANENT_FAILURE', "
           "'STOPPED', 'TEMPORARY_FAILURE')) "
           "or ($2 <> '' and created_at >= nullif($2, '')::timestamptz and state not in ('QUEUED', 'SENDING'))) order by id for update",
           webhook_id, since)) {
    ids.emplace_back(row[0].c_str());
  }
  return ids;
}

}  // namespace evenhand::notification
