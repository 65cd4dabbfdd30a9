// Children and young people: under 16, or of unknown age where it matters, a decision needs the basis on which age was looked at
// (8.1; findings of register entries on infants).
#pragma once

#include <string_view>

#include "services/platform/base/local_date.h"
#include "services/platform/base/refusal.h"

namespace evenhand::restriction {

inline constexpr int kAdultFrom = 16;

struct AgeFacts {
  std::string_view date_of_birth;  // "" when unknown
  bool is_organisation = false;
  bool age_matters = false;  // unknown age matters: the register, and a school's own area
  std::string_view basis;    // ageCheck.basis
};

// Whether a service area is one establishment that meets pupils: a school, academy or nursery. The Education service as a whole meets
// parents and suppliers as well.
bool MeetsPupils(std::string_view area);

Refusals FaultsOfAge(const AgeFacts& facts, LocalDate today);

}  // namespace evenhand::restriction
