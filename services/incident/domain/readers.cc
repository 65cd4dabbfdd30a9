#include "services/incident/domain/readers.h"

#include <algorithm>

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
      {"the line manager of the staff affected", LineManager, View::FULL, View::FULL},
      {"the member of staff affected, or named", Affected, View::FULL, View::FULL},
      {"HR business partner", Hr, View::NONE, View::FULL},
      {"communications team leader", Communications, View::NONE, View::FULL},
      {"strategic director of the area, where one of the circle is absent", DirectorStandingIn, View::FULL, View::FULL},
      {"managers of the service area, from team leader up", AreaManager, View::FULL, View::NONE},
      // Nobody decides blind: whoever challenges a decision is owed a hearer who has seen what it rests on, the named colleague's case
      // included (7.3), and no longer than it takes.
      {"strategic director who hears an open appeal that rests on it", HearsAppeal, View::FULL, View::FULL},
      {"who decides, or was lent the authority to, on a restriction that rests on it", DecidesOnIt, View::FULL, View::NONE},
      {"health and safety adviser", HealthAndSafety, View::FULL, View::REFERENCE},
      {"who reported it", Reporter, View::OWN, View::REFERENCE},
      {"other staff involved", Involved, View::OWN, View::NONE},
      {"witnesses", Witness, View::OWN, View::NONE},
  };
  return rules;
}

bool IsSubjectOrTheirManager(const Closeness& c) {
  return std::ranges::any_of(c.subjects, [&](const Subject& one) { return one.IsClose(c.actor.id); });
}

namespace {

bool OfTheTeam(const Closeness& c) {
  if (c.staff_named || c.actor.Has(Role::kHealthSafetyAdviser)) return false;
  return std::ranges::any_of(c.subjects, [&](const Subject& one) { return one.IsTeamOf(c.actor); });
}

}  // namespace

bool ClosedToOwnTeam(const Closeness& c) {
  return IsSubjectOrTheirManager(c) || (OfTheTeam(c) && (c.actor.RanksAtLeast(Role::kTeamLeader) || LineManager(c)));
}

View::Value ViewOf(const Closeness& closeness) {
  if (closeness.subject_unknown || ClosedToOwnTeam(closeness)) return View::NONE;
  View::Value widest = View::NONE;
  for (const ReaderRule& rule : ReaderRules()) {
    if (!rule.is(closeness)) continue;
    widest = std::max(widest, closeness.staff_named ? rule.staff_named : rule.ordinary);
  }
  return OfTheTeam(closeness) ? std::min(widest, View::OWN) : widest;
}

Refusal NeedToKnow(const Closeness& closeness) {
  if (closeness.subject_unknown) return SubjectUnknown();
  return NotPermitted("12.4", "Only those who need to know may read this.");
}

}  // namespace evenhand::incident
