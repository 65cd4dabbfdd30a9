#include "services/platform/pg/session.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand {
namespace {

std::string JsonOf(const std::map<std::string, std::string>& attributes) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> json(text);
  json.StartObject();
  for (const auto& [key, value] : attributes) {
    json.Key(key.c_str());
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  json.EndObject();
  return text.GetString();
}

}  // namespace

void Session::Audit(const AuditEntry& entry) {
  sql_.exec_params(
      "insert into audit (at, actor, acting_through, action, subject_kind, subject_id, person_id, clause, before, after, trace_id) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      FormatInstant(now_), call_.actor.id, call_.actor.through ? call_.actor.through->id : std::string(), entry.action, entry.subject_kind,
      entry.subject_id, entry.person_id, entry.clause, entry.before, entry.after, call_.trace_id);
}

void Session::Emit(const OutgoingEvent& event) {
  const std::string id = NewUuid();
  for (const EventRoute& route : routes_) {
    if (!event.type.starts_with(route.type_prefix)) continue;
    sql_.exec_params(
        "insert into outbox (event_id, destination, type, thing, attributes, occurred_at, traceparent, next_attempt_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, '-infinity')",
        id, route.destination, event.type, event.thing, JsonOf(event.attributes), FormatInstant(now_), call_.traceparent);
    sql_.exec("select pg_notify('outbox_' || current_schema(), '')");
  }
}

}  // namespace evenhand
