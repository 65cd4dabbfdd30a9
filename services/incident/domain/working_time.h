// Working hours, in which follow-ups are due: Monday to Friday, 09:00 to 17:00 in Europe/London, without Scotland's bank holidays.
#pragma once

#include <absl/time/time.h>

#include "services/platform/base/local_date.h"

namespace evenhand::incident {

inline constexpr int kDayStartsAt = 9;
inline constexpr int kHoursADay = 8;

// Bank holidays in Scotland as announced (gov.uk/bank-holidays); a year that is not listed has none.
bool IsScottishBankHoliday(LocalDate date);

bool IsWorkingDay(LocalDate date);

// The instant at which `hours` working hours have passed since `from`; night and weekend do not count.
absl::Time AfterWorkingHours(absl::Time from, int hours);

}  // namespace evenhand::incident
