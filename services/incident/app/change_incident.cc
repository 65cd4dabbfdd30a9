// Corrections are added, never written over: amend, withdraw, link, unlink, point at the original.
#include <absl/strings/str_join.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_up_sync.h"
#include "services/incident/app/handles.h"
#include "services/incident/app/incidents.h"
#include "services/incident/app/recorder.h"
#include "services/incident/app/register_task.h"
#include "services/incident/app/rights_of.h"
#include "services/incident/domain/change_rights.h"
#include "services/incident/store/evidence_store.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/calendar/holidays.h"
#include "services/platform/rpc/field_mask.h"

namespace evenhand::incident {
namespace {

using State = v1::IncidentState;
using Kind = v1::IncidentVersion::Kind;

struct ChangeUnderWay {
  HeldIncident held;
  std::string before_etag;
};

// Load, may they, is it the state they saw: the beginning that every change has.
Outcome<ChangeUnderWay> Begin(Session& session, const Closure& closure, const std::string& id, Change change) {
  auto held = LoadIncident(session, id, true);
  if (!held) return NotFound("incident");
  const Call& call = session.call();
  Closeness closeness = ClosenessOf(closure, call.actor, held->incident, held->director_stands_in);
  if (closeness.subject_unknown) return NeedToKnow(closeness);
  closeness.harmed = closeness.affected;
  AddHarmed(session, held->incident.id(), closeness);
  if (Refusals no = RefusalsToChange(change, closeness); !no.empty()) return NotPermitted(std::move(no));
  const std::string etag = EtagOf(held->version);
  if (auto no = call.StaleAgainst(etag)) return *no;
  return ChangeUnderWay{std::move(*held), etag};
}

// Save, keep the version, run the rules again, audit and tell: the end that every change has.
template <events::Event E>
v1::Incident Finish(Session& session, const Closure& closure, ChangeUnderWay& change, Kind::Value kind, const std::string& reason,
                    const std::string& clause, WriteSet set = {}) {
  HeldIncident& held = change.held;
  ++held.version;
  SetTime(held.incident.mutable_updated_at(), session.now());
  PutInjuryClock(held.incident, session.now());
  held.incident.set_etag(EtagOf(held.version));
  const std::string& id = held.incident.id();
  const std::int64_t kept = LoadTexts(session, {id})[id].count;
  set.versions.push_back(VersionOf(held, kept + 1, kind, session.actor().id, reason));
  SyncFollowUps(held, FollowUpsOf(session, id), session, CouncilCalendar(session), set);
  set.updates.push_back(held);
  set.audit.push_back(
      {std::string(E::Type().name), "incident", id, clause, held.incident.person_id(), change.before_etag, held.incident.etag()});
  set.events.push_back(About<E>(held.incident));
  Apply(session, set);
  const View::Value view = ViewOf(ClosenessOf(closure, session.actor(), held.incident, held.director_stands_in));
  if (view >= View::OWN) NoteReaders(session, {&held.incident});
  return WholeIncident(session, held, view);
}

Refusal RegisterAway() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = {},
          .detail = "The register of people can't be reached right now. Nothing was changed; please try again.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

std::optional<Refusal> MustStand(const v1::Incident& incident) {
  if (incident.state() == State::RECORDED) return std::nullopt;
  return Conflict(ErrorReason::WRONG_STATE, "council rule",
                  "This incident is " + State::Value_Name(incident.state()) + " and can't be changed so.");
}

// An amendment is not asked for what was missing before it: only for what it would take away.
Refusals NewlyRefused(const v1::Incident& before, const v1::Incident& after, absl::Time now) {
  const Refusals old = RefusalsToRecord(RecordFactsOf(before), now);
  Refusals no;
  for (Violation& one : RefusalsToRecord(RecordFactsOf(after), now)) {
    if (std::find(old.begin(), old.end(), one) == old.end()) no.push_back(std::move(one));
  }
  return no;
}

// What is corrected, without the way there.
google::protobuf::FieldMask MaskOf(const v1::AmendIncidentRequest& request) {
  constexpr std::string_view kWay = "incident.";
  google::protobuf::FieldMask mask;
  for (const std::string& path : request.update_mask().paths())
    if (path.starts_with(kWay)) mask.add_paths(path.substr(kWay.size()));
  return mask;
}

void ConfirmLink(Session& session, const std::string& person_id, const std::string& reason, v1::Incident& incident) {
  v1::PersonLink& link = *incident.mutable_link();
  link.set_state(v1::PersonLink::State::CONFIRMED);
  link.set_person_id(person_id);
  link.set_by(session.actor().id);
  link.set_reason(reason);
  SetTime(link.mutable_at(), session.now());
  incident.set_person_id(person_id);
  incident.set_person_unknown(false);
}

std::vector<std::string> ReadersMeanwhile(Session& session, const std::string& incident_id, const std::string& person_id) {
  std::vector<std::string> readers;
  const auto rows = session.sql().exec_params(
      "select distinct staff_id from incident_reader where incident_id = $1::uuid and person_id = $2 and staff_id <> $3 order by 1",
      incident_id, person_id, session.actor().id);
  for (const auto& row : rows) readers.push_back(row[0].as<std::string>());
  return readers;
}

}  // namespace

Outcome<v1::Incident> AmendIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                    const v1::AmendIncidentRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    auto change = Begin(session, closure, request.id(), Change::kAmend);
    if (!change.ok()) return change.refusal();
    v1::Incident& incident = change->held.incident;
    const v1::Incident before = incident;
    Refusals no;
    ApplyMask(request.incident(), MaskOf(request), &incident);
    for (v1::StaffMember& one : *incident.mutable_staff()) {
      if (one.role() == v1::StaffMember::Role::ROLE_UNSPECIFIED) one.set_role(v1::StaffMember::Role::AFFECTED);
    }
    if (const auto changed = ChangedRights(before, incident); !changed.empty() || incident.source_version() != before.source_version()) {
      std::vector<std::string> rights = changed;
      if (incident.source_version() != before.source_version()) rights.emplace_back("sourceVersion");
      Closeness closeness = ClosenessOf(closure, call.actor, before, change->held.director_stands_in);
      AddHarmed(session, before.id(), closeness);
      if (Refusals closed = RefusalsToChangeRights(rights, closeness); !closed.empty()) return NotPermitted(std::move(closed));
    }
    if (incident.source_version() > before.source_version())
      no.push_back({"council rule", "sourceVersion", "A correction can only lower it, so that the source's own versions count again."});
    if (request.reason().empty()) no.push_back({"12.4", "reason", "Say why it is corrected; each version keeps who and why."});
    if (request.incident().person().person_id() != "" && request.incident().person().person_id() != before.person_id()) {
      no.push_back({"council rule", "person.personId", "Whom it is about is confirmed by :linkPerson."});
    }
    for (Violation& one : NewlyRefused(before, incident, session.now())) no.push_back(std::move(one));
    if (!no.empty()) return Invalid(std::move(no));
    if (auto wrong = MustStand(before)) return *wrong;
    if (incident.person_unknown() && before.person_id().empty()) incident.clear_link();
    incident.clear_flags();
    FlagHandles(incident);
    FlagArea(*call.areas, incident);
    change->held.cut_off = false;
    return Finish<events::IncidentAmended>(session, closure, *change, Kind::AMENDED, request.reason(), "12.4");
  });
}

