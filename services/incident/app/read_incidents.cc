#include <set>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/incidents.h"
#include "services/incident/app/period.h"
#include "services/incident/app/position.h"
#include "services/incident/app/views.h"
#include "services/incident/domain/source_rights.h"
#include "services/incident/store/evidence_store.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/store/task_readers.h"
#include "services/incident/store/visibility.h"
#include "services/platform/base/canonical.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"

namespace evenhand::incident {
namespace {

constexpr int kMostFacts = 100;
constexpr int kAtOnce = 500;     // rows read at once by a search for words
constexpr int kMaxScan = 5'000;  // and looked through for one page of it

void NoteReader(Session& session, const v1::Incident& incident) {
  session.Audit({"incident.read", "incident", incident.id(), "12.4", incident.person_id(), "", ""});
  NoteReaders(session, {&incident});
}

void Filter(const v1::IncidentFilter& r, Query& query, Refusals& no) {
  if (!r.person_id().empty()) {
    if (IsUuid(r.person_id()))
      query.And("i.person_id = standing(" + query.Bind(r.person_id()) + "::uuid)");
    else
      no.push_back({"", "personId", "This is not the id of a registered person."});
  }
  if (!r.service_area().empty()) query.And("i.service_area = " + query.Bind(r.service_area()));
  if (r.behaviour() != 0) query.And("i.behaviours @> array[" + query.Bind(Behaviour::Value_Name(r.behaviour())) + "::text]");
  if (r.state() != 0) query.And("i.state = " + query.Bind(v1::IncidentState::Value_Name(r.state())));
  if (!r.source_system().empty()) query.And("i.source_key = " + query.Bind(SourceKey(r.source_system())));
  if (!r.source_ref().empty()) query.And("i.ref_key = " + query.Bind(RecordKey(r.source_ref())));
  if (!r.staff_id().empty()) query.And(query.Bind(r.staff_id()) + "::text = any(i.affected) and not i.staff_named");
  if (!r.reference().empty()) query.And("i.reference = upper(" + query.Bind(r.reference()) + ")");
  if (r.unconfirmed()) query.And("i.link_state = 'UNCONFIRMED' and i.state = 'RECORDED'");
  const Period period = ReadPeriod(r.from(), r.to(), no);
  if (period.from) query.And("i.occurred_at >= " + query.Bind(FormatInstant(*period.from)) + "::timestamptz");
  if (period.before) query.And("i.occurred_at < " + query.Bind(FormatInstant(*period.before)) + "::timestamptz");
}

bool Mentions(const v1::Incident& incident, const std::string& words) {
  return absl::StrContains(absl::AsciiStrToLower(incident.narrative()), words) ||
         absl::StrContains(absl::AsciiStrToLower(incident.immediate_action()), words);
}

pqxx::result Fetch(Session& session, Query query, const std::optional<Position>& after, int limit) {
  if (after) query.And("(i.occurred_at, i.id) < (" + query.Bind(after->time) + "::timestamptz, " + query.Bind(after->id) + "::uuid)");
  const std::string sql = "select i.id, i.version, i.cut_off, i.director_stands_in, i.document from incident i where " + query.where +
                          " order by i.occurred_at desc, i.id desc limit " + std::to_string(limit);
  return session.sql().exec_params(sql, pqxx::prepare::make_dynamic_params(query.parameters));
}

HeldIncident Parsed(const pqxx::row& row) {
  HeldIncident held;
  held.incident.ParseFromString(pqxx::binarystring(row[4]).str());
  held.version = row[1].as<std::int64_t>();
  held.cut_off = row[2].as<bool>();
  held.director_stands_in = row[3].as<bool>();
  return held;
}

void PutFacts(Session& session, const HeldIncident& held, const std::string& asked, std::set<std::string> harmed, v1::GroundsFacts& facts) {
  const v1::Incident& in = held.incident;
  facts.set_asked(asked);
  facts.set_id(in.id());
  facts.set_reference(in.reference());
  facts.set_state(in.state());
  facts.set_person_id(in.person_id());
  facts.set_link_confirmed(in.link().state() == v1::PersonLink::State::CONFIRMED);
  facts.set_service_area(in.service_area());
  facts.mutable_behaviours()->CopyFrom(in.behaviours());
  for (const std::string& staff : FactsOf(in).affected) {
    facts.add_affected_staff_ids(staff);
    harmed.merge(StaffNumbersIn(staff));
  }
  if (!ProtectionOn(Protection::kHarmedInAnyVersion)) harmed = {facts.affected_staff_ids().begin(), facts.affected_staff_ids().end()};
  for (const std::string& staff : harmed) facts.add_harmed_staff_ids(staff);
  facts.set_line_manager_id(in.line_manager_id());
  *facts.mutable_occurred_at() = in.occurred_at();
  *facts.mutable_recorded_at() = in.recorded_at();
  facts.set_staff_named(IsStaffNamed(in));
  facts.set_channel(in.channel());
  facts.set_recorded_by(in.recorded_by());
  if (facts.link_confirmed()) facts.set_linked_by(in.link().by());
  for (const v1::Evidence& evidence : LoadEvidence(session, in.id())) {
    if (evidence.state() > facts.evidence_state()) facts.set_evidence_state(evidence.state());
  }
}

// The newest first. A page ends where the search stood, so that it may hold few rows, or none, and go on.
Outcome<v1::ListIncidentsResponse> Found(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::IncidentFilter& filter,
                                         const Page& page, const std::string& words) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::ListIncidentsResponse>(call, [&](Session& session) -> Outcome<v1::ListIncidentsResponse> {
    Refusals no;
    Query query;
    const TaskReadings tasks = ReadingsOf(session, call.actor);
    OnlyVisible(call.actor, closure, tasks, query);
    Filter(filter, query, no);
    if (!no.empty()) return Invalid(std::move(no));
    std::string at = page.after;
    if (!at.empty() && !ReadPosition(at)) return NotOfThisList();
    v1::ListIncidentsResponse reply;
    std::vector<HeldIncident> read;
    const auto done = [&](bool more) {
      std::vector<const v1::Incident*> shown;
      for (const HeldIncident& one : read) shown.push_back(&one.incident);
      NoteReaders(session, shown);
      if (more) reply.set_next_page_token(at);
      return std::move(reply);
    };
    for (int scanned = 0; scanned < kMaxScan;) {
      const int limit = words.empty() ? page.one_more() : kAtOnce;
      const pqxx::result rows = Fetch(session, query, ReadPosition(at), limit);
      for (const auto& row : rows) {
        ++scanned;
        const HeldIncident held = Parsed(row);
        Closeness closeness = ClosenessOf(closure, call.actor, held.incident, held.director_stands_in);
        if (closeness.subject_unknown) return NeedToKnow(closeness);
        closeness.hears_appeal = tasks.heard.contains(held.incident.id());
        closeness.decides_on_it = tasks.decided.contains(held.incident.id());
        const View::Value view = ViewOf(closeness);
        const bool shown = view != View::NONE && (words.empty() || (view >= View::OWN && Mentions(held.incident, words)));
        if (shown && static_cast<std::size_t>(reply.incidents_size()) == page.size) return done(/*more=*/true);
        at = PositionOf(TimeOf(held.incident.occurred_at()), held.incident.id());
        if (!shown) continue;
        *reply.add_incidents() = Shown(held, view);
        if (view < View::OWN) continue;
        session.Audit({"incident.listed", "incident", held.incident.id(), "12.4", held.incident.person_id(), "", ""});
        read.push_back(held);
      }
      if (static_cast<int>(rows.size()) < limit) return done(/*more=*/false);
    }
    return done(/*more=*/true);
  });
}

}  // namespace

