#include "services/restriction/app/keep_register.h"

#include <algorithm>

#include "services/restriction/app/facts.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/story.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/handles/handles.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr std::size_t kLongestInstruction = 200;  // the least that keeps staff safe; no room for a narrative (12.4)
constexpr char kDefaultInstruction[] = "Do not meet alone; ask your manager before a visit.";

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

Refusals FaultsOfTold(const v1::Told& told, bool said) {
  if (!said) return {};
  if (!told.has_informed()) return {{"4.3", "told.informed", "Say whether the person was told."}};
  if (told.informed() && !Said(told.how())) return {{"4.3", "told.how", "Say how the person was told."}};
  if (!told.informed() && !Said(told.reason())) return {{"4.3", "told.reason", "Say why the person was not told."}};
  if (!told.on().empty() && !ParseDate(told.on())) return {{"4.3", "told.on", "Write the date as YYYY-MM-DD."}};
  return {};
}

Refusals FaultsOfEvidence(const google::protobuf::RepeatedPtrField<std::string>& asked, const Evidence& evidence,
                          const std::set<std::string>& ids) {
  if (asked.empty()) return {{"4.3", "incidentIds", "Name the reported incident: without one there is no entry."}};
  Refusals no;
  for (int i = 0; i < asked.size(); ++i) {
    const std::string field = "incidentIds[" + std::to_string(i) + "]";
    const auto found = evidence.find(asked[i]);
    if (found == evidence.end()) {
      no.push_back({"4.3", field, "There is no such incident."});
    } else if (!found->second.stands) {
      no.push_back({"4.3", field, "This incident was withdrawn or is a duplicate."});
    } else if (!ids.contains(found->second.person_id)) {
      no.push_back({"4.3", field, "It is not confirmed that this incident is about this person."});
    }
  }
  return no;
}

// The gravest behaviour reported; the enum's order is by gravity for those that the register is about.
v1::Behaviour::Value GravestOf(const Evidence& evidence) {
  int gravest = v1::Behaviour::OTHER;
  for (const auto& [asked, fact] : evidence) {
    for (const auto& name : fact.behaviours) {
      v1::Behaviour::Value value{};
      if (v1::Behaviour::Value_Parse(name, &value) && value != 0) gravest = std::min<int>(gravest, value);
    }
  }
  return static_cast<v1::Behaviour::Value>(gravest);
}

// A person who was told without a date was told today.
v1::Told ToldOn(v1::Told told, absl::Time now) {
  if (told.informed() && told.on().empty()) told.set_on(FormatDate(DateOf(now)));
  return told;
}

v1::Marker MarkerFrom(const v1::ProposeMarkerRequest& request, const Evidence& evidence, const std::string& area, absl::Time now) {
  v1::Marker marker;
  marker.set_state(v1::Marker::State::PROVISIONAL);
  marker.set_service_area(area);
  marker.set_category(request.category() == 0 ? GravestOf(evidence) : request.category());
  marker.set_instruction(Said(request.instruction()) ? request.instruction() : kDefaultInstruction);
  if (const auto uprn = NormaliseUprn(request.uprn())) marker.set_uprn(*uprn);
  absl::Time earliest = now;
  for (const auto& id : request.incident_ids()) {
    marker.add_incident_ids(evidence.at(id).id);
    earliest = std::min(earliest, evidence.at(id).occurred_at);
  }
  marker.set_hours_to_register(static_cast<std::int32_t>(absl::ToInt64Hours(now - earliest)));
  if (request.has_told()) *marker.mutable_told() = ToldOn(request.told(), now);
  if (request.has_age_check()) *marker.mutable_age_check() = request.age_check();
  return marker;
}

std::string ReviewOn(const std::string& asked, absl::Time now) {
  return asked.empty() ? FormatDate(AddMonths(DateOf(now), kMarkerReviewMonths)) : asked;
}

Refusals FaultsOfReviewOn(const std::string& asked, absl::Time now) {
  if (asked.empty()) return {};
  const auto date = ParseDate(asked);
  if (!date) return {{"4.3", "reviewOn", "Write the date as YYYY-MM-DD."}};
  if (*date <= DateOf(now) || *date > AddMonths(DateOf(now), kMarkerReviewMonths))
    return {{"4.3", "reviewOn", "The review must be within the next 12 months."}};
  return {};
}

}  // namespace

void Note(Session& session, v1::Marker& marker, const std::string& action, const std::string& reason) {
  auto* event = marker.add_history();
  *event->mutable_at() = ToProto(session.now());
  event->set_by(session.actor().id);
  event->set_action(action);
  event->set_clause("4.3");
  event->set_reason(reason);
}

