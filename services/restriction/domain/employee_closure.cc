#include "services/restriction/domain/employee_closure.h"

namespace evenhand::restriction {

Refusals RefusalsToRead(const Actor& actor, const EmploymentFacts& employment) {
  if (!employment.is_employee) return {};
  const bool themselves = !employment.staff_id.empty() && actor.id == employment.staff_id;
  const bool their_manager = !employment.line_manager_id.empty() && actor.id == employment.line_manager_id;
  const bool their_team = !employment.team.empty() && actor.WorksIn(employment.team);
  if (!themselves && !their_manager && !their_team) return {};
  return {{"12.4", "", "The person works for the council: their own team and manager do not read the case."}};
}

}  // namespace evenhand::restriction
