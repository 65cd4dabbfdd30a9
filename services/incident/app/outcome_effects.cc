#include "services/incident/app/outcome_effects.h"

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_up_sync.h"
#include "services/incident/app/recorder.h"
#include "services/incident/domain/follow_up_rules.h"
#include "services/incident/store/evidence_store.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::incident {
namespace {

using Kind = FollowUpKind;
using Out = FollowUpOutcome;

constexpr int kTimeAwayHours = 4;  // as in the table of follow-ups: "a short time away" is no use next week

// 8.9: only where nothing else happened; violence outside the office is an incident like any other.
bool NothingElse(const v1::Incident& incident) {
  for (const int behaviour : incident.behaviours()) {
    if (behaviour != Behaviour::CONTACT_OUTSIDE_OFFICE) return false;
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

// The other follow-ups stay, with who, when and how; what was noted in them goes.
void EraseWhatWasSaid(std::vector<HeldFollowUp>& others, WriteSet& set) {
  for (HeldFollowUp& one : others) {
    if (!one.follow_up.has_record()) continue;
    one.follow_up.clear_record();
    ++one.version;
    set.changed_follow_ups.push_back(one);
  }
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
  if (held.incident.state() == v1::IncidentState::NOT_KEPT) EraseWhatWasSaid(others, set);
  SyncFollowUps(held, others, session, CouncilCalendar(session), set);
  std::erase_if(set.new_follow_ups, [&](const HeldFollowUp& one) {
    return one.follow_up.kind() == ended.follow_up.kind() && one.follow_up.staff_id() == ended.follow_up.staff_id();
  });
  set.updates.push_back(held);
}

// Every text, statement and file, and the replies kept for repeated requests. A file's bytes are unreadable from here on, since its key
// lies in its row; the clean-up removes them.
void EraseContent(Session& session, const std::string& id, WriteSet& set) {
  const auto run = [&](const char* sql) { return session.sql().exec_params(sql, id); };
  run("update incident set state = 'NOT_KEPT' where id = $1::uuid");  // from here on its tables let go
  run("delete from incident_text where incident_id = $1::uuid");
  run("update incident_version set reason = '' where incident_id = $1::uuid and reason <> ''");
  for (const auto& row : run("delete from statement where incident_id = $1::uuid returning id"))
    set.audit.push_back({"statement.erased", "statement", row[0].as<std::string>(), "8.9", "", "", ""});
  for (const auto& row : run("delete from evidence where incident_id = $1::uuid returning id"))
    set.audit.push_back({"evidence.erased", "evidence", row[0].as<std::string>(), "8.9", "", "", ""});
  run("update idempotency set reply = '' where position(convert_to($1, 'UTF8') in reply) > 0");
}

void DoNotKeep(Session& session, const std::string& reason, HeldIncident& held, const HeldFollowUp& ended, WriteSet& set) {
  EraseContent(session, held.incident.id(), set);
  held.incident = WhatIsLeft(held.incident);
  SaveIncident(session, held, v1::IncidentVersion::Kind::NOT_KEPT, reason, ended, set);
  set.audit.push_back({"incident.not_kept", "incident", held.incident.id(), "8.9", "", "RECORDED", "NOT_KEPT"});
  set.events.push_back(About<events::IncidentWithdrawn>(held.incident));
}

struct ToOpen {
  Kind::Value kind;
  const char* clause;
  std::string staff_id, detail;
  int working_hours;
};

// Not by a rule of the table: what was said with an outcome calls for it. Once, as long as the one before is open.
void OpenFor(Session& session, const HeldIncident& held, const ToOpen& what, WriteSet& set) {
  for (const HeldFollowUp& one : FollowUpsOf(session, held.incident.id())) {
    const v1::FollowUp& f = one.follow_up;
    const bool same = f.kind() == what.kind && f.staff_id() == what.staff_id;
    if (same && (f.state() == v1::FollowUp::State::OPEN || f.detail() == what.detail)) return;
  }
  HeldFollowUp opened;
  opened.staff_named = IsStaffNamed(held.incident);
  v1::FollowUp& f = opened.follow_up;
  f.set_id(NewUuid());
  f.set_state(v1::FollowUp::State::OPEN);
  f.set_kind(what.kind);
  f.set_incident_id(held.incident.id());
  f.set_incident_reference(held.incident.reference());
  f.set_service_area(held.incident.service_area());
  f.set_clause(what.clause);
  f.set_owner(held.incident.line_manager_id());
  f.set_owner_role(f.owner().empty() ? std::string(RoleForNobody(FactsOf(held.incident))) : "line_manager");
  f.set_staff_id(what.staff_id);
  f.set_detail(what.detail);
  SetTime(f.mutable_opened_at(), session.now());
  SetTime(f.mutable_due_at(), CouncilCalendar(session).AddHours(session.now(), what.working_hours));
  set.new_follow_ups.push_back(std::move(opened));
}

bool IsATalk(const v1::FollowUp& f) {
  return f.kind() == Kind::DEBRIEF || f.kind() == Kind::LINE_MANAGER_DISCUSSION || f.kind() == Kind::SUPPORT_REMINDER ||
         f.kind() == Kind::STAFF_NAMED_SUPPORT;
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
    no.push_back({"council rule", "outcome",
                  "Confirm first whom the incident is about (:linkPerson); an unconfirmed link is no ground for an entry."});
  }
  if (f.kind() == Kind::WITNESS_STATEMENT && request.outcome() == Out::STATEMENT_GIVEN && request.record().note().empty() &&
      !HasStatement(session, f)) {
    no.push_back({"7.14", "note", "Put on record what was seen or heard, here or by :statements."});
  }
  if (request.record().time_away_requested() && !IsATalk(f)) {
    no.push_back({"10.4", "timeAwayRequested", "Time away is asked for in a debrief, a discussion or a talk about support."});
  }
  for (const std::string& id : request.record().evidence_ids()) {
    if (!FindEvidence(session, incident.id(), id))
      no.push_back({"council rule", "evidenceIds", "There is no such file with this incident."});
  }
}

void BringAbout(Session& session, const v1::CompleteFollowUpRequest& request, HeldIncident& held, const HeldFollowUp& ended,
                WriteSet& set) {
  const v1::FollowUp& f = ended.follow_up;
  if (request.record().time_away_requested())
    OpenFor(session, held, {Kind::TIME_AWAY, "10.4", f.staff_id(), "asked for in follow-up " + f.id(), kTimeAwayHours}, set);
  switch (request.outcome()) {
    case Out::DO_NOT_RECORD:
      if (NothingElse(held.incident)) DoNotKeep(session, request.record().reason(), held, ended, set);
      break;
    case Out::STATEMENT_GIVEN:
      if (!request.record().note().empty()) KeepStatement(session, request.record().note(), f);
      break;
    case Out::TO_REGISTER:
    case Out::NOT_TO_REGISTER: {
      set.events.push_back(events::IncidentRegisterDecided{.incident = RefOf(held.incident),
                                                           .facts = KnownOf(held.incident),
                                                           .follow_up_id = f.id(),
                                                           .outcome = request.outcome(),
                                                           .by = session.actor().id});
      break;
    }
    case Out::REPORTED:
      if (f.kind() == Kind::POLICE_DECISION) {
        set.events.push_back(About<events::IncidentPoliceReported>(held.incident));
        // Anyone may report; whether the person is told of it, a manager decides (7.13).
        if (!request.record().person_informed().has_informed())
          OpenFor(session, held, {Kind::PERSON_INFORMED_DECISION, "7.13", "", "", kHoursADay}, set);
      }
      break;
    case Out::NOT_REPORTED:
    case Out::HELD:
    case Out::DECLINED:
    case Out::GIVEN:
    case Out::UNACCEPTABLE:
    case Out::ACCEPTABLE:
    case Out::RECORD:
    case Out::TOLD:
    case Out::KEPT:
    case Out::REQUESTED:
    case Out::NOT_REQUESTED:
    case Out::NOTED:
    case Out::NOT_NOTED:
    case Out::PROPOSE:
    case Out::DO_NOT_PROPOSE:
    case Out::STATED:
    case Out::NOT_AVAILABLE:
    case Out::ACTION_TAKEN:
    case Out::NO_ACTION:
    case Out::NOT_TOLD:
    case Out::OUTCOME_UNSPECIFIED:
      break;
  }
  if (Tells(f) && !request.record().absence().empty() && !held.director_stands_in) {
    held.director_stands_in = true;  // 12.6: in their absence the strategic director is told
    ++held.version;
    set.updates.push_back(held);
    set.events.push_back(
        events::IncidentStaffNamed{.incident = RefOf(held.incident), .facts = KnownOf(held.incident), .director_stands_in = true});
  }
}

}  // namespace evenhand::incident