void Tell(Session& session, const v1::Marker& marker, const std::string& what, const std::string& before) {
  session.Audit({"marker." + what, "marker", marker.id(), "4.3", marker.person_id(), before, marker.etag()});
  session.Emit({"marker." + what,
                marker.id(),
                {{"markerId", marker.id()},
                 {"personId", marker.person_id()},
                 {"serviceArea", marker.service_area()},
                 {"category", v1::Behaviour::Value_Name(marker.category())},
                 {"behaviours", v1::Behaviour::Value_Name(marker.category())},
                 {"by", session.actor().id},
                 {"incidentIds", JoinComma({marker.incident_ids().begin(), marker.incident_ids().end()})}}});
}

void TakeOff(Session& session, v1::Marker& marker, const std::string& reason) {
  marker.set_state(v1::Marker::State::REMOVED);
  marker.set_removal_reason(reason);
  marker.set_removed_by(session.actor().id);
  *marker.mutable_removed_at() = ToProto(session.now());
  const std::string category = v1::Behaviour::Value_Name(marker.category());
  marker.set_retain_until(FormatDate(RetainUntil(std::span(&category, 1), DateOf(session.now()))));
  marker.clear_alerts();
  Note(session, marker, "REMOVED", reason);
}

Outcome<v1::Marker> KeepRegister::Propose(const Call& call, const v1::ProposeMarkerRequest& request) {
  const std::set<std::string> incidents(request.incident_ids().begin(), request.incident_ids().end());
  const auto evidence = evidence_.Facts(call, incidents);
  if (!evidence) return evidence.refusal();
  std::string area = request.service_area();
  if (area.empty() && !request.incident_ids().empty() && evidence->contains(request.incident_ids(0)))
    area = evidence->at(request.incident_ids(0)).service_area;
  if (!area.empty())
    if (auto no = call.RefusalIn(area)) return *no;
  return work_.Write<v1::Marker>(call, [&](Session& session) -> Outcome<v1::Marker> {
    People people(session);
    const auto person = people.FindForUpdate(request.id());
    if (!person) return NotFound("person");
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    std::set<std::string> ids;
    for (const std::string& id : people.IdsOf(person->doc.id())) ids.insert(id);
    Refusals no = FaultsOfEvidence(request.incident_ids(), *evidence, ids);
    if (area.empty()) no.push_back({"4.3", "serviceArea", "Say which service area answers for it."});
    if (request.instruction().size() > kLongestInstruction)
      no.push_back({"12.4", "instruction", "Keep the instruction short, without a narrative."});
    if (!request.uprn().empty() && !NormaliseUprn(request.uprn())) no.push_back({"12.4", "uprn", "This can't be read as a UPRN."});
    Add(no, FaultsOfTold(request.told(), request.has_told()));
    // Entries on infants have been found on such registers: an unknown age matters here.
    Add(no,
        FaultsOfAge({person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION, true, request.age_check().basis()},
                    DateOf(session.now())));
    if (!no.empty()) return Invalid(std::move(no));
    v1::Marker marker = MarkerFrom(request, *evidence, area, session.now());
    marker.set_person_id(person->doc.id());
    marker.set_proposed_by(call.actor.id);
    *marker.mutable_proposed_at() = ToProto(session.now());
    Note(session, marker, "PROPOSED", "");
    Markers(session).Insert(marker);
    Tell(session, marker, "proposed", "");
    marker.set_consistency_token(BumpRevision(session, {person->doc.id()}));
    return marker;
  });
}

Outcome<v1::Marker> KeepRegister::Get(const Call& call, const v1::GetMarkerRequest& request) {
  return work_.Read<v1::Marker>(call, [&](Session& session) -> Outcome<v1::Marker> {
    const auto person = People(session).Find(request.id());
    if (!person) return NotFound("person");
    const auto record = Markers(session).Find(person->doc.id(), request.mid(), false);
    if (!record) return NotFound("register entry");
    if (auto no = call.RefusalIn(record->doc.service_area())) return *no;
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    session.Audit({"marker.read", "marker", record->doc.id(), "12.4", person->doc.id(), "", ""});
    return Present(record->doc, session.now());
  });
}

