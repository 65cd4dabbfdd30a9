#include "services/closure/closed_subject.h"

namespace evenhand {

bool Subject::IsClose(const std::string& staff) const { return !staff.empty() && (staff == staff_id || staff == line_manager_id); }

bool Subject::IsTeamOf(const Actor& actor) const { return !team.empty() && actor.WorksIn(team) && !actor.Has(Role::kStrategicDirector); }

Refusals RefusalsToRead(const Actor& actor, const Subject& subject) {
  if (!subject.IsClose(actor.id) && !subject.IsTeamOf(actor)) return {};
  return {{"council rule", "", "The person works for the council: their own team and manager do not read the case."}};
}

Refusal SubjectUnknown() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = {},
          .detail = "Whether the person works for the council can't be asked right now, so their case stays closed. Please try again.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

}  // namespace evenhand
