#include "services/incident/app/heard.h"

#include <set>

#include "services/incident/app/convert.h"
#include "services/incident/app/recorder.h"
#include "services/incident/domain/follow_up_rules.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::incident {
namespace {

HeldFollowUp ADebrief(const HeldIncident& incident, const std::string& staff_id, const std::string& detail, absl::Time now,
                      const WorkingDays& calendar) {
  HeldFollowUp held;
  held.staff_named = IsStaffNamed(incident.incident);
  v1::FollowUp& f = held.follow_up;
  f.set_id(NewUuid());
  f.set_state(v1::FollowUp::State::OPEN);
  f.set_kind(FollowUpKind::DEBRIEF);
  f.set_incident_id(incident.incident.id());
  f.set_incident_reference(incident.incident.reference());
  f.set_service_area(incident.incident.service_area());
  f.set_clause("10.4");
  f.set_owner(incident.incident.line_manager_id());
  f.set_owner_role(f.owner().empty() ? std::string(RoleForNobody(FactsOf(incident.incident))) : "line_manager");
  f.set_staff_id(staff_id);
  f.set_detail(detail);
  SetTime(f.mutable_opened_at(), now);
  SetTime(f.mutable_due_at(), calendar.AddHours(now, 3 * kHoursADay));
  return held;
}

// 10.4: a debrief is offered to every member of staff involved after a restriction too, once for each restriction.
void OfferDebriefs(Session& session, const events::v1::RestrictionImposed& imposed) {
  const std::string detail = "restriction " + imposed.restriction().restriction_id();
  const WorkingDays calendar = CouncilCalendar(session);
  WriteSet set;
  std::set<std::string> offered;
  for (const std::string& id : imposed.terms().incident_ids()) {
    const auto held = LoadIncident(session, id, true);
    if (!held || held->incident.state() != v1::IncidentState::RECORDED || held->incident.source_system() == kOldRegister) continue;
    for (const HeldFollowUp& one : FollowUpsOf(session, held->incident.id())) {
      if (one.follow_up.detail() == detail) offered.insert(one.follow_up.staff_id());
    }
    for (const std::string& staff_id : FactsOf(held->incident).involved) {
      if (offered.insert(staff_id).second) set.new_follow_ups.push_back(ADebrief(*held, staff_id, detail, session.now(), calendar));
    }
  }
  Apply(session, set);
}

// 12.6: a decision is asked for on what staff were named in. A senior manager of the circle may take it, else the strategic director, who
// does not decide on what they may not see.
void LetDirectorStandIn(Session& session, const events::v1::RestrictionTerms& terms) {
  for (const std::string& id : terms.incident_ids()) {
    if (IsUuid(id))
      session.sql().exec_params(
          "update incident set director_stands_in = true where id = $1::uuid and staff_named and not director_stands_in", id);
  }
}

}  // namespace

EventHandlers HandlersOfHeard() {
  using namespace events;
  const auto grounds = [](Session& session, const auto& event) { return GroundsMoved(session, event.restriction(), event.terms()); };
  return HandlersOf<HeardByIncident>(
      On<events::PersonMerged>(incident::PersonMerged), On<events::PersonUnmerged>(incident::PersonUnmerged),
      On<events::MarkerProposed>(incident::MarkerProposed), On<events::MarkerConfirmed>(incident::MarkerConfirmed),
      On<DelegationCreated>(AuthorityLent), On<DelegationRevoked>(AuthorityTakenBack),
      On<RestrictionProposed, RestrictionCorrected>([grounds](Session& session, const auto& event) {
        LetDirectorStandIn(session, event.terms());
        return grounds(session, event);
      }),
      On<RestrictionImposed>([grounds](Session& session, const events::v1::RestrictionImposed& imposed) {
        OfferDebriefs(session, imposed);
        return grounds(session, imposed);
      }),
      On<RestrictionVaried, RestrictionReviewed, RestrictionLifted, RestrictionExpired, RestrictionOverturned, RestrictionSuperseded,
         RestrictionDeclined, RestrictionWithdrawn, RestrictionUrgentReviewOpened>(grounds),
      On<AppealAcknowledged, AppealAssigned, AppealInformationRequested, AppealInformationReceived, AppealWaitEnded, AppealAcceptedLate,
         AppealRefused, AppealReceiptCorrected, AppealReopened, AppealEffectPending, AppealDecided, AppealWithdrawn>(
          [](Session& session, const auto& event) { return AppealMoved(session, event.appeal()); }));
}

}  // namespace evenhand::incident
