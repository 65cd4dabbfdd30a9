#include "services/incident/domain/readers.h"

namespace evenhand::incident {
namespace {

bool LineManager(const Closeness& c) { return !c.line_manager_id.empty() && c.actor.id == c.line_manager_id; }
bool Affected(const Closeness& c) { return Contains(c.affected, c.actor.id); }
bool AreaManager(const Closeness& c) { return c.actor.Holds(Role::kTeamLeader, c.service_area); }
bool HealthAndSafety(const Closeness& c) { return c.actor.Has(Role::kHealthSafetyAdviser); }
bool Hr(const Closeness& c) { return c.actor.Has(Role::kHrBusinessPartner); }
bool Communications(const Closeness& c) { return c.actor.Has(Role::kCommunicationsLead); }
bool DirectorStandingIn(const Closeness& c) { return c.director_stands_in && c.actor.Holds(Role::kStrategicDirector, c.service_area); }
bool HearsAppeal(const Closeness& c) { return c.hears_appeal && c.actor.Has(Role::kStrategicDirector); }
bool DecidesOnIt(const Closeness& c) { return c.decides_on_it; }
bool Reporter(const Closeness& c) { return !c.recorded_by.empty() && c.actor.id == c.recorded_by; }
bool Involved(const Closeness& c) { return Contains(c.involved, c.actor.id); }
bool Witness(const Closeness& c) { return Contains(c.witnesses, c.actor.id); }

}  // namespace

const std::vector<ReaderRule>& ReaderRules() {
  static const std::vector<ReaderRule> rules = {
      // reader                                                      is                  ordinary          staff named publicly
      {"the line manager of the staff affected", LineManager, View::kFull, View::kFull},
      {"the member of staff affected, or named", Affected, View::kFull, View::kFull},
      {"HR business partner", Hr, View::kNone, View::kFull},
      {"communications team leader", Communications, View::kNone, View::kFull},
      {"strategic director of the area, where one of the circle is absent", DirectorStandingIn, View::kFull, View::kFull},
      {"managers of the service area, from team leader up", AreaManager, View::kFull, View::kNone},
      // Nobody decides blind: whoever challenges a decision is owed a hearer who has seen what it rests on, the named colleague's case
      // included (7.3), and no longer than it takes.
      {"strategic director who hears an open appeal that rests on it", HearsAppeal, View::kFull, View::kFull},
      {"who decides, or was lent the authority to, on a restriction that rests on it", DecidesOnIt, View::kFull, View::kNone},
      {"health and safety adviser", HealthAndSafety, View::kFull, View::kReference},
      {"who reported it", Reporter, View::kOwn, View::kReference},
      {"other staff involved", Involved, View::kOwn, View::kNone},
      {"witnesses", Witness, View::kOwn, View::kNone},
  };
  return rules;
}

bool ClosedToOwnTeam(const Closeness& c) {
  if (c.subject_staff_id.empty()) return false;
  if (c.actor.id == c.subject_staff_id || c.actor.id == c.subject_manager_id) return true;
  return !c.subject_area.empty() && c.actor.Holds(Role::kTeamLeader, c.subject_area) && !c.actor.Has(Role::kStrategicDirector);
}

View ViewOf(const Closeness& closeness) {
  if (ClosedToOwnTeam(closeness)) return View::kNone;
  View widest = View::kNone;
  for (const ReaderRule& rule : ReaderRules()) {
    if (!rule.is(closeness)) continue;
    widest = std::max(widest, closeness.staff_named ? rule.staff_named : rule.ordinary);
  }
  return widest;
}

Refusal NeedToKnow(const Closeness& closeness) {
  if (closeness.staff_named) return NotPermitted("12.6", "This is open only to those whom the policy names.");
  return NotPermitted("12.4", "Only those who need to know may read this.");
}

}  // namespace evenhand::incident
