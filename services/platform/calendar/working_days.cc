#include "services/platform/calendar/working_days.h"

#include <algorithm>
#include <iterator>

namespace evenhand {
namespace {

absl::Time Opens(LocalDate day) { return London().At(absl::CivilSecond(day.year(), day.month(), day.day(), kDayStartsAt)).pre; }
absl::Time Closes(LocalDate day) { return Opens(day) + absl::Hours(kHoursADay); }

}  // namespace

bool WorkingDays::IsWorkingDay(LocalDate date) const {
  const absl::Weekday weekday = absl::GetWeekday(date);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday && !holidays_.contains(date);
}

LocalDate WorkingDays::Add(LocalDate from, int days) const {
  const LocalDate date = Count(from, days);
  return IsKnown(date) ? date : Count(from, days + MostHolidaysIn(static_cast<int>(date - from)));
}

int WorkingDays::MostHolidaysIn(int calendar_days) const {
  int most = 0;
  for (auto first = holidays_.begin(); first != holidays_.end(); ++first)
    most = std::max(most, static_cast<int>(std::distance(first, holidays_.upper_bound(*first + calendar_days))));
  return most;
}

LocalDate WorkingDays::Count(LocalDate from, int days) const {
  LocalDate date = from;
  while (days > 0) {
    ++date;
    if (IsWorkingDay(date)) --days;
  }
  return date;
}

absl::Time WorkingDays::AddHours(absl::Time from, int hours) const {
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

int WorkingDays::Between(LocalDate from, LocalDate to) const {
  int days = 0;
  for (LocalDate date = from + 1; date <= to; ++date) days += IsWorkingDay(date) ? 1 : 0;
  return days;
}

}  // namespace evenhand
