// A follow-up ends: by whom, how, and what is kept with it, asked of domain/outcome_rules; then what the outcome brings about.
#include "services/incident/app/convert.h"
#include "services/incident/app/follow_ups.h"
#include "services/incident/app/outcome_effects.h"
#include "services/incident/app/recorder.h"
#include "services/incident/app/views.h"
#include "services/incident/domain/outcome_rules.h"
#include "services/incident/store/follow_up_store.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

using State = v1::FollowUp::State;
using Out = FollowUpOutcome;

Standing StandingOf(const Closeness& closeness, const HeldIncident& held, const v1::FollowUp& f) {
  const IncidentFacts facts = FactsOf(held.incident);
  return {.actor = closeness.actor,
          .service_area = held.incident.service_area(),
          .owner = f.owner(),
          .staff_id = f.staff_id(),
          .line_manager_id = held.incident.line_manager_id(),
          .affected = closeness.harmed,
          .staff_named = IsStaffNamed(held.incident),
          .director_stands_in = held.director_stands_in,
          .closed = closeness.subject_unknown || ClosedToOwnTeam(closeness),
          .subject_or_manager = IsSubjectOrTheirManager(closeness),
          .area_known = facts.area_known};
}

OutcomeFacts OutcomeFactsOf(const v1::CompleteFollowUpRequest& r, const HeldIncident& held, const v1::FollowUp& f, const Actor& actor) {
  OutcomeFacts facts{};
  facts.kind = f.kind();
  facts.outcome = r.outcome();
  facts.note = r.record().note();
  facts.police_ref = r.record().police_ref();
  facts.reason = r.record().reason();
  facts.staff_view = r.record().staff_view();
  facts.effect_on_others = r.record().effect_on_others();
  facts.informed_said = r.record().person_informed().has_informed();
  facts.informed_reason = r.record().person_informed().reason();
  facts.agreed_actions.assign(r.record().agreed_actions().begin(), r.record().agreed_actions().end());
  facts.sender_told_by = r.record().sender_told_by();
  facts.sender_not_told_reason = r.record().sender_not_told_reason();
  facts.wishes = r.record().wishes();
  facts.escalation_risk = r.record().escalation_risk();
  facts.told_by = r.record().told_by();
  facts.absence = r.record().absence();
  facts.web_link = r.record().web_link().empty() ? held.incident.web_link() : r.record().web_link();
  facts.evidence_named = r.record().evidence_ids_size() > 0;
  facts.person_agrees = r.record().person_agrees();
  facts.aimed_at_individual = held.incident.correspondence().aimed_at_individual();
  const std::string& teller = r.record().told_by().empty() ? actor.id : r.record().told_by();
  facts.told_by_target = facts.aimed_at_individual && Contains(FactsOf(held.incident).affected, teller);
  facts.by_line_manager = actor.id == held.incident.line_manager_id();
  return facts;
}

struct Ending {
  HeldFollowUp held;
  HeldIncident incident;
};

// Load both, the incident first so that every change locks in the same order.
Outcome<Ending> Load(Session& session, const std::string& id) {
  const auto seen = LoadFollowUp(session, id, false);
  if (!seen) return NotFound("follow-up");
  auto incident = LoadIncident(session, seen->follow_up.incident_id(), true);
  auto held = LoadFollowUp(session, id, true);
  return Ending{std::move(*held), std::move(*incident)};
}

// May the caller even know of it?
bool Knows(Session& session, const Closure& closure, const v1::FollowUp& f) {
  Query query;
  OnlyVisibleFollowUps(session.actor(), closure, query);
  query.And("f.id = " + query.Bind(f.id()) + "::uuid");
  return !FetchFollowUps(session, query, 1).empty();
}

std::optional<Refusal> MustBeOpen(const v1::FollowUp& f) {
  if (f.state() == State::OPEN) return std::nullopt;
  return Conflict(ErrorReason::WRONG_STATE, "council rule", "This follow-up is " + State::Value_Name(f.state()) + " already.");
}

v1::FollowUp Save(Session& session, Ending& ending, const std::string& action, const std::string& before, WriteSet set) {
  HeldFollowUp& held = ending.held;
  ++held.version;
  set.changed_follow_ups.push_back(held);
  set.audit.push_back({action, "follow_up", held.follow_up.id(), held.follow_up.clause(), ending.incident.incident.person_id(), before,
                       State::Value_Name(held.follow_up.state())});
  Apply(session, set);
  v1::FollowUp reply = held.follow_up;
  reply.set_etag(EtagOf(held.version));
  MarkFor(session.actor(), session.now(), reply);
  return reply;
}

// Where the caller stands; who was harmed in any version decides nothing, whatever it says now.
Closeness StandsTowards(Session& session, const Closure& closure, const HeldIncident& held) {
  Closeness closeness = ClosenessOf(closure, session.actor(), held.incident, held.director_stands_in);
  closeness.harmed = closeness.affected;
  AddHarmed(session, held.incident.id(), closeness);
  return closeness;
}

