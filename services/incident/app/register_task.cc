#include "services/incident/app/register_task.h"

#include "services/incident/app/convert.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::incident {

void OpenFreshRegisterDecision(Session& session, const HeldIncident& held, WriteSet& set) {
  const std::string& id = held.incident.id();
  const std::string detail = "person " + held.incident.person_id();
  const v1::FollowUp* decided = nullptr;
  const auto all = LoadFollowUps(session, {id});
  const auto found = all.find(id);
  if (found == all.end()) return;
  for (const HeldFollowUp& one : found->second) {
    if (one.follow_up.kind() != FollowUpKind::REGISTER_DECISION) continue;
    if (one.follow_up.state() == v1::FollowUp::State::OPEN || one.follow_up.detail() == detail)
      return;  // still to be decided, or fresh already
    if (one.follow_up.state() == v1::FollowUp::State::COMPLETED) decided = &one.follow_up;
  }
  if (decided == nullptr) return;
  HeldFollowUp fresh;
  fresh.staff_named = IsStaffNamed(held.incident);
  v1::FollowUp& f = fresh.follow_up;
  f = *decided;
  f.set_id(NewUuid());
  f.set_state(v1::FollowUp::State::OPEN);
  f.set_detail(detail);
  f.clear_outcome();
  f.clear_record();
  f.clear_closed_at();
  f.clear_closed_by();
  f.clear_escalated_at();
  f.clear_reason();
  SetTime(f.mutable_opened_at(), session.now());
  SetTime(f.mutable_due_at(), CouncilCalendar(session).AddHours(session.now(), 5 * kHoursADay));
  set.events.push_back(
      events::IncidentRegisterDecisionDue{.incident = RefOf(held.incident), .facts = KnownOf(held.incident), .follow_up_id = f.id()});
  set.new_follow_ups.push_back(std::move(fresh));
}

}  // namespace evenhand::incident
