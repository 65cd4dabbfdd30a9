// Dates as a council means them: whole days in Europe/London, across clock changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

namespace evenhand {

using LocalDate = absl::CivilDay;

// Europe/London, loaded once; a machine without time zone data ends the process at start.
const absl::TimeZone& London();

// "YYYY-MM-DD" of a date that exists, else nothing.
std::optional<LocalDate> ParseDate(std::string_view text);
std::string FormatDate(LocalDate date);

LocalDate DateOf(absl::Time instant);

// The first instant of the day, and the first instant after it: [StartOf, EndOf) is the day, 23, 24 or 25 hours long.
absl::Time StartOf(LocalDate date);
absl::Time EndOf(LocalDate date);

// Calendar months later; the 31st becomes the last day of a shorter month (2025-08-31 + 6 months = 2026-02-28).
LocalDate AddMonths(LocalDate date, int months);

// RFC 3339, UTC, to the microsecond that PostgreSQL keeps.
std::string FormatInstant(absl::Time instant);
std::optional<absl::Time> ParseInstant(std::string_view text);

}  // namespace evenhand