Outcome<v1::Marker> KeepRegister::Decide(const Call& call, const std::string& person_id, const std::string& id, const std::string& what,
                                         const Story& story) {
  v1::Marker seen;
  const auto read = work_.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    const auto person = People(session).Find(person_id);
    if (!person) return NotFound("person");
    const auto record = Markers(session).Find(person->doc.id(), id, false);
    if (!record) return NotFound("register entry");
    seen = record->doc;
    return true;
  });
  if (!read) return read.refusal();
  const auto evidence = evidence_.Facts(call, {seen.incident_ids().begin(), seen.incident_ids().end()});
  if (!evidence) return evidence.refusal();
  return work_.Write<v1::Marker>(call, [&](Session& session) -> Outcome<v1::Marker> {
    Markers markers(session);
    const auto person = People(session).FindForUpdate(person_id);
    if (!person) return NotFound("person");
    auto record = markers.Find(person->doc.id(), id, true);
    if (!record) return NotFound("register entry");
    if (auto no = call.RefusalIn(record->doc.service_area())) return *no;
    if (HarmedIn(*evidence).contains(call.actor.id))
      return NotPermitted("7.3", "The person harmed does not decide; ask another senior manager.");
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    const std::string before = record->doc.etag();
    if (auto no = story(session, record->doc, *evidence)) return *no;
    markers.Save(*record);
    Tell(session, record->doc, record->doc.state() == v1::Marker::State::REMOVED ? "removed" : what, before);
    v1::Marker reply = Present(record->doc, session.now());
    reply.set_consistency_token(BumpRevision(session, {person->doc.id()}));
    return reply;
  });
}

Outcome<v1::Marker> KeepRegister::Confirm(const Call& call, const v1::ConfirmMarkerRequest& request) {
  return Decide(call, request.id(), request.mid(), "confirmed",
                [&](Session& session, v1::Marker& marker, const Evidence& evidence) -> std::optional<Refusal> {
                  std::set<std::string> ids;
                  for (const std::string& id : People(session).IdsOf(marker.person_id())) ids.insert(id);
                  Refusals no = FaultsOfTold(request.told(), request.has_told());
                  Add(no, FaultsOfReviewOn(request.review_on(), session.now()));
                  if (marker.state() == v1::Marker::State::PROVISIONAL) Add(no, FaultsOfEvidence(marker.incident_ids(), evidence, ids));
                  if (!no.empty()) return Invalid(std::move(no));
                  if (marker.state() != v1::Marker::State::PROVISIONAL)
                    return Conflict("WRONG_STATE", "4.3", "Only a provisional entry can be confirmed.");
                  marker.set_state(v1::Marker::State::CONFIRMED);
                  marker.set_confirmed_by(session.actor().id);
                  *marker.mutable_confirmed_at() = ToProto(session.now());
                  marker.set_review_on(ReviewOn(request.review_on(), session.now()));
                  if (request.has_told()) *marker.mutable_told() = ToldOn(request.told(), session.now());
                  Note(session, marker, "CONFIRMED", request.reason());
                  return std::nullopt;
                });
}

Outcome<v1::Marker> KeepRegister::Review(const Call& call, const v1::ReviewMarkerRequest& request) {
  return Decide(call, request.id(), request.mid(), "reviewed",
                [&](Session& session, v1::Marker& marker, const Evidence&) -> std::optional<Refusal> {
                  Refusals no = FaultsOfReviewOn(request.review_on(), session.now());
                  if (request.outcome() == 0) no.push_back({"4.3", "outcome", "Say CONTINUE or REMOVE."});
                  if (!Said(request.reason())) no.push_back({"4.3", "reason", "Say why."});
                  if (!no.empty()) return Invalid(std::move(no));
                  if (marker.state() == v1::Marker::State::REMOVED) return Conflict("WRONG_STATE", "4.3", "This entry was removed.");
                  if (request.outcome() == v1::ReviewMarkerRequest::Outcome::REMOVE) {
                    TakeOff(session, marker, request.reason());
                    return std::nullopt;
                  }
                  if (marker.state() != v1::Marker::State::CONFIRMED) return Conflict("WRONG_STATE", "4.3", "Confirm the entry first.");
                  marker.set_review_on(ReviewOn(request.review_on(), session.now()));
                  marker.clear_alerts();
                  Note(session, marker, "CONTINUED", request.reason());
                  return std::nullopt;
                });
}

Outcome<v1::Marker> KeepRegister::Remove(const Call& call, const v1::RemoveMarkerRequest& request) {
  return Decide(call, request.id(), request.mid(), "removed",
                [&](Session& session, v1::Marker& marker, const Evidence&) -> std::optional<Refusal> {
                  if (!Said(request.reason())) return Invalid({{"4.3", "reason", "Say why it is taken off."}});
                  if (marker.state() == v1::Marker::State::REMOVED)
                    return Conflict("WRONG_STATE", "4.3", "This entry was removed already.");
                  TakeOff(session, marker, request.reason());
                  return std::nullopt;
                });
}

}  // namespace evenhand::restriction
