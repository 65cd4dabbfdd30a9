// How long a record is kept after its end: 1 year, 3 for abuse, 5 for threats and violence; longer while something holds it.
#pragma once

#include <span>
#include <string>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction {

inline constexpr int kRetainYears = 1;
inline constexpr int kRetainYearsAbuse = 3;
inline constexpr int kRetainYearsViolence = 5;

int RetainYears(std::span<const std::string> behaviours);

inline LocalDate RetainUntil(std::span<const std::string> behaviours, LocalDate ended) {
  return AddMonths(ended, 12 * RetainYears(behaviours));
}

}  // namespace evenhand::restriction
