#include "services/incident/domain/change_rights.h"

namespace evenhand::incident {
namespace {

// Team leader or above, the line manager, health and safety, and for a staff-named case those of the circle: always with the full view.
bool Decides(const Closeness& c) {
  if (ViewOf(c) != View::kFull) return false;
  const Actor& a = c.actor;
  if (a.RanksAtLeast(Role::kTeamLeader) || a.id == c.line_manager_id) return true;
  return a.Has(Role::kHealthSafetyAdviser) || a.Has(Role::kHrBusinessPartner) || a.Has(Role::kCommunicationsLead);
}

}  // namespace

Refusals RefusalsToChange(Change change, const Closeness& asked) {
  Closeness c = asked;
  c.hears_appeal = c.decides_on_it = false;  // who judges what it led to reads it, and changes nothing of it
  const View view = ViewOf(c);
  const bool reporter = !c.recorded_by.empty() && c.actor.id == c.recorded_by;
  switch (change) {
    case Change::kAmend:
      if (view == View::kFull || (reporter && view == View::kOwn)) return {};
      break;
    case Change::kWithdraw:
      if (Decides(c) || (reporter && view >= View::kOwn)) return {};
      break;
    case Change::kAddStatement:
      if (view >= View::kOwn || Contains(c.witnesses, c.actor.id)) return {};
      break;
    case Change::kLinkPerson:
    case Change::kUnlinkPerson:
    case Change::kMarkDuplicate:
      if (Decides(c)) return {};
      if (view >= View::kOwn) return {{"4.3", "", "A team leader or manager of this service area decides this."}};
      break;
  }
  return NeedToKnow(c).violations;
}

}  // namespace evenhand::incident
