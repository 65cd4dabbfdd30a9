#include "services/restriction/domain/retention.h"

#include <algorithm>

namespace evenhand::restriction {

int RetainYears(std::span<const std::string> behaviours) {
  int years = kRetainYears;
  for (const std::string& behaviour : behaviours) {
    if (behaviour == "VIOLENCE" || behaviour == "PHYSICAL_THREAT") years = std::max(years, kRetainYearsViolence);
    if (behaviour == "ABUSE" || behaviour == "HARASSMENT" || behaviour == "NAMED_PUBLICLY") years = std::max(years, kRetainYearsAbuse);
  }
  return years;
}

}  // namespace evenhand::restriction
