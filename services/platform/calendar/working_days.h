// Working days and hours as a council counts them: Monday to Friday, 09:00 to 17:00 in Europe/London, without the holidays of one calendar,
// which are data and the same for every service.
#pragma once

#include <optional>
#include <set>

#include <absl/time/time.h>

#include "services/platform/base/local_date.h"

namespace evenhand {

inline constexpr int kDayStartsAt = 9;
inline constexpr int kHoursADay = 8;

class WorkingDays {
 public:
  // `known_until`: the last day whose holidays are known; after it no holidays doesn't mean that there are none.
  explicit WorkingDays(std::set<LocalDate> holidays, std::optional<LocalDate> known_until = std::nullopt)
      : holidays_(std::move(holidays)), known_until_(known_until) {}

  bool IsWorkingDay(LocalDate date) const;

  // The day that is `days` working days after `from`, which is day zero whatever kind of day it is. Where it lies past what is known it
  // is later by the most holidays that any stretch of that length has had: never a promise that turns out too early.
  LocalDate Add(LocalDate from, int days) const;

  // The instant at which `hours` working hours have passed since `from`; nights, weekends and holidays do not count.
  absl::Time AddHours(absl::Time from, int hours) const;

  // Working days after `from` up to and with `to`; 0 when `to` is not later.
  int Between(LocalDate from, LocalDate to) const;

  bool IsKnown(LocalDate date) const { return !known_until_ || date <= *known_until_; }

  std::optional<LocalDate> known_until() const { return known_until_; }
  const std::set<LocalDate>& holidays() const { return holidays_; }

 private:
  LocalDate Count(LocalDate from, int days) const;
  int MostHolidaysIn(int calendar_days) const;

  std::set<LocalDate> holidays_;
  std::optional<LocalDate> known_until_;
};

}  // namespace evenhand
