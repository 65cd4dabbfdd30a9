#include "services/incident/app/register_task.h"

#include "services/incident/app/convert.h"
#include "services/incident/domain/working_time.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {

void OpenFreshRegisterDecision(Session& session, const HeldIncident& held, WriteSet& set) {
  const std::string& id = held.incident.id();
  const std::string detail = "person " + held.incident.person_id();
  const v1::FollowUp* decided = nullptr;
  const auto all = LoadFollowUps(session, {id});
  const auto found = all.find(id);
  if (found == all.end()) return;
  for (const HeldFollowUp& one : found->second) {
    if (one.follow_up.kind() != v1::FollowUp::Kind::REGISTER_DECISION) continue;
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
  SetTime(f.mutable_due_at(), AfterWorkingHours(session.now(), 5 * kHoursADay));
  OutgoingEvent event = EventOf("incident.register_decision_due", held.incident);
  event.attributes["followUpId"] = f.id();
  set.events.push_back(std::move(event));
  set.new_follow_ups.push_back(std::move(fresh));
}

}  // namespace evenhand::incident
