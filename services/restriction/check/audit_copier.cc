#include "services/restriction/check/audit_copier.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;
using Json = rapidjson::Writer<rapidjson::StringBuffer>;

// Both tables take a record or neither does, and a record that is there already is passed over: whatever is killed, each counts once.
// Only who is the last of a file ($2) waits for the database's disk, and with it all before: commits reach it in their order.
constexpr char kKeep[] = R"(
  with told as (
    select * from jsonb_to_recordset($1::jsonb) t (id uuid, at timestamptz, actor text, through text, channel text, area text, staff text,
                                                   outcome text, people uuid[], answer text, trace text)),
  kept as (
    insert into contact_check (id, at, actor, acting_through, channel, service_area, staff_id, outcome, person_ids, answer, trace_id)
    select id, at, actor, through, channel, area, staff, outcome, people, decode(answer, 'hex'), trace from told
    on conflict (id) do nothing
    returning id, at, actor, acting_through, person_ids, trace_id)
  insert into audit (at, actor, acting_through, action, subject_kind, subject_id, person_id, clause, after, trace_id)
  select at, actor, acting_through, 'contact.checked', 'person', p::text, p::text, '12.4', id::text, trace_id
  from kept, unnest(person_ids) p
  where case when $2::boolean then true else (select set_config('synchronous_commit', 'off', true)) is not null end)";

void Put(Json& json, const char* key, const std::string& value) {
  json.Key(key);
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void Put(Json& json, const v1::ContactCheckRecord& record) {
  json.StartObject();
  Put(json, "id", record.id());
  Put(json, "at", FormatInstant(absl::FromUnixSeconds(record.at().seconds()) + absl::Nanoseconds(record.at().nanos())));
  Put(json, "actor", record.actor());
  Put(json, "through", record.acting_through());
  Put(json, "channel", v1::ContactChannel::Value_Name(record.channel()));
  Put(json, "area", record.service_area());
  Put(json, "staff", record.staff_id());
  Put(json, "outcome", CheckContactResponse::Outcome_Name(record.answer().outcome()));
  json.Key("people");
  json.StartArray();
  for (const v1::ContactMatch& match : record.answer().matches())
    if (!match.person_id().empty()) json.String(match.person_id().c_str());
  json.EndArray();
  Put(json, "answer", absl::BytesToHexString(record.answer().SerializeAsString()));
  Put(json, "trace", record.trace_id());
  json.EndObject();
}

std::string JsonOf(const std::vector<v1::ContactCheckRecord>& records) {
  rapidjson::StringBuffer text;
  Json json(text);
  json.StartArray();
  for (const v1::ContactCheckRecord& record : records) Put(json, record);
  json.EndArray();
  return text.GetString();
}

}  // namespace

void AuditCopier::Copy() {
  if (spool_.waiting_bytes() == 0) return;
  try {
    if (connection_ == nullptr) {
      connection_ = pool_.Open();
      connection_->prepare("keep", kKeep);
    }
    spool_.Drain([this](const std::vector<v1::ContactCheckRecord>& records, bool last) {
      pqxx::nontransaction sql(*connection_);  // the one statement is its own transaction
      sql.exec_prepared("keep", JsonOf(records), last);
    });
  } catch (...) {
    connection_ = nullptr;
    throw;
  }
}

}  // namespace evenhand::restriction::check
