#include "services/incident/store/visibility.h"

#include "services/incident/store/array_literal.h"
#include "services/platform/base/canonical.h"

namespace evenhand::incident {

ClosedSql ClosedTo(const Actor& actor, const Closure& closure, Query& query) {
  std::vector<std::string> close, team;
  for (const auto& [person, subject] : closure.All()) {
    if (subject.IsClose(actor.id)) close.push_back(person);
    if (subject.IsTeamOf(actor)) team.push_back(person);
  }
  std::vector<std::string> keys;  // what gives no right still bars (closed_subject.h)
  for (const auto* areas : {&actor.areas, &actor.unknown_areas})
    for (const std::string& area : *areas)
      if (!area.empty() && !actor.Has(Role::kStrategicDirector)) keys.push_back(CanonicalKey(area));
  if (actor.Has(Role::kHealthSafetyAdviser)) {  // for the whole council, of nobody's team
    keys.clear();
    team.clear();
  }
  const std::string me = query.Bind(actor.id) + "::text";
  const std::string person = "coalesce(i.person_id::text, i.person_pending) = any(";
  return {"(" + me + " <> '' and (i.subject_staff_id = " + me + " or i.subject_manager_id = " + me + ")) or " + person +
              query.Bind(TextArray(close)) + "::text[])",
          "not i.staff_named and (string_to_array(lower(regexp_replace(i.subject_area, '\\s', '', 'g')), '|') && " +
              query.Bind(TextArray(keys)) + "::text[] or " + person + query.Bind(TextArray(team)) + "::text[]))"};
}

void OnlyVisible(const Actor& actor, const Closure& closure, const TaskReadings& tasks, Query& query) {
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
  const ClosedSql closed = ClosedTo(actor, closure, query);
  query.And("not (" + closed.always + ")");
  query.And((actor.RanksAtLeast(Role::kTeamLeader) ? "not (" : "true or (") + closed.to_the_team + ")");
}

}  // namespace evenhand::incident
