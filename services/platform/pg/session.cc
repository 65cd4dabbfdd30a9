#include "services/platform/pg/session.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "services/events/receivers.h"
#include "services/platform/audit/look_keeper.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Put(Writer& json, std::string_view key, std::string_view value) {
  json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void PutEvent(Writer& json, const OutgoingEvent& event, const std::string& id, std::string_view destination) {
  json.StartObject();
  Put(json, "event_id", id);
  Put(json, "destination", destination);
  Put(json, "type", event.type->name);
  Put(json, "subject", event.subject);
  json.Key("data");
  json.RawValue(event.data.data(), event.data.size(), rapidjson::kObjectType);
  json.EndObject();
}

}  // namespace

void Session::Audit(const AuditEntry& entry) { AuditAll({&entry, 1}); }

std::string AuditToJson(std::span<const AuditEntry> entries) {
  rapidjson::StringBuffer text;
  Writer json(text);
  json.StartArray();
  for (const AuditEntry& entry : entries) {
    json.StartObject();
    Put(json, "action", entry.action);
    Put(json, "subject_kind", entry.subject_kind);
    Put(json, "subject_id", entry.subject_id);
    Put(json, "person_id", entry.person_id);
    Put(json, "clause", entry.clause);
    Put(json, "before", entry.before);
    Put(json, "after", entry.after);
    json.EndObject();
  }
  json.EndArray();
  return std::string(text.GetString(), text.GetSize());
}

void KeepAudit(pqxx::transaction_base& sql, const Call& call, absl::Time now, const std::string& json, const std::string& suffix) {
  sql.exec_params(
      "insert into audit (at, actor, acting_through, action, subject_kind, subject_id, person_id, clause, before, after, trace_id, reason) "
      "select $1, $2, $3, r.action || $6, r.subject_kind, r.subject_id, r.person_id, r.clause, r.before, r.after, $4, $7 "
      "from jsonb_to_recordset($5::jsonb) as r (action text, subject_kind text, subject_id text, person_id text, clause text, before text, "
      "after text)",
      FormatInstant(now), call.actor.id, call.actor.through ? call.actor.through->id : std::string(), call.trace_id, json, suffix,
      call.reason);
}

void Session::AuditAll(std::span<const AuditEntry> entries) {
  if (entries.empty()) return;
  audited_.insert(audited_.end(), entries.begin(), entries.end());
  for (const AuditEntry& entry : entries) AuditedHere::Note(entry.subject_id);
  KeepAudit(sql_, call_, now_, AuditToJson(entries), "");
}

void Session::Emit(const OutgoingEvent& event) { EmitAll({&event, 1}); }

void Session::EmitAll(std::span<const OutgoingEvent> all) {
  rapidjson::StringBuffer text;
  Writer json(text);
  bool any = false;
  json.StartArray();
  for (const OutgoingEvent& event : all) {
    const std::string id = NewUuid();
    for (const std::string_view destination : events::ReceiversOf(*event.type)) {
      PutEvent(json, event, id, destination);
      any = true;
    }
  }
  json.EndArray();
  if (!any) return;
  sql_.exec_params(
      "insert into outbox (event_id, destination, type, subject, data, occurred_at, traceparent, next_attempt_at) "
      "select r.event_id, r.destination, r.type, r.subject, r.data, $1, $2, '-infinity' "
      "from jsonb_to_recordset($3::jsonb) as r (event_id uuid, destination text, type text, subject text, data jsonb)",
      FormatInstant(now_), call_.traceparent, std::string(text.GetString(), text.GetSize()));
  sql_.exec("select pg_notify('outbox_' || current_schema(), '')");
}

}  // namespace evenhand