// Whoever reports to the police and may not read the case reads back what they said, and no more.
v1::FollowUp OnlyWhatTheySaid(const v1::FollowUp& whole) {
  v1::FollowUp f;
  f.set_id(whole.id());
  f.set_kind(whole.kind());
  f.set_state(whole.state());
  f.set_outcome(whole.outcome());
  f.set_etag(whole.etag());
  f.set_closed_by(whole.closed_by());
  *f.mutable_closed_at() = whole.closed_at();
  *f.mutable_record() = whole.record();
  return f;
}

Outcome<v1::FollowUp> End(Session& session, const Closure& closure, const v1::CompleteFollowUpRequest& request) {
  auto ending = Load(session, request.id());
  if (!ending.ok()) return ending.refusal();
  v1::FollowUp& f = ending->held.follow_up;
  const Call& call = session.call();
  const auto kind = f.kind();
  const auto outcome = request.outcome();
  const Closeness closeness = StandsTowards(session, closure, ending->incident);
  // 7.14: the police decision is everybody's, anyone may report.
  const bool reports = f.kind() == FollowUpKind::POLICE_DECISION && request.outcome() == Out::REPORTED;
  if (closeness.subject_unknown && !reports) return NeedToKnow(closeness);
  const bool knows = !closeness.subject_unknown && Knows(session, closure, f);
  if (!knows && f.kind() != FollowUpKind::POLICE_DECISION) return NotPermitted("12.4", "Only those who need to know may deal with this.");
  if (Refusals no = RefusalsToEnd(kind, outcome, StandingOf(closeness, ending->incident, f)); !no.empty())
    return NotPermitted(std::move(no));
  if (auto no = call.StaleAgainst(f.etag())) return *no;
  Refusals no = RefusalsOfOutcome(OutcomeFactsOf(request, ending->incident, f, call.actor));
  RefuseByIncident(session, request, ending->incident.incident, f, no);
  if (!no.empty()) return Invalid(std::move(no));
  if (auto wrong = MustBeOpen(f)) return *wrong;
  f.set_state(request.outcome() == Out::DECLINED ? State::DECLINED : State::COMPLETED);
  f.set_outcome(request.outcome());
  f.set_closed_by(call.actor.id);
  SetTime(f.mutable_closed_at(), session.now());
  f.mutable_record()->MergeFrom(request.record());
  WriteSet set;
  BringAbout(session, request, ending->incident, ending->held, set);
  const v1::FollowUp saved =
      Save(session, *ending, request.outcome() == Out::DECLINED ? "follow_up.declined" : "follow_up.completed", "OPEN", std::move(set));
  return knows ? saved : OnlyWhatTheySaid(saved);
}

}  // namespace

Outcome<v1::FollowUp> CompleteFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                       const v1::CompleteFollowUpRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::FollowUp>(call, [&](Session& session) -> Outcome<v1::FollowUp> { return End(session, closure, request); });
}

Outcome<v1::FollowUp> DeclineFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                      const v1::DeclineFollowUpRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  v1::CompleteFollowUpRequest declined;
  declined.set_id(request.id());
  declined.mutable_record()->set_note(request.note());
  declined.set_outcome(Out::DECLINED);
  return work.Write<v1::FollowUp>(call, [&](Session& session) -> Outcome<v1::FollowUp> { return End(session, closure, declined); });
}

Outcome<v1::FollowUp> ReassignFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                       const v1::ReassignFollowUpRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::FollowUp>(call, [&](Session& session) -> Outcome<v1::FollowUp> {
    auto ending = Load(session, request.id());
    if (!ending.ok()) return ending.refusal();
    v1::FollowUp& f = ending->held.follow_up;
    const Closeness closeness = StandsTowards(session, closure, ending->incident);
    if (closeness.subject_unknown) return NeedToKnow(closeness);
    const View::Value view = ViewOf(closeness);
    const bool affected = Contains(closeness.harmed, call.actor.id) && !call.actor.RanksAtLeast(Role::kTeamLeader);
    if (ClosedToOwnTeam(closeness) || !Knows(session, closure, f))
      return NotPermitted("12.4", "Only those who need to know may deal with this.");
    if (!IsMine(call.actor, f) && (view != View::FULL || affected))
      return NotPermitted("council rule", "Only its owner or a manager may hand this on.");
    if (auto no = call.StaleAgainst(f.etag())) return *no;
    Refusals no;
    if (request.owner().empty()) no.push_back({"council rule", "owner", "Say who is to do it, by staff number."});
    if (request.reason().empty()) no.push_back({"council rule", "reason", "Say why it is handed on."});
    if (!no.empty()) return Invalid(std::move(no));
    if (auto wrong = MustBeOpen(f)) return *wrong;
    f.set_owner(request.owner());
    f.set_reason(request.reason());
    return Save(session, *ending, "follow_up.reassigned", "OPEN", {});
  });
}

}  // namespace evenhand::incident
