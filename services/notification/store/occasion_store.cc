#include "services/notification/store/occasion_store.h"

#include <absl/strings/str_cat.h>

#include "services/notification/store/notification_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
void KeepOccasion(Session& session, const IncomingEvent& event) {
  session.sql().exec_params(
      "insert into occasion (event_id, type, subject, data, occurred_at, next_attempt_at, traceparent) values ($1, $2, $3, $4, $5, "
      "'-infinity', $6) on conflict do nothing",
      event.id, event.name(), event.subject(), ToDocument(*event.data), FormatInstant(event.occurred_at), session.call().traceparent);
}

namespace {

std::vector<Occasion> OccasionsIn(const pqxx::result& rows) {
  std::vector<Occasion> occasions;
  for (const auto& row : rows) {
    const events::EventType* type = events::FindEventType(row[1].c_str());
    if (type == nullptr) continue;  // a later version kept it
    Occasion occasion;
    occasion.event = {.id = row[0].c_str(),
                      .source = std::string(type->source),
                      .type = type,
                      .data = events::DataOf(*type, std::string(row[2].c_str())),
                      .occurred_at = absl::FromUnixMicros(row[3].as<std::int64_t>())};
    EVENHAND_CHECK(occasion.event.data != nullptr, "a kept event must parse");
    occasion.attempts = row[4].as<int>();
    occasion.traceparent = row[5].c_str();
    occasions.push_back(std::move(occasion));
  }
  return occasions;
}

constexpr char kOccasion[] =
    "select event_id, type, data, (extract(epoch from occurred_at) * 1000000)::bigint, attempts, traceparent from occasion o ";

}  // namespace

std::vector<Occasion> DueOccasions(Session& session, int most) {
  return OccasionsIn(session.sql().exec_params(
      absl::StrCat(kOccasion,
                   "where done_at is null and next_attempt_at <= $1 and not exists (select from occasion earlier where earlier.done_at is "
                   "null and earlier.subject = o.subject and earlier.seq < o.seq) order by seq limit $2"),
      FormatInstant(session.now()), most));
}

std::vector<Occasion> OccasionsBetween(Session& session, absl::Time since, absl::Time until, const std::vector<std::string>& types,
                                       int most) {
  return OccasionsIn(session.sql().exec_params(
      absl::StrCat(kOccasion,
                   "where done_at is not null and occurred_at >= $1 and occurred_at < $2 and type = any($3::text[]) order by seq limit $4"),
      FormatInstant(since), FormatInstant(until), TextArray(types), most));
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
      "data->'person'->>'personId' = any(array[$1, $2]) and data->>'mergedPersonId' = any(array[$1, $2]) order by seq desc limit 1",
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
