// Why a record is kept past its date: an open appeal, a legal hold; and which appeals there have been.
#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"
#include "services/restriction/store/restrictions.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
void Restrictions::SyncHolds(v1::Restriction& restriction) {
  restriction.clear_holds();
  restriction.clear_appeals();
  const auto rows = sql_.exec_params(
      "select kind, thing_id, reason, placed_by, to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
      "released_at is null from restriction_hold where restriction_id = $1 order by placed_at, kind, thing_id",
      restriction.id());
  for (const auto& row : rows) {
    const auto kind = Named<v1::Hold::Kind>(row[0].as<std::string>());
    const bool open = row[5].as<bool>();
    if (kind == v1::Hold::Kind::APPEAL_OPEN) {
      auto* appeal = restriction.add_appeals();
      appeal->set_appeal_id(row[1].as<std::string>());
      appeal->set_state(open ? v1::AppealNote::State::OPEN : v1::AppealNote::State::CLOSED);
      appeal->set_decision_id(row[2].as<std::string>());
    }
    if (!open) continue;
    auto* hold = restriction.add_holds();
    hold->set_kind(kind);
    hold->set_thing_id(row[1].as<std::string>());
    hold->set_reason(row[2].as<std::string>());
    hold->set_placed_by(row[3].as<std::string>());
    if (const auto at = ParseInstant(row[4].as<std::string>())) *hold->mutable_placed_at() = ToProto(*at);
  }
}

void Restrictions::PlaceHold(const std::string& restriction_id, v1::Hold::Kind::Value kind, const std::string& thing_id,
                             const std::string& reason) {
  sql_.exec_params(
      "insert into restriction_hold (restriction_id, kind, thing_id, reason, placed_by, placed_at) values ($1, $2, $3, $4, $5, $6) "
      "on conflict (restriction_id, kind, thing_id) do update set released_at = null, reason = excluded.reason, "
      "placed_by = excluded.placed_by, placed_at = excluded.placed_at",
      restriction_id, v1::Hold::Kind::Value_Name(kind), thing_id, reason, session_.actor().id, FormatInstant(session_.now()));
}

void Restrictions::ReleaseHold(const std::string& restriction_id, v1::Hold::Kind::Value kind, const std::string& thing_id) {
  sql_.exec_params(
      "update restriction_hold set released_at = $4 where restriction_id = $1 and kind = $2 and thing_id = $3 and released_at is null",
      restriction_id, v1::Hold::Kind::Value_Name(kind), thing_id, FormatInstant(session_.now()));
}

}  // namespace evenhand::restriction
