#include "services/platform/calendar/holidays.h"

#include <fstream>
#include <iterator>
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "services/platform/base/check.h"

namespace evenhand {
namespace {

constexpr std::string_view kHeader = "calendar,date,name";

// England has eight bank holidays a year and Scotland nine: a year with fewer isn't entered yet.
constexpr int kHolidaysOfAYear = 7;

void LoadOne(pqxx::work& sql, const Holiday& holiday, absl::Time at) {
  sql.exec_params(
      "insert into holiday (calendar, date, name, source, created_at) values ($1, $2::date, $3, $4, $5::timestamptz) "
      "on conflict (calendar, date) do update set name = excluded.name, source = excluded.source "
      "where (holiday.name, holiday.source) is distinct from (excluded.name, excluded.source)",
      holiday.calendar, FormatDate(holiday.date), holiday.name, holiday.source, FormatInstant(at));
}

}  // namespace

WorkingDays LoadCalendar(pqxx::transaction_base& sql, std::string_view calendar) {
  std::set<LocalDate> days;
  std::map<int, int> in_year;  // worked or not: that a year's are known is another matter
  for (const auto& row : sql.exec_params("select date::text, worked from holiday where calendar = $1", std::string(calendar))) {
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

void KeepHoliday(pqxx::transaction_base& sql, const Holiday& holiday, absl::Time at) {
  sql.exec_params(
      "insert into holiday (calendar, date, name, source, worked, created_at) values ($1, $2::date, $3, $4, $5, $6::timestamptz) "
      "on conflict (calendar, date) do update set name = excluded.name, source = excluded.source, worked = excluded.worked",
      holiday.calendar, FormatDate(holiday.date), holiday.name, holiday.source, holiday.worked, FormatInstant(at));
}

void ForgetHoliday(pqxx::transaction_base& sql, std::string_view calendar, LocalDate date) {
  sql.exec_params("delete from holiday where calendar = $1 and date = $2::date", std::string(calendar), FormatDate(date));
}

WorkingDays CouncilCalendar(Session& session) {
  EVENHAND_CHECK(!session.calendar().empty(), "setting working-calendar names the council's calendar");
  return LoadCalendar(session.sql(), session.calendar());
}

events::HolidayChanged EventOf(const Holiday& holiday, bool removed) {
  return {.calendar = holiday.calendar,
          .date = FormatDate(holiday.date),
          .name = holiday.name,
          .source = holiday.source,
          .worked = holiday.worked,
          .removed = removed};
}

void Follow(Session& session, const events::v1::HolidayChanged& changed) {
  const auto date = ParseDate(changed.date());
  EVENHAND_CHECK(date.has_value(), "appeal-service tells of days that exist");
  if (changed.removed()) return ForgetHoliday(session.sql(), changed.calendar(), *date);
  KeepHoliday(
      session.sql(),
      {.calendar = changed.calendar(), .date = *date, .name = changed.name(), .source = changed.source(), .worked = changed.worked()},
      session.now());
}

absl::StatusOr<std::vector<Holiday>> ReadBankHolidays(std::string_view csv) {
  std::vector<Holiday> holidays;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(absl::string_view(csv.data(), csv.size()), '\n')) {
    line = absl::StripSuffix(line, "\r");
    ++number;
    if (number == 1) {
      if (line != absl::string_view(kHeader.data(), kHeader.size()))
        return absl::InvalidArgumentError(absl::StrCat("bank holidays: the first line is not \"", std::string(kHeader), "\""));
      continue;
    }
    if (line.empty()) continue;
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(',', 2));
    const auto date = fields.size() == 3 ? ParseDate(fields[1]) : std::nullopt;
    if (!date || fields[0].empty() || fields[2].empty())
      return absl::InvalidArgumentError(absl::StrCat("bank holidays, line ", number, ": not a calendar, a date YYYY-MM-DD and a name"));
    holidays.push_back({.calendar = fields[0], .date = *date, .name = fields[2], .source = kBankHoliday});
  }
  return holidays;
}

absl::Status LoadBankHolidays(const std::string& owner_connection, const std::string& schema, std::string_view csv, absl::Time at) {
  const auto holidays = ReadBankHolidays(csv);
  if (!holidays.ok()) return holidays.status();
  std::map<std::string, std::set<LocalDate>> days;
  for (const Holiday& holiday : *holidays) days[holiday.calendar].insert(holiday.date);
  try {
    pqxx::connection connection(owner_connection);
    pqxx::work sql(connection);
    sql.exec(absl::StrCat("set local search_path = ", schema));
    sql.exec("lock table holiday in share row exclusive mode");  // two that load at once wait for each other
    for (const Holiday& holiday : *holidays) LoadOne(sql, holiday, at);
    for (const auto& [calendar, known] : days) {
      const auto there = sql.exec_params("select date::text from holiday where calendar = $1 and source = $2 and date between $3 and $4",
                                         calendar, kBankHoliday, FormatDate(*known.begin()), FormatDate(*known.rbegin()));
      for (const auto& row : there)
        if (const auto date = ParseDate(row[0].c_str()); date && !known.contains(*date)) ForgetHoliday(sql, calendar, *date);
    }
    sql.commit();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("bank holidays of ", schema, ": ", error.what()));
  }
}

absl::StatusOr<std::string> BankHolidays(const std::string& file) {
  if (file.empty()) return std::string(KnownBankHolidays());
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) return absl::NotFoundError(absl::StrCat("setting bank-holidays: ", file, " can't be read"));
  return text;
}

}  // namespace evenhand
