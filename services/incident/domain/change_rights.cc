#include "services/incident/domain/change_rights.h"

#include "services/platform/base/protection.h"

namespace evenhand::incident {
namespace {

// Team leader or above, the line manager, health and safety, and for a staff-named case those of the circle: always with the full view.
bool Decides(const Closeness& c) {
  if (ViewOf(c) != View::FULL) return false;
  const Actor& a = c.actor;
  if (a.RanksAtLeast(Role::kTeamLeader) || a.id == c.line_manager_id) return true;
  return a.Has(Role::kHealthSafetyAdviser) || a.Has(Role::kHrBusinessPartner) || a.Has(Role::kCommunicationsLead);
}

// What becomes of a decision hangs on whom the record is about and whether it stands: not in the hands of whoever was harmed (7.3).
bool DecidesUnharmed(const Closeness& c) { return Decides(c) && !Contains(c.harmed, c.actor.id); }

}  // namespace

Refusals RefusalsToChange(Change change, const Closeness& asked) {
  Closeness c = asked;
  c.hears_appeal = c.decides_on_it = false;  // who judges what it led to reads it, and changes nothing of it
  const View::Value view = ViewOf(c);
  const bool reporter = !c.recorded_by.empty() && c.actor.id == c.recorded_by;
  switch (change) {
    case Change::kAmend:
      if (view == View::FULL || (reporter && view == View::OWN)) return {};
      break;
    case Change::kWithdraw:
      if (DecidesUnharmed(c) || (reporter && view >= View::OWN)) return {};
      break;
    case Change::kAddStatement:
      if (c.subject_unknown || IsSubjectOrTheirManager(c)) break;
      if (view >= View::OWN || Contains(c.witnesses, c.actor.id)) return {};
      break;
    case Change::kLinkPerson:
    case Change::kUnlinkPerson:
    case Change::kMarkDuplicate:
      if (DecidesUnharmed(c)) return {};
      if (view >= View::OWN)
        return {{"council rule", "", "A team leader or manager of this service area who was not harmed in it decides this."}};
      break;
  }
  return NeedToKnow(c).violations;
}

Refusals RefusalsToChangeRights(const std::vector<std::string>& fields, const Closeness& c) {
  if (!ProtectionOn(Protection::kFieldsThatGiveRights)) return {};
  if (fields.empty() || DecidesUnharmed(c)) return {};
  Refusals no;
  for (const std::string& field : fields)
    no.push_back({"council rule", field, "Who may read and decide hangs on this: a manager who was not harmed in it changes it."});
  return no;
}

Refusals RefusalsToNameOneself(const Closeness& c) {
  if (c.line_manager_id.empty() || c.line_manager_id != c.actor.id || c.actor.Holds(Role::kTeamLeader, c.service_area)) return {};
  Closeness without = c;
  without.line_manager_id.clear();
  if (ViewOf(without) == View::FULL && !Contains(c.affected, c.actor.id)) return {};
  return {{"council rule", "lineManagerId", "Whoever records does not make themself the line manager; leave it empty, or name yours."}};
}

}  // namespace evenhand::incident
