#include "services/incident/app/follow_up_sync.h"

#include <map>

#include "services/incident/app/convert.h"
#include "services/incident/domain/follow_up_rules.h"
#include "services/incident/domain/injury_rule.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

using State = v1::FollowUp::State;

std::string KeyOf(const v1::FollowUp& f) { return FollowUpKind::Value_Name(f.kind()) + "/" + f.staff_id() + "/" + f.detail(); }

HeldFollowUp Open(const HeldIncident& held, const WantedFollowUp& wanted, absl::Time now) {
  HeldFollowUp opened;
  opened.staff_named = IsStaffNamed(held.incident);
  v1::FollowUp& f = opened.follow_up;
  f.set_id(NewUuid());
  f.set_state(State::OPEN);
  f.set_kind(wanted.kind);
  f.set_incident_id(held.incident.id());
  f.set_incident_reference(held.incident.reference());
  f.set_service_area(held.incident.service_area());
  f.set_clause(wanted.clause);
  f.set_owner(wanted.owner);
  f.set_owner_role(wanted.owner_role);
  f.set_staff_id(wanted.staff_id);
  f.set_detail(wanted.detail);
  SetTime(f.mutable_opened_at(), now);
  SetTime(f.mutable_due_at(), wanted.due_at);
  return opened;
}

// 7.14: who recorded that the police were told has reported it; anyone may.
void CloseIfReported(const v1::Incident& incident, const Session& session, v1::FollowUp& f) {
  if (f.kind() != FollowUpKind::POLICE_DECISION || f.state() != State::OPEN || !incident.police().reported()) return;
  f.set_state(State::COMPLETED);
  f.set_outcome(FollowUpOutcome::REPORTED);
  f.mutable_record()->set_police_ref(incident.police().police_ref());
  f.set_closed_by(session.actor().id);
  SetTime(f.mutable_closed_at(), session.now());
}

// A follow-up that the rules ask for and that is there already. True when it changed.
bool Refresh(const HeldIncident& held, const WantedFollowUp& wanted, const Session& session, HeldFollowUp& there) {
  v1::FollowUp& f = there.follow_up;
  const std::string before = f.SerializeAsString();
  if (f.state() == State::NO_LONGER_DUE) {
    f.set_state(State::OPEN);
    f.clear_reason();
    f.clear_closed_at();
    f.clear_closed_by();
    SetTime(f.mutable_due_at(), wanted.due_at);
  }
  if (f.state() == State::OPEN) {
    const bool handed_on = !f.reason().empty();
    if (!handed_on && !wanted.owner.empty()) f.set_owner(wanted.owner);
    if (f.owner().empty() || !handed_on) f.set_owner_role(wanted.owner_role);
    f.set_service_area(held.incident.service_area());
    if (f.kind() == FollowUpKind::INJURY_REPORT) SetTime(f.mutable_due_at(), wanted.due_at);
  }
  CloseIfReported(held.incident, session, f);
  const bool named = IsStaffNamed(held.incident);
  const bool changed = before != f.SerializeAsString() || named != there.staff_named;
  there.staff_named = named;
  return changed;
}

// Not by a rule of the table: asked for in a talk, or a fresh register decision that followed an identification (scenario 4).
bool OpenedOnPurpose(const v1::Incident& incident, const v1::FollowUp& f) {
  if (incident.state() != v1::IncidentState::RECORDED) return false;
  if (f.kind() == FollowUpKind::DEBRIEF && !f.detail().empty()) return true;  // after a restriction (10.4)
  if (f.kind() == FollowUpKind::TIME_AWAY) return !f.detail().empty();        // asked for in a talk; else it is the table's
  if (f.kind() == FollowUpKind::PERSON_INFORMED_DECISION) return true;        // the police were told, here or by the recorder
  // Until somebody has confirmed anew, or taken back, whom it is about.
  if (f.kind() == FollowUpKind::PERSON_CHECK) return !incident.person_id().empty() && TimeOf(incident.link().at()) <= TimeOf(f.opened_at());
  return f.kind() == FollowUpKind::REGISTER_DECISION && f.detail() == "person " + incident.person_id();
}

void Tell(const v1::Incident& incident, const v1::FollowUp& f, WriteSet& set) {
  if (f.kind() != FollowUpKind::REGISTER_DECISION) return;
  set.events.push_back(
      events::IncidentRegisterDecisionDue{.incident = RefOf(incident), .facts = KnownOf(incident), .follow_up_id = f.id()});
}

}  // namespace

void SyncFollowUps(const HeldIncident& held, const std::vector<HeldFollowUp>& existing, const Session& session, const WorkingDays& calendar,
                   WriteSet& set) {
  std::map<std::string, HeldFollowUp> there;
  for (const HeldFollowUp& one : existing) there.emplace(KeyOf(one.follow_up), one);
  for (const WantedFollowUp& wanted : WantedFrom(FactsOf(held.incident), session.now(), calendar)) {
    const auto found = there.find(wanted.Key());
    if (found == there.end()) {
      HeldFollowUp opened = Open(held, wanted, session.now());
      CloseIfReported(held.incident, session, opened.follow_up);
      Tell(held.incident, opened.follow_up, set);
      set.new_follow_ups.push_back(std::move(opened));
      continue;
    }
    if (Refresh(held, wanted, session, found->second)) {
      ++found->second.version;
      set.changed_follow_ups.push_back(found->second);
    }
    there.erase(found);
  }
  for (auto& [key, no_longer] : there) {
    v1::FollowUp& f = no_longer.follow_up;
    if (f.state() != State::OPEN || OpenedOnPurpose(held.incident, f)) continue;
    f.set_state(State::NO_LONGER_DUE);
    f.set_reason("The facts recorded no longer call for it.");
    f.set_closed_by(session.actor().id);
    SetTime(f.mutable_closed_at(), session.now());
    ++no_longer.version;
    set.changed_follow_ups.push_back(no_longer);
  }
}

void PutInjuryClock(v1::Incident& incident, absl::Time now) {
  if (!incident.has_injury()) return;
  const InjuryClock clock = ClockOf(FactsOf(incident).injury, DateOf(TimeOf(incident.occurred_at())), DateOf(now));
  incident.mutable_injury()->set_reportable(clock.reportable);
  incident.mutable_injury()->set_report_due_on(clock.report_by ? FormatDate(*clock.report_by) : "");
}

}  // namespace evenhand::incident
