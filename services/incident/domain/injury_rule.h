// When an injury must be reported to the Health and Safety Executive, and by when: RIDDOR 2013.
#pragma once

#include <optional>

#include "services/incident/domain/facts.h"

namespace evenhand::incident {

inline constexpr int kReportableAfterDays = 7;  // absence of more than seven days in a row, the day of the incident not counted
inline constexpr int kDaysToReport = 15;        // from the day of the incident

struct InjuryClock {
  bool reportable = false;
  std::optional<LocalDate> report_by;
};

// `today` makes an absence that still lasts grow: the same facts are asked again each day.
InjuryClock ClockOf(const InjuryFacts& injury, LocalDate happened_on, LocalDate today);

}  // namespace evenhand::incident
