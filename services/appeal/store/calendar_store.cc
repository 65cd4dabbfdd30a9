#include "services/appeal/store/calendar_store.h"

#include <map>

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

// England has eight bank holidays a year and Scotland nine: a year with fewer isn't entered yet.
constexpr int kHolidaysOfAYear = 7;

}  // namespace

WorkingDays LoadCalendar(Session& session, const std::string& calendar) {
  std::set<LocalDate> days;
  std::map<int, int> in_year;  // worked or not: that a year's are known is another matter
  for (const auto& row : session.sql().exec_params("select date::text, worked from holiday where calendar = $1", calendar)) {
    const auto date = ParseDate(row[0].c_str());
    if (!date) continue;
    ++in_year[static_cast<int>(date->year())];
    if (!row[1].as<bool>()) days.insert(*date);
  }
  std::optional<LocalDate> known_until;
  for (const auto& [year, holidays] : in_year)
    if (holidays >= kHolidaysOfAYear) known_until = LocalDate(year, 12, 31);
  return WorkingDays(std::move(days), known_until);
}

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

void InsertHoliday(Session& session, const v1::Holiday& holiday) {
  session.sql().exec_params(
      "insert into holiday (calendar, date, name, source, created_at) values ($1, $2::date, $3, $4, to_timestamp($5))", holiday.calendar(),
      holiday.date(), holiday.name(), holiday.source(), static_cast<double>(holiday.created_at().seconds()));
}

void SetWorked(Session& session, const std::string& calendar, const std::string& date, bool worked) {
  session.sql().exec_params("update holiday set worked = $3 where calendar = $1 and date = $2::date", calendar, date, worked);
}

void DeleteHoliday(Session& session, const std::string& calendar, const std::string& date) {
  session.sql().exec_params("delete from holiday where calendar = $1 and date = $2::date", calendar, date);
}

}  // namespace evenhand::appeal
