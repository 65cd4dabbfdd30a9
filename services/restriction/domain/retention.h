// How long a record is kept after its end, by the gravest of its behaviours: for contact alone, for abuse, for threats and violence;
// longer while something holds it.
#pragma once

#include <span>
#include <string>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction {

int RetainYears(std::span<const std::string> behaviours);

inline LocalDate RetainUntil(std::span<const std::string> behaviours, LocalDate ended) {
  return AddMonths(ended, 12 * RetainYears(behaviours));
}

}  // namespace evenhand::restriction
