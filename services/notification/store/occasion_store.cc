#include "services/notification/store/occasion_store.h"

#include <google/protobuf/struct.pb.h>

#include "services/platform/base/local_date.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

std::string JsonOf(const std::map<std::string, std::string>& attributes) {
  google::protobuf::Struct json;
  for (const auto& [key, value] : attributes) (*json.mutable_fields())[key].set_string_value(value);
  return ToDocument(json);
}

std::map<std::string, std::string> AttributesOf(const std::string& text) {
  std::map<std::string, std::string> attributes;
  const auto kept = FromDocument<google::protobuf::Struct>(text);  // named: a loop over a temporary's member would outlive it
  for (const auto& [key, value] : kept.fields()) attributes[key] = value.string_value();
  return attributes;
}

}  // namespace

void KeepOccasion(Session& session, const IncomingEvent& event) {
  session.sql().exec_params(
      "insert into occasion (event_id, type, thing, attributes, occurred_at, next_attempt_at, traceparent) values ($1, $2, $3, $4, $5, "
      "'-infinity', $6) on "
      "conflict do nothing",
      event.id, event.type, event.thing, JsonOf(event.attributes), FormatInstant(event.occurred_at), session.call().traceparent);
}

std::vector<Occasion> DueOccasions(Session& session, int most) {
  std::vector<Occasion> due;
  for (const auto& row : session.sql().exec_params(
           "select event_id, type, thing, attributes, (extract(epoch from occurred_at) * 1000000)::bigint, attempts, traceparent from "
           "occasion o "
           "where done_at is null and next_attempt_at <= $1 "
           "and not exists (select from occasion earlier where earlier.done_at is null and earlier.thing = o.thing and earlier.seq < "
           "o.seq) order by seq limit $2",
           FormatInstant(session.now()), most)) {
    Occasion occasion;
    occasion.event = {.id = row[0].c_str(),
                      .source = "",
                      .type = row[1].c_str(),
                      .thing = row[2].c_str(),
                      .attributes = AttributesOf(row[3].c_str()),
                      .occurred_at = absl::FromUnixMicros(row[4].as<std::int64_t>())};
    occasion.attempts = row[5].as<int>();
    occasion.traceparent = row[6].c_str();
    due.push_back(std::move(occasion));
  }
  return due;
}

bool MarkDone(Session& session, const std::string& event_id) {
  return session.sql()
             .exec_params("update occasion set done_at = $2 where event_id = $1 and done_at is null", event_id,
                          FormatInstant(session.now()))
             .affected_rows() == 1;
}

std::optional<absl::Time> MergedAt(Session& session, const std::string& person_id, const std::string& merged_person_id) {
  const auto rows = session.sql().exec_params(
      "select (extract(epoch from occurred_at) * 1000000)::bigint from occasion where type = 'person.merged' and "
      "attributes->>'personId' = any(array[$1, $2]) and attributes->>'mergedPersonId' = any(array[$1, $2]) order by seq desc limit 1",
      person_id, merged_person_id);
  if (rows.empty()) return std::nullopt;
  return absl::FromUnixMicros(rows[0][0].as<std::int64_t>());
}

void PutOff(Session& session, const std::string& event_id, absl::Time until, const std::string& why) {
  session.sql().exec_params(
      "update occasion set attempts = attempts + 1, next_attempt_at = $2, last_error = $3 where event_id = $1 and done_at is null",
      event_id, FormatInstant(until), why);
}

}  // namespace evenhand::notification
