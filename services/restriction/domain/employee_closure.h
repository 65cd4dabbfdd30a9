// When the person works for the council, those they work with do not read the case (12.4, scenario 7).
#pragma once

#include <string>

#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"

namespace evenhand::restriction {

struct EmploymentFacts {
  bool is_employee = false;
  std::string staff_id;
  std::string team;  // a team or a service area, as in service_areas
  std::string line_manager_id;
};

Refusals RefusalsToRead(const Actor& actor, const EmploymentFacts& employment);

}  // namespace evenhand::restriction