Outcome<v1::Incident> WithdrawIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                       const v1::WithdrawIncidentRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    auto change = Begin(session, closure, request.id(), Change::kWithdraw);
    if (!change.ok()) return change.refusal();
    if (request.reason().empty()) return Invalid({{"council rule", "reason", "Say why it is taken back."}});
    if (auto wrong = MustStand(change->held.incident)) return *wrong;
    change->held.incident.set_state(State::WITHDRAWN);
    return Finish<events::IncidentWithdrawn>(session, closure, *change, Kind::WITHDRAWN, request.reason(), "12.4");
  });
}

Outcome<v1::Incident> LinkPerson(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::LinkPersonRequest& request) {
  // Asked before the transaction, so that a slow neighbour holds no connection; refused in its place among the refusals.
  const FoundPerson person =
      request.person_id().empty() ? FoundPerson{FoundPerson::Answer::kUnknown, ""} : neighbours.FindPerson(call, request.person_id());
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    auto change = Begin(session, closure, request.id(), Change::kLinkPerson);
    if (!change.ok()) return change.refusal();
    // Whose case it becomes must be known; neither they nor their manager make it theirs. Their team may: it closes to them with it.
    if (!person.person_id.empty() && closure.Unknown()) return SubjectUnknown();
    if (closure.Of(person.person_id).IsClose(call.actor.id))
      return NotPermitted("council rule", "The person works for the council: neither they nor their manager decide on the case.");
    v1::Incident& incident = change->held.incident;
    if (person.answer == FoundPerson::Answer::kUnknown) return Invalid({{"council rule", "personId", "Nobody of this id is registered."}});
    if (person.answer == FoundPerson::Answer::kAway) return RegisterAway();
    if (auto wrong = MustStand(incident)) return *wrong;
    if (!incident.person_id().empty() && incident.person_id() != person.person_id) {
      return Conflict(ErrorReason::WRONG_STATE, "council rule",
                      "It is confirmed to be about somebody else; take that back first (:unlinkPerson).");
    }
    ConfirmLink(session, person.person_id, request.reason(), incident);
    WriteSet set;
    OpenFreshRegisterDecision(session, change->held, set);
    return Finish<events::IncidentPersonLinked>(session, closure, *change, Kind::PERSON_LINKED, request.reason(), "12.2", std::move(set));
  });
}

