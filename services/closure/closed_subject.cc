#include "services/closure/closed_subject.h"

namespace evenhand {

bool Subject::IsClose(const std::string& staff) const { return !staff.empty() && (staff == staff_id || staff == line_manager_id); }

Refusals RefusalsToRead(const Actor& actor, const Subject& subject) {
  if (!subject.IsClose(actor.id) && (subject.team.empty() || !actor.WorksIn(subject.team))) return {};
  return {{"12.4", "", "The person works for the council: their own team and manager do not read the case."}};
}

}  // namespace evenhand
