#include "services/incident/domain/working_time.h"

#include <algorithm>
#include <string_view>

namespace evenhand::incident {
namespace {

// Source: https://www.gov.uk/bank-holidays.json, "scotland".
constexpr std::string_view kHolidays[] = {
    "2024-01-01", "2024-01-02", "2024-03-29", "2024-05-06", "2024-05-27", "2024-08-05", "2024-12-02", "2024-12-25", "2024-12-26",
    "2025-01-01", "2025-01-02", "2025-04-18", "2025-05-05", "2025-05-26", "2025-08-04", "2025-12-01", "2025-12-25", "2025-12-26",
    "2026-01-01", "2026-01-02", "2026-04-03", "2026-05-04", "2026-05-25", "2026-08-03", "2026-11-30", "2026-12-25", "2026-12-28",
    "2027-01-01", "2027-01-04", "2027-03-26", "2027-05-03", "2027-05-31", "2027-08-02", "2027-11-30", "2027-12-27", "2027-12-28",
    "2028-01-03", "2028-01-04", "2028-04-14", "2028-05-01", "2028-05-29", "2028-08-07", "2028-11-30", "2028-12-25", "2028-12-26",
};

absl::Time Opens(LocalDate day) { return London().At(absl::CivilSecond(day.year(), day.month(), day.day(), kDayStartsAt)).pre; }
absl::Time Closes(LocalDate day) { return Opens(day) + absl::Hours(kHoursADay); }

}  // namespace

bool IsScottishBankHoliday(LocalDate date) {
  const std::string text = FormatDate(date);
  return std::find(std::begin(kHolidays), std::end(kHolidays), text) != std::end(kHolidays);
}

bool IsWorkingDay(LocalDate date) {
  const absl::Weekday day = absl::GetWeekday(date);
  return day != absl::Weekday::saturday && day != absl::Weekday::sunday && !IsScottishBankHoliday(date);
}

absl::Time AfterWorkingHours(absl::Time from, int hours) {
  absl::Duration left = absl::Hours(hours);
  for (LocalDate day = DateOf(from);; ++day) {
    if (!IsWorkingDay(day)) continue;
    const absl::Time start = std::max(from, Opens(day));
    const absl::Duration today = Closes(day) - start;
    if (today <= absl::ZeroDuration()) continue;
    if (left <= today) return start + left;
    left -= today;
  }
}

}  // namespace evenhand::incident
