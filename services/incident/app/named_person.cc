// Whom the recorder named while the register of people could not be asked: asked again until it answers, so that no name is lost.
#include "services/incident/app/convert.h"
#include "services/incident/app/follow_up_sync.h"
#include "services/incident/app/neighbours.h"
#include "services/incident/app/recorder.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/calendar/holidays.h"
#include "services/platform/obs/log.h"

namespace evenhand::incident {
namespace {

constexpr int kAtOnce = 50;
constexpr char kAnswered[] = "The register of people answered.";

void DropFlag(const std::string& code, v1::Incident& incident) {
  auto& flags = *incident.mutable_flags();
  for (int i = flags.size() - 1; i >= 0; --i) {
    if (flags[i].code() == code) flags.DeleteSubrange(i, 1);
  }
}

void Confirm(const std::string& person_id, absl::Time now, v1::Incident& incident) {
  v1::PersonLink& link = *incident.mutable_link();
  link.set_state(v1::PersonLink::State::CONFIRMED);
  link.set_person_id(person_id);
  link.set_by(incident.recorded_by());
  link.set_reason(kAnswered);
  SetTime(link.mutable_at(), now);
  incident.set_person_id(person_id);
  DropFlag(kPersonNotConfirmed, incident);
}

void NobodyOfThatId(v1::Incident& incident) {
  incident.mutable_link()->clear_person_id();
  DropFlag(kPersonNotConfirmed, incident);
  v1::Flag& flag = *incident.add_flags();
  flag.set_code("PERSON_NOT_REGISTERED");
  flag.set_field("person.personId");
  flag.set_message("Nobody of this id is registered; please say whom it is about (:linkPerson).");
}

void Settle(Session& session, const std::string& id, const std::string& named, const FoundPerson& found) {
  auto held = LoadIncident(session, id, true);
  if (!held || PendingPerson(held->incident) != named) return;  // settled meanwhile
  const bool registered = found.answer == FoundPerson::Answer::kRegistered;
  if (registered)
    Confirm(found.person_id, session.now(), held->incident);
  else
    NobodyOfThatId(held->incident);
  ++held->version;
  WriteSet set;
  const std::string action = registered ? "incident.person_linked" : "incident.person_not_registered";
  if (registered) {
    set.versions.push_back(VersionOf(*held, LoadTexts(session, {id})[id].count + 1, v1::IncidentVersion::Kind::PERSON_LINKED,
                                     held->incident.recorded_by(), kAnswered));
    SyncFollowUps(*held, FollowUpsOf(session, id), session, CouncilCalendar(session), set);
    set.events.push_back(About<events::IncidentPersonLinked>(held->incident));
  }
  set.audit.push_back({action, "incident", id, "12.2", held->incident.person_id(), "", EtagOf(held->version)});
  set.updates.push_back(std::move(*held));
  Apply(session, set);
}

std::vector<std::pair<std::string, std::string>> Waiting(UnitOfWork& work, const Call& call) {
  std::vector<std::pair<std::string, std::string>> waiting;
  const auto done = work.Read<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    waiting.clear();
    for (const auto& row :
         session.sql().exec_params("select id, person_pending from incident where person_pending <> '' order by id limit $1::int", kAtOnce))
      waiting.emplace_back(row[0].as<std::string>(), row[1].as<std::string>());
    return v1::Incident();
  });
  if (!done.ok())
    Log(Level::kWarning, "background work put off", {{"job", call.method}, {"reason", ErrorReason::Value_Name(done.refusal().reason)}});
  return waiting;
}

}  // namespace

void AskForNamedPeople(UnitOfWork& work, const Neighbours& neighbours) {
  const Call call = OwnCall("ask for named people");
  for (const auto& [id, named] : Waiting(work, call)) {
    const FoundPerson found = neighbours.FindPerson(call, named);  // outside the transaction: a slow neighbour holds no connection
    if (found.answer == FoundPerson::Answer::kAway) return;
    const auto done = work.Write<v1::Incident>(call, [&, id = id, named = named](Session& session) -> Outcome<v1::Incident> {
      Settle(session, id, named, found);
      return v1::Incident();
    });
    if (!done.ok())
      Log(Level::kWarning, "background work put off", {{"job", call.method}, {"reason", ErrorReason::Value_Name(done.refusal().reason)}});
  }
}

}  // namespace evenhand::incident