Outcome<v1::Incident> GetIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::GetIncidentRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    const auto held = LoadIncident(session, request.id(), false);
    if (!held) return NotFound("incident");
    Closeness closeness = ClosenessOf(closure, call.actor, held->incident, held->director_stands_in);
    const TaskReadings tasks = ReadingsOf(session, call.actor, held->incident.id());
    closeness.hears_appeal = !tasks.heard.empty();
    closeness.decides_on_it = !tasks.decided.empty();
    const View::Value view = ViewOf(closeness);
    if (view == View::NONE) return NeedToKnow(closeness);
    NoteReader(session, held->incident);
    return WholeIncident(session, *held, view);
  });
}

Outcome<v1::ListIncidentsResponse> ListIncidents(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                 const v1::ListIncidentsRequest& request) {
  return Found(work, neighbours, call, request.filter(), PageOf(request.page()), "");
}

Outcome<v1::ListIncidentsResponse> SearchIncidents(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                   const v1::SearchIncidentsRequest& request) {
  const std::string words = absl::AsciiStrToLower(absl::StripAsciiWhitespace(request.text()));
  if (words.empty()) return Invalid({{"", "text", "Say which words to look for."}});
  return Found(work, neighbours, call, request.filter(), PageOf(request.page()), words);
}

Outcome<v1::GetGroundsFactsResponse> GetGroundsFacts(UnitOfWork& work, const Call& call, const v1::GetGroundsFactsRequest& request) {
  return work.Read<v1::GetGroundsFactsResponse>(call, [&](Session& session) -> Outcome<v1::GetGroundsFactsResponse> {
    v1::GetGroundsFactsResponse reply;
    if (request.incident_ids_size() > kMostFacts) return Invalid({{"council rule", "incidentIds", "At most 100 incidents at a time."}});
    std::vector<std::pair<std::string, HeldIncident>> found;
    std::vector<std::string> ids;
    for (const std::string& asked : request.incident_ids()) {
      auto held = LoadIncident(session, asked, false);
      if (!held) continue;
      ids.push_back(held->incident.id());
      found.emplace_back(asked, std::move(*held));
    }
    auto harmed = HarmedIn(session, ids);
    for (const auto& [asked, held] : found) PutFacts(session, held, asked, harmed[held.incident.id()], *reply.add_incidents());
    return reply;
  });
}

Outcome<v1::ListIncidentsOfPeopleResponse> ListIncidentsOfPeople(UnitOfWork& work, const Call& call,
                                                                 const v1::ListIncidentsOfPeopleRequest& request) {
  return work.Read<v1::ListIncidentsOfPeopleResponse>(call, [&](Session& session) -> Outcome<v1::ListIncidentsOfPeopleResponse> {
    v1::ListIncidentsOfPeopleResponse reply;
    if (request.person_ids_size() > kMostFacts) return Invalid({{"council rule", "personIds", "At most 100 people at a time."}});
    for (const std::string& person : request.person_ids()) {
      if (!IsUuid(person)) return Invalid({{"council rule", "personIds", "This is not the id of a registered person."}});
      for (const auto& row :
           session.sql().exec_params("select id from incident where person_id = $1::uuid order by occurred_at, id", person)) {
        const auto held = LoadIncident(session, row[0].as<std::string>(), false);
        if (held) PutFacts(session, *held, person, HarmedIn(session, {held->incident.id()})[held->incident.id()], *reply.add_incidents());
      }
    }
    return reply;
  });
}

}  // namespace evenhand::incident
