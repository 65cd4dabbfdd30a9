#include "services/incident/domain/injury_rule.h"

#include <algorithm>

namespace evenhand::incident {

InjuryClock ClockOf(const InjuryFacts& injury, LocalDate happened_on, LocalDate today) {
  if (!injury.injured) return {};
  int days = injury.absence_days;
  if (injury.absent_from) {
    const LocalDate first = std::max(*injury.absent_from, happened_on + 1);
    const LocalDate last = injury.absent_until.value_or(today);
    days = std::max(days, static_cast<int>(last - first) + 1);
  }
  if (!injury.specified && days <= kReportableAfterDays) return {};
  return {true, happened_on + kDaysToReport};
}

}  // namespace evenhand::incident
