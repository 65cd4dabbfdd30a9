#include "services/appeal/store/calendar_store.h"

#include <google/protobuf/util/time_util.h>

namespace evenhand::appeal {
namespace {

v1::Holiday HolidayOf(const pqxx::row& row) {
  v1::Holiday holiday;
  holiday.set_calendar(row[0].c_str());
  holiday.set_date(row[1].c_str());
  holiday.set_name(row[2].c_str());
  holiday.set_source(row[3].c_str());
  if (row[5].as<bool>()) holiday.set_worked(true);
  *holiday.mutable_created_at() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row[4].as<std::int64_t>());
  return holiday;
}

constexpr char kColumns[] =
    "select calendar, date::text, name, source, (extract(epoch from created_at) * 1000000)::bigint, worked from holiday ";

}  // namespace

bool CalendarExists(Session& session, const std::string& calendar) {
  return session.sql().exec_params1("select exists (select from holiday where calendar = $1)", calendar)[0].as<bool>();
}

std::vector<v1::Holiday> ListHolidays(Session& session, const std::string& calendar, const std::string& from, const std::string& to) {
  std::vector<v1::Holiday> holidays;
  for (const auto& row :
       session.sql().exec_params(std::string(kColumns) + "where calendar = $1 and ($2 = '' or date >= nullif($2, '')::date) and ($3 = '' "
                                                         "or date <= nullif($3, '')::date) order by date",
                                 calendar, from, to)) {
    holidays.push_back(HolidayOf(row));
  }
  return holidays;
}

std::optional<v1::Holiday> FindHoliday(Session& session, const std::string& calendar, const std::string& date) {
  const auto rows = session.sql().exec_params(std::string(kColumns) + "where calendar = $1 and date = $2::date", calendar, date);
  if (rows.empty()) return std::nullopt;
  return HolidayOf(rows[0]);
}

}  // namespace evenhand::appeal
