#include "services/incident/store/visibility.h"

#include "services/incident/store/array_literal.h"

namespace evenhand::incident {

void OnlyVisible(const Actor& actor, const TaskReadings& tasks, Query& query) {
  const std::string me = query.Bind(actor.id) + "::text";
  const std::string areas = query.Bind(TextArray(actor.areas)) + "::text[]";
  std::string ordinary =
      "i.line_manager_id = " + me + " or " + me + " = any(i.involved) or i.recorded_by = " + me + " or " + me + " = any(i.witnesses)";
  std::string named = "i.line_manager_id = " + me + " or " + me + " = any(i.affected) or i.recorded_by = " + me;
  if (actor.RanksAtLeast(Role::kTeamLeader)) ordinary += " or i.service_area = any(" + areas + ")";
  if (actor.Has(Role::kHealthSafetyAdviser)) {
    ordinary = "true";
    named = "true";
  }
  if (actor.Has(Role::kHrBusinessPartner) || actor.Has(Role::kCommunicationsLead)) named = "true";
  if (actor.Has(Role::kStrategicDirector)) {
    named += " or (i.director_stands_in and i.service_area = any(" + areas + "))";
  }
  if (!tasks.heard.empty()) {
    const std::string heard = " or i.id = any(" + query.Bind(TextArray(tasks.heard)) + "::uuid[])";
    ordinary += heard;
    named += heard;
  }
  if (!tasks.decided.empty()) ordinary += " or i.id = any(" + query.Bind(TextArray(tasks.decided)) + "::uuid[])";
  query.And(areas + " is not null and " + me + " is not null");  // every parameter is used, whoever asks
  query.And("case when i.staff_named then " + named + " else " + ordinary + " end");
  // The subject is a council employee: not for themselves, their manager or the managers of their area.
  query.And("i.subject_staff_id = '' or (i.subject_staff_id <> " + me + " and i.subject_manager_id <> " + me + ")");
  if (actor.RanksAtLeast(Role::kTeamLeader) && !actor.Has(Role::kStrategicDirector)) {
    query.And("i.subject_staff_id = '' or i.subject_area = '' or not i.subject_area = any(" + areas + ")");
  }
}

}  // namespace evenhand::incident
