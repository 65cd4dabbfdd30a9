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

std::vector<std::string> SecretsOf(Session& session, const std::string& id) {
  std::vector<std::string> secrets;
  for (const auto& row : session.sql().exec_params(
           "select s.secret from webhook w, lateral (values (1, w.secret, true), (2, w.old_secret, w.old_until > $2)) as s (n, secret, "
           "signs) where w.id = $1::uuid and s.signs and s.secret <> '' order by s.n",
           id, FormatInstant(session.now())))
    secrets.emplace_back(row[0].c_str());
  return secrets;
}

void RollSecret(Session& session, const std::string& id, const std::string& sealed, absl::Time old_until) {
  session.sql().exec_params("update webhook set old_secret = secret, old_until = $3, secret = $2 where id = $1::uuid", id, sealed,
                            FormatInstant(old_until));
}

void ForgetSecrets(Session& session, const std::string& id) {
  session.sql().exec_params("update webhook set secret = '', old_secret = '' where id = $1::uuid", id);
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

std::vector<std::string> FailedFor(Session& session, const std::string& webhook_id) {
  std::vector<std::string> ids;
  for (const auto& row : session.sql().exec_params(
           "select id from notification where webhook_id = $1 and state in ('TECHNICAL_FAILURE', 'PERMANENT_FAILURE', 'STOPPED', "
           "'TEMPORARY_FAILURE') order by id for update",
           webhook_id))
    ids.emplace_back(row[0].c_str());
  return ids;
}

std::string DeliveryOf(Session& session, const std::string& webhook_id, const std::string& event_id) {
  const auto rows =
      session.sql().exec_params("select id from notification where webhook_id = $1 and event_id = $2 for update", webhook_id, event_id);
  return rows.empty() ? std::string() : std::string(rows[0][0].c_str());
}

std::vector<Outgoing> DeliveriesOf(Session& session, const std::string& webhook_id, const std::string& state, const std::string& after,
                                   int most) {
  std::vector<Outgoing> deliveries;
  for (const auto& row : session.sql().exec_params(
           "select document, event_id from notification where webhook_id = $1 and ($2 = '' or state = $2) and ($3 = '' or id < nullif($3, "
           "'')::uuid) order by id desc limit $4",
           webhook_id, state, after, most))
    deliveries.push_back({.notification = FromDocument<v1::Notification>(row[0].c_str()), .event_id = row[1].c_str()});
  return deliveries;
}

}  // namespace evenhand::notification
