#include "services/restriction/domain/retention.h"

#include <algorithm>

#include "services/restriction/domain/policy_numbers.h"

namespace evenhand::restriction {

int RetainYears(std::span<const std::string> behaviours) {
  int years = Numbers().retain_years;
  for (const std::string& behaviour : behaviours) {
    if (behaviour == "VIOLENCE" || behaviour == "PHYSICAL_THREAT") years = std::max(years, Numbers().retain_years_violence);
    if (behaviour == "ABUSE" || behaviour == "HARASSMENT" || behaviour == "NAMED_PUBLICLY")
      years = std::max(years, Numbers().retain_years_abuse);
  }
  return years;
}

}  // namespace evenhand::restriction
