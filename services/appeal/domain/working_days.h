// Working days as a council counts them: Monday to Friday without the holidays of one calendar, which are data.
#pragma once

#include <set>

#include "services/platform/base/local_date.h"

namespace evenhand::appeal {

class WorkingDays {
 public:
  explicit WorkingDays(std::set<LocalDate> holidays) : holidays_(std::move(holidays)) {}

  bool IsWorkingDay(LocalDate date) const;

  // The day that is `days` working days after `from`, which is day zero whatever kind of day it is.
  LocalDate Add(LocalDate from, int days) const;

  // Working days after `from` up to and with `to`; 0 when `to` is not later.
  int Between(LocalDate from, LocalDate to) const;

  const std::set<LocalDate>& holidays() const { return holidays_; }

 private:
  std::set<LocalDate> holidays_;
};

}  // namespace evenhand::appeal
