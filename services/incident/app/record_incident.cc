#include <absl/strings/ascii.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/incidents.h"
#include "services/incident/app/recorder.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/app/views.h"
#include "services/incident/domain/change_rights.h"
#include "services/incident/store/array_literal.h"
#include "services/incident/store/evidence_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/rpc/field_mask.h"

namespace evenhand::incident {
namespace {

constexpr char kOwnSystem[] = "EVENHAND";  // recorded by hand, without a source's reference

v1::Incident ContentOf(const v1::Incident& given) {
  v1::Incident content = AsGiven(given);
  if (content.source_version() == 0) content.set_source_version(1);
  for (v1::StaffMember& one : *content.mutable_staff()) {
    if (one.role() == v1::StaffMember::Role::ROLE_UNSPECIFIED) one.set_role(v1::StaffMember::Role::AFFECTED);
  }
  content.set_state(v1::IncidentState::RECORDED);
  return content;
}

// The register away never keeps an incident from being recorded, nor loses whom it names: the link waits until the register answers.
void TakePerson(const FoundPerson& person, v1::Incident& content) {
  if (person.answer == FoundPerson::Answer::kRegistered) return content.mutable_person()->set_person_id(person.person_id);
  content.mutable_link()->set_person_id(content.person().person_id());
  v1::Flag& flag = *content.add_flags();
  flag.set_code(kPersonNotConfirmed);
  flag.set_field("person.personId");
  flag.set_message("The register of people could not be reached; it is asked again, and the link stays unconfirmed until it answers.");
}

// An old register's incidents open no follow-ups, so bringing them over is a manager's work (4.1).
std::optional<Refusal> RefusalToBringOver(const Actor& actor, const std::string& source_system) {
  if (SourceKey(source_system) != SourceKey(kOldRegister) || actor.RanksAtLeast(Role::kTeamLeader) || actor.Has(Role::kHealthSafetyAdviser))
    return std::nullopt;
  return NotPermitted("council rule", "Only a team leader or above, or a health and safety adviser, brings an old register over.");
}

}  // namespace

Outcome<v1::Incident> RecordIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::Incident& request) {
  const std::string& named = request.person().person_id();
  const FoundPerson person = named.empty() ? FoundPerson{} : neighbours.FindPerson(call, named);
  const Closure closure = neighbours.ClosureOf(call);  // asked where a record is there, or a person named
  return work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    if (auto no = call.RefusalIn(request.service_area())) return *no;
    if (auto no = RefusalToBringOver(call.actor, request.source_system())) return *no;
    Incoming incoming{.content = ContentOf(request)};
    v1::Incident& content = incoming.content;
    if (content.source_system().empty() && content.source_ref().empty()) {
      content.set_source_system(kOwnSystem);
      content.set_source_ref(NewUuid());
    }
    Recorder recorder(session, closure, content.source_system(), Way::kRecorded, {content.source_ref()});
    if (Refusals strange = recorder.RefusalsToTake(incoming); !strange.empty()) return NotPermitted(std::move(strange));
    const Actor& actor = call.actor;
    content.set_recorded_by(actor.id);
    if (Refusals own = RefusalsToNameOneself(ClosenessOf(closure, actor, content, false)); !own.empty())
      return NotPermitted(std::move(own));
    content.clear_recorded_by();
    Refusals no = RefusalsToRecord(RecordFactsOf(content), session.now());
    if (!named.empty() && person.answer == FoundPerson::Answer::kUnknown)
      no.push_back({"council rule", "person.personId", "Nobody of this id is registered."});
    if (!no.empty()) return Invalid(std::move(no));
    if (!named.empty()) TakePerson(person, content);
    const Taken taken = recorder.Take(incoming);
    call.found = taken.decision.outcome != Becomes::kCreated;
    const HeldIncident held = recorder.Of(content.source_ref());
    Apply(session, recorder.Finish());
    View::Value view = ViewOf(ClosenessOf(closure, actor, held.incident, held.director_stands_in));
    // Whoever records it reads back what they said themselves, and no more.
    if (taken.decision.replaces && held.incident.recorded_by() == actor.id) view = std::max(view, View::OWN);
    v1::Incident reply = WholeIncident(session, held, view);
    reply.set_text_differs(taken.decision.text_differs);
    return reply;
  });
}

namespace {

// Kept or not, they are counted: three greetings in a month are not one (8.9).
void PutOutsidePattern(Session& session, v1::Incident& whole) {
  std::vector<std::string> staff = FactsOf(whole).involved;
  staff.push_back(whole.recorded_by());
  const auto row = session.sql().exec_params1(
      "select count(*) filter (where person_id::text = $2 and $2 <> ''), count(*) filter (where theirs), count(*) filter (where theirs and "
      "state = 'NOT_KEPT') from (select person_id, state, recorded_by = any($3::text[]) or involved && $3::text[] as theirs from incident "
      "where (behaviours @> '{CONTACT_OUTSIDE_OFFICE}' or channel = 'OUTSIDE_WORK') and state in ('RECORDED', 'NOT_KEPT') and id <> "
      "$1::uuid and occurred_at <= $4::timestamptz) as earlier",
      whole.id(), whole.person_id(), TextArray(staff), FormatInstant(TimeOf(whole.occurred_at())));
  v1::OutsidePattern& pattern = *whole.mutable_outside_pattern();
  pattern.set_same_person(row[0].as<int>());
  pattern.set_same_staff(row[1].as<int>());
  pattern.set_not_recorded(row[2].as<int>());
}

bool IsOutside(const v1::Incident& incident) {
  return incident.channel() == Channel::OUTSIDE_WORK || std::find(incident.behaviours().begin(), incident.behaviours().end(),
                                                                  Behaviour::CONTACT_OUTSIDE_OFFICE) != incident.behaviours().end();
}

}  // namespace

v1::Incident WholeIncident(Session& session, const HeldIncident& held, View::Value view) {
  v1::Incident whole = Shown(held, view);
  if (view < View::OWN) return whole;
  const std::string& id = held.incident.id();
  for (v1::FollowUp& f : ShownFollowUps(FollowUpsOf(session, id), held.incident, view, session.actor(), session.now())) {
    whole.add_follow_ups()->Swap(&f);
  }
  for (v1::Statement& statement : LoadStatements(session, id)) {
    if (view == View::FULL || statement.staff_id() == session.actor().id) whole.add_statements()->Swap(&statement);
  }
  if (view != View::FULL) return whole;
  for (v1::IncidentVersion& version : LoadVersions(session, id)) {
    if (version.has_incident()) version.mutable_incident()->set_view(view);
    whole.add_versions()->Swap(&version);
  }
  for (v1::Evidence& evidence : LoadEvidence(session, id)) whole.add_evidence()->Swap(&evidence);
  for (const std::string& one : CircleOf(held)) whole.add_circle(one);
  if (IsOutside(whole) && whole.state() == v1::IncidentState::RECORDED) PutOutsidePattern(session, whole);
  return whole;
}

}  // namespace evenhand::incident