Outcome<v1::Incident> UnlinkPerson(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                   const v1::UnlinkPersonRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    auto change = Begin(session, closure, request.id(), Change::kUnlinkPerson);
    if (!change.ok()) return change.refusal();
    v1::Incident& incident = change->held.incident;
    if (incident.link().state() != v1::PersonLink::State::CONFIRMED)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "It is not confirmed to be about anybody.");
    const std::string wrong_person = incident.person_id();
    v1::PersonLink& link = *incident.mutable_link();
    link.clear_person_id();
    link.set_state(v1::PersonLink::State::UNLINKED);
    link.set_by(session.actor().id);
    link.set_reason(request.reason());
    SetTime(link.mutable_at(), session.now());
    incident.clear_person_id();
    incident.mutable_person()->clear_person_id();
    // Whoever was told or read it is told of the correction, each once (case A).
    WriteSet set;
    events::IncidentFacts known = KnownOf(incident);
    known.person_id = wrong_person;
    set.events.push_back(events::IncidentPersonUnlinked{
        .incident = RefOf(incident), .facts = known, .readers = ReadersMeanwhile(session, incident.id(), wrong_person)});
    set.audit.push_back({"incident.person_unlinked", "incident", incident.id(), "12.2", wrong_person, change->before_etag, ""});
    return Finish<events::IncidentAmended>(session, closure, *change, Kind::PERSON_UNLINKED, request.reason(), "12.2", std::move(set));
  });
}

Outcome<v1::Incident> MarkDuplicate(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                    const v1::MarkDuplicateRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    auto change = Begin(session, closure, request.id(), Change::kMarkDuplicate);
    if (!change.ok()) return change.refusal();
    v1::Incident& incident = change->held.incident;
    const auto original = request.duplicate_of().empty() ? std::nullopt : LoadIncident(session, request.duplicate_of(), false);
    const bool readable =
        original && ViewOf(ClosenessOf(closure, call.actor, original->incident, original->director_stands_in)) != View::NONE;
    if (!readable) return Invalid({{"council rule", "duplicateOf", "Name the original, by id or reference."}});
    if (original->incident.id() == incident.id()) return Invalid({{"council rule", "duplicateOf", "It can't be a duplicate of itself."}});
    if (auto wrong = MustStand(incident)) return *wrong;
    if (original->incident.state() == State::DUPLICATE) {
      Refusal no = Conflict(ErrorReason::WRONG_STATE, "council rule", "That one is a duplicate itself; name its original.");
      no.other_id = original->incident.duplicate_of();
      return no;
    }
    incident.set_state(State::DUPLICATE);
    incident.set_duplicate_of(original->incident.id());
    return Finish<events::IncidentMarkedDuplicate>(session, closure, *change, Kind::MARKED_DUPLICATE, request.reason(), "4.4");
  });
}

Outcome<v1::Statement> AddStatement(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                    const v1::AddStatementRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::Statement>(call, [&](Session& session) -> Outcome<v1::Statement> {
    const auto held = LoadIncident(session, request.id(), true);
    if (!held) return NotFound("incident");
    const Closeness closeness = ClosenessOf(closure, call.actor, held->incident, held->director_stands_in);
    if (closeness.subject_unknown) return NeedToKnow(closeness);
    if (Refusals no = RefusalsToChange(Change::kAddStatement, closeness); !no.empty()) return NotPermitted(std::move(no));
    const std::string witness = request.statement().staff_id().empty() ? call.actor.id : request.statement().staff_id();
    if (witness != call.actor.id && ViewOf(closeness) != View::FULL)
      return NotPermitted("council rule", "Only a manager writes a statement down for somebody else.");
    if (request.statement().text().empty()) return Invalid({{"7.14", "text", "Put on record what was seen or heard."}});
    v1::Statement statement;
    statement.set_id(NewUuid());
    statement.set_incident_id(held->incident.id());
    statement.set_staff_id(witness);
    statement.set_text(request.statement().text());
    statement.set_recorded_by(call.actor.id);
    SetTime(statement.mutable_recorded_at(), session.now());
    InsertStatement(session, statement);
    WriteSet set;
    for (HeldFollowUp& one : FollowUpsOf(session, held->incident.id())) {
      v1::FollowUp& f = one.follow_up;
      if (f.kind() != FollowUpKind::WITNESS_STATEMENT || f.staff_id() != witness || f.state() != v1::FollowUp::State::OPEN) continue;
      f.set_state(v1::FollowUp::State::COMPLETED);
      f.set_outcome(FollowUpOutcome::STATEMENT_GIVEN);
      f.set_closed_by(call.actor.id);
      SetTime(f.mutable_closed_at(), session.now());
      ++one.version;
      set.changed_follow_ups.push_back(one);
    }
    set.audit.push_back(
        {"incident.statement_added", "incident", held->incident.id(), "7.14", held->incident.person_id(), "", statement.id()});
    Apply(session, set);
    return statement;
  });
}

}  // namespace evenhand::incident
