// Two records of people become one, and two again: confirmed links follow, what is certain goes back, what is not a manager checks.
#include "services/incident/app/convert.h"
#include "services/incident/app/heard.h"
#include "services/incident/app/recorder.h"
#include "services/incident/domain/follow_up_rules.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::incident {
namespace {

constexpr char kMerged[] = "Two records of this person were merged.";
constexpr char kSeparated[] = "The two records of people were separated again.";

struct Pair {
  std::string survivor, other;
};

template <typename Event>
std::optional<Pair> PairOf(const Event& event) {
  Pair pair{event.person().person_id(), event.merged_person_id()};
  if (!IsUuid(pair.survivor) || !IsUuid(pair.other)) return std::nullopt;
  return pair;
}

// The incident is about `person` from now on; a version says why.
void PointAt(Session& session, HeldIncident& held, const std::string& person, const std::string& by, const char* why, WriteSet& set) {
  held.incident.set_person_id(person);
  held.incident.mutable_link()->set_person_id(person);
  held.incident.mutable_link()->set_reason(why);
  ++held.version;
  const std::string& id = held.incident.id();
  set.versions.push_back(VersionOf(held, LoadTexts(session, {id})[id].count + 1, v1::IncidentVersion::Kind::PERSON_LINKED, by, why));
  set.updates.push_back(held);
}

std::vector<std::string> ReadersSince(Session& session, const std::string& incident_id, const std::string& person, absl::Time since) {
  std::vector<std::string> readers;
  for (const auto& row : session.sql().exec_params(
           "select distinct staff_id from incident_reader where incident_id = $1::uuid and person_id = $2 and first_read_at >= "
           "$3::timestamptz order by 1",
           incident_id, person, FormatInstant(since)))
    readers.push_back(row[0].as<std::string>());
  return readers;
}

// Whoever read it meanwhile read it as being about somebody else, and is told (scenario 4).
void GiveBack(Session& session, HeldIncident held, const Pair& pair, absl::Time merged_at, WriteSet& set) {
  PointAt(session, held, pair.other, session.actor().id, kSeparated, set);
  const std::string& id = held.incident.id();
  set.events.push_back(events::IncidentPersonReturned{.incident = RefOf(held.incident),
                                                      .facts = KnownOf(held.incident),
                                                      .former_person_id = pair.survivor,
                                                      .readers = ReadersSince(session, id, pair.survivor, merged_at)});
  set.audit.push_back({"incident.person_returned", "incident", id, "12.2", pair.other, pair.survivor, pair.other});
}

// Confirmed while the two were one: whose it is, nobody but a human knows. It stays where it is until a manager has looked.
void AskAManager(Session& session, const HeldIncident& held, const Pair& pair, absl::Time merged_at, WriteSet& set) {
  HeldFollowUp asked;
  asked.staff_named = IsStaffNamed(held.incident);
  v1::FollowUp& f = asked.follow_up;
  f.set_id(NewUuid());
  f.set_state(v1::FollowUp::State::OPEN);
  f.set_kind(FollowUpKind::PERSON_CHECK);
  f.set_incident_id(held.incident.id());
  f.set_incident_reference(held.incident.reference());
  f.set_service_area(held.incident.service_area());
  f.set_clause("12.2");
  if (asked.staff_named) f.set_owner(held.incident.line_manager_id());
  f.set_owner_role(f.owner().empty() ? std::string(RoleForNobody(FactsOf(held.incident))) : "line_manager");
  f.set_detail("or person " + pair.other + "; one record since " + FormatInstant(merged_at));
  SetTime(f.mutable_opened_at(), session.now());
  SetTime(f.mutable_due_at(), CouncilCalendar(session).AddHours(session.now(), 5 * kHoursADay));
  set.audit.push_back({"incident.person_in_doubt", "incident", held.incident.id(), "12.2", pair.survivor, pair.survivor, pair.other});
  set.new_follow_ups.push_back(std::move(asked));
}

}  // namespace

std::optional<Refusal> PersonMerged(Session& session, const events::v1::PersonMerged& merged, const IncomingEvent& event) {
  const auto pair = PairOf(merged);
  if (!pair) return std::nullopt;
  session.sql().exec_params(
      "insert into person_merge (survivor_id, merged_id, merged_at) values ($1::uuid, $2::uuid, $3::timestamptz) "
      "on conflict (survivor_id, merged_id) do update set merged_at = excluded.merged_at",
      pair->survivor, pair->other, FormatInstant(event.occurred_at));
  WriteSet set;
  for (const auto& row :
       session.sql().exec_params("select id from incident where person_id = $1::uuid order by source_ref for update", pair->other)) {
    auto held = LoadIncident(session, row[0].as<std::string>(), true);
    const std::string id = held->incident.id();
    session.sql().exec_params(
        "insert into incident_moved (incident_id, survivor_id, merged_id) values ($1::uuid, $2::uuid, $3::uuid) on conflict do nothing", id,
        pair->survivor, pair->other);
    PointAt(session, *held, pair->survivor, session.actor().id, kMerged, set);
    // What had stopped binding because it was somebody else's may be the same person's after all.
    set.events.push_back(About<events::IncidentPersonLinked>(held->incident));
    set.audit.push_back({"incident.person_merged", "incident", id, "12.2", pair->survivor, pair->other, pair->survivor});
  }
  Apply(session, set);
  return std::nullopt;
}

std::optional<Refusal> PersonUnmerged(Session& session, const events::v1::PersonUnmerged& unmerged, const IncomingEvent&) {
  const auto pair = PairOf(unmerged);
  if (!pair) return std::nullopt;
  const auto merge = session.sql().exec_params(
      "delete from person_merge where survivor_id = $1::uuid and merged_id = $2::uuid returning (extract(epoch from merged_at) * "
      "1000000)::bigint",
      pair->survivor, pair->other);
  if (merge.empty()) return std::nullopt;
  const absl::Time merged_at = absl::FromUnixMicros(merge[0][0].as<std::int64_t>());
  WriteSet set;
  for (const auto& row : session.sql().exec_params(
           "select i.id, m.incident_id is not null from incident i left join incident_moved m on m.incident_id = i.id and m.survivor_id = "
           "$1::uuid and m.merged_id = $2::uuid where i.person_id = $1::uuid order by i.source_ref for update of i",
           pair->survivor, pair->other)) {
    auto held = LoadIncident(session, row[0].as<std::string>(), true);
    if (TimeOf(held->incident.link().at()) > merged_at)
      AskAManager(session, *held, *pair, merged_at, set);
    else if (row[1].as<bool>())
      GiveBack(session, std::move(*held), *pair, merged_at, set);
  }
  session.sql().exec_params("delete from incident_moved where survivor_id = $1::uuid and merged_id = $2::uuid", pair->survivor,
                            pair->other);
  Apply(session, set);
  return std::nullopt;
}

}  // namespace evenhand::incident
