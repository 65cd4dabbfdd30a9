#include "services/incident/app/outcome_effects.h"

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_up_sync.h"
#include "services/incident/app/recorder.h"
#include "services/incident/store/evidence_store.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

using Kind = v1::FollowUp::Kind;
using Out = v1::FollowUp::Outcome;

// 8.9: only where nothing else happened; violence outside the office is an incident like any other.
bool NothingElse(const v1::Incident& incident) {
  for (const int behaviour : incident.behaviours()) {
    if (behaviour != v1::Behaviour::CONTACT_OUTSIDE_OFFICE) return false;
  }
  return true;
}

// Only date, reporter and decision are kept; the area and the kind say who may still know of it.
v1::Incident WhatIsLeft(const v1::Incident& in) {
  v1::Incident left;
  left.set_id(in.id());
  left.set_reference(in.reference());
  left.set_state(v1::IncidentState::NOT_KEPT);
  left.set_source_system(in.source_system());
  left.set_source_ref(in.source_ref());
  left.set_source_version(in.source_version());
  *left.mutable_occurred_at() = in.occurred_at();
  *left.mutable_recorded_at() = in.recorded_at();
  left.set_recorded_by(in.recorded_by());
  left.mutable_behaviours()->CopyFrom(in.behaviours());
  left.set_service_area(in.service_area());
  left.set_line_manager_id(in.line_manager_id());
  return left;
}

void SaveIncident(Session& session, HeldIncident& held, v1::IncidentVersion::Kind::Value kind, const std::string& reason,
                  const HeldFollowUp& ended, WriteSet& set) {
  ++held.version;
  SetTime(held.incident.mutable_updated_at(), session.now());
  const std::string& id = held.incident.id();
  set.versions.push_back(VersionOf(held, LoadTexts(session, {id})[id].count + 1, kind, session.actor().id, reason));
  std::vector<HeldFollowUp> others;
  for (HeldFollowUp& one : FollowUpsOf(session, id)) {
    if (one.follow_up.id() != ended.follow_up.id()) others.push_back(std::move(one));
  }
  SyncFollowUps(held, others, session, set);
  std::erase_if(set.new_follow_ups, [&](const HeldFollowUp& one) {
    return one.follow_up.kind() == ended.follow_up.kind() && one.follow_up.staff_id() == ended.follow_up.staff_id();
  });
  set.updates.push_back(held);
}

void DoNotKeep(Session& session, const std::string& reason, HeldIncident& held, const HeldFollowUp& ended, WriteSet& set) {
  session.sql().exec_params("delete from incident_text where incident_id = $1::uuid", held.incident.id());
  held.incident = WhatIsLeft(held.incident);
  SaveIncident(session, held, v1::IncidentVersion::Kind::NOT_KEPT, reason, ended, set);
  set.audit.push_back({"incident.not_kept", "incident", held.incident.id(), "8.9", "", "RECORDED", "NOT_KEPT"});
  set.events.push_back(EventOf("incident.withdrawn", held.incident));
}

void KeepStatement(Session& session, const std::string& text, const v1::FollowUp& f) {
  v1::Statement statement;
  statement.set_id(NewUuid());
  statement.set_incident_id(f.incident_id());
  statement.set_staff_id(f.staff_id());
  statement.set_text(text);
  statement.set_recorded_by(session.actor().id);
  InsertStatement(session, statement);
}

bool HasStatement(Session& session, const v1::FollowUp& f) {
  for (const v1::Statement& one : LoadStatements(session, f.incident_id())) {
    if (one.staff_id() == f.staff_id()) return true;
  }
  return false;
}

bool Tells(const v1::FollowUp& f) {
  return f.kind() == Kind::STAFF_NAMED_LINE_MANAGER || f.kind() == Kind::STAFF_NAMED_HR || f.kind() == Kind::STAFF_NAMED_COMMUNICATIONS;
}

}  // namespace

void RefuseByIncident(Session& session, const v1::CompleteFollowUpRequest& request, const v1::Incident& incident, const v1::FollowUp& f,
                      Refusals& no) {
  if (f.kind() == Kind::REGISTER_DECISION && request.outcome() == Out::TO_REGISTER && incident.person_id().empty()) {
    no.push_back(
        {"12.2", "outcome", "Confirm first whom the incident is about (:linkPerson); an unconfirmed link is no ground for an entry."});
  }
  if (f.kind() == Kind::WITNESS_STATEMENT && request.outcome() == Out::STATEMENT_GIVEN && request.note().empty() &&
      !HasStatement(session, f)) {
    no.push_back({"7.14", "note", "Put on record what was seen or heard, here or by :statements."});
  }
  for (const std::string& id : request.evidence_ids()) {
    if (!FindEvidence(session, incident.id(), id)) no.push_back({"12.6", "evidenceIds", "There is no such file with this incident."});
  }
}

void BringAbout(Session& session, const v1::CompleteFollowUpRequest& request, HeldIncident& held, const HeldFollowUp& ended,
                WriteSet& set) {
  const v1::FollowUp& f = ended.follow_up;
  switch (request.outcome()) {
    case Out::DO_NOT_RECORD:
      if (NothingElse(held.incident)) DoNotKeep(session, request.reason(), held, ended, set);
      break;
    case Out::STATEMENT_GIVEN:
      if (!request.note().empty()) KeepStatement(session, request.note(), f);
      break;
    case Out::TO_REGISTER:
    case Out::NOT_TO_REGISTER: {
      OutgoingEvent event = EventOf("incident.register_decided", held.incident);
      event.attributes["outcome"] = Out::Value_Name(request.outcome());
      event.attributes["followUpId"] = f.id();
      set.events.push_back(std::move(event));
      break;
    }
    case Out::REPORTED:
      if (f.kind() == Kind::POLICE_DECISION) {
        OutgoingEvent event = EventOf("incident.police_reported", held.incident);
        set.events.push_back(std::move(event));
      }
      break;
    default:
      break;
  }
  if (Tells(f) && !request.absence().empty() && !held.director_stands_in) {
    held.director_stands_in = true;  // 12.6: in their absence the strategic director is told
    ++held.version;
    set.updates.push_back(held);
    OutgoingEvent event = EventOf("incident.staff_named", held.incident);
    event.attributes["directorStandsIn"] = "true";
    set.events.push_back(std::move(event));
  }
}

}  // namespace evenhand::incident
