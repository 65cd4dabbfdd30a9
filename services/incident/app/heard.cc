#include "services/incident/app/heard.h"

#include <set>
#include "services/incident/app/convert.h"
#include "services/incident/app/recorder.h"
#include "services/incident/domain/working_time.h"
#include "services/incident/store/incident_store.h"

#include <absl/strings/str_split.h>

#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

HeldFollowUp ADebrief(const HeldIncident& incident, const std::string& staff_id, const std::string& detail, absl::Time now) {
  HeldFollowUp held;
  held.staff_named = IsStaffNamed(incident.incident);
  v1::FollowUp& f = held.follow_up;
  f.set_id(NewUuid());
  f.set_state(v1::FollowUp::State::OPEN);
  f.set_kind(v1::FollowUp::Kind::DEBRIEF);
  f.set_incident_id(incident.incident.id());
  f.set_incident_reference(incident.incident.reference());
  f.set_service_area(incident.incident.service_area());
  f.set_clause("10.4");
  f.set_owner(incident.incident.line_manager_id());
  f.set_owner_role(f.owner().empty() ? "team_leader" : "line_manager");
  f.set_staff_id(staff_id);
  f.set_detail(detail);
  SetTime(f.mutable_opened_at(), now);
  SetTime(f.mutable_due_at(), AfterWorkingHours(now, 3 * kHoursADay));
  return held;
}

// 10.4: a debrief is offered to every member of staff involved after a restriction too, once for each restriction.
std::optional<Refusal> RestrictionImposed(Session& session, const IncomingEvent& event) {
  const std::string detail = "restriction " + event.Get("restrictionId");
  WriteSet set;
  std::set<std::string> offered;
  for (const absl::string_view id : absl::StrSplit(event.Get("incidentIds"), ',', absl::SkipEmpty())) {
    const auto held = LoadIncident(session, std::string(id), true);
    if (!held || held->incident.state() != v1::IncidentState::RECORDED || held->incident.source_system() == kOldRegister) continue;
    for (const HeldFollowUp& one : FollowUpsOf(session, held->incident.id())) {
      if (one.follow_up.detail() == detail) offered.insert(one.follow_up.staff_id());
    }
    for (const std::string& staff_id : FactsOf(held->incident).involved) {
      if (offered.insert(staff_id).second) set.new_follow_ups.push_back(ADebrief(*held, staff_id, detail, session.now()));
    }
  }
  Apply(session, set);
  return std::nullopt;
}

}  // namespace

EventHandlers HandlersOfHeard() {
  EventHandlers handlers = {{"person.merged", PersonMerged},        {"person.unmerged", PersonUnmerged},
                            {"marker.proposed", MarkerProposed},    {"marker.confirmed", MarkerConfirmed},
                            {"delegation.created", AuthorityMoved}, {"delegation.revoked", AuthorityMoved}};
  for (const char* type : {"restriction.proposed", "restriction.corrected", "restriction.varied", "restriction.reviewed",
                           "restriction.continued", "restriction.lifted", "restriction.expired", "restriction.overturned",
                           "restriction.superseded", "restriction.declined", "restriction.withdrawn", "restriction.urgent_review_opened"})
    handlers[type] = GroundsMoved;
  handlers["restriction.imposed"] = [](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
    if (auto no = GroundsMoved(session, event)) return no;
    return RestrictionImposed(session, event);
  };
  for (const char* type : {"appeal.acknowledged", "appeal.assigned", "appeal.information_requested", "appeal.information_received",
                           "appeal.wait_ended", "appeal.accepted_late", "appeal.refused", "appeal.receipt_corrected", "appeal.reopened",
                           "appeal.effect_pending", "appeal.decided", "appeal.withdrawn"})
    handlers[type] = AppealMoved;
  return handlers;
}

}  // namespace evenhand::incident
