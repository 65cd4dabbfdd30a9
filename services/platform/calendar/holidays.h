// The table holiday of each schema: days on which the council does not work, bank holidays from a CSV that `migrate` loads, and the
// council's own exceptions, which appeal-service keeps on request and the others when they are told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <pqxx/pqxx>

#include "evenhand/events/v1/appeal_events.h"
#include "services/platform/calendar/working_days.h"
#include "services/platform/pg/session.h"

namespace evenhand {

inline constexpr char kBankHoliday[] = "gov.uk bank holidays";
inline constexpr char kCouncilsOwn[] = "council";

struct Holiday {
  std::string calendar;
  LocalDate date;
  std::string name;
  std::string source;   // kBankHoliday or kCouncilsOwn
  bool worked = false;  // the council works on this bank holiday
};

WorkingDays LoadCalendar(pqxx::transaction_base& sql, std::string_view calendar);

// The one that the council works by; a service without one doesn't reckon in working days.
WorkingDays CouncilCalendar(Session& session);

void KeepHoliday(pqxx::transaction_base& sql, const Holiday& holiday, absl::Time at);
void ForgetHoliday(pqxx::transaction_base& sql, std::string_view calendar, LocalDate date);

// What the others are told of it, and what they make of it. `removed`: it is none any more.
events::HolidayChanged EventOf(const Holiday& holiday, bool removed);
void Follow(Session& session, const events::v1::HolidayChanged& changed);

// A header "calendar,date,name" and a line a day; the first fault names its line.
absl::StatusOr<std::vector<Holiday>> ReadBankHolidays(std::string_view csv);

// Bank holidays as the CSV has them: new ones come, those that moved go, as far as it reaches; what the council decided about them stays.
absl::Status LoadBankHolidays(const std::string& owner_connection, const std::string& schema, std::string_view csv, absl::Time at);

// Those of Scotland, and of England and Wales, as this release knows them (bank_holidays.csv).
std::string_view KnownBankHolidays();

// The text of `file`; of those that this release knows where there is none.
absl::StatusOr<std::string> BankHolidays(const std::string& file);

}  // namespace evenhand
