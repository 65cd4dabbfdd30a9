#include "services/restriction/app/follow_incidents.h"

#include <algorithm>

#include "services/restriction/app/closed_circle.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/register_entry.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/suspend_restriction.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/store/markers.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr char kLinked[] = "PERSON_LINKED";  // asks for no review: it may put right what was unlinked

void OpenUrgentReview(Session& session, RestrictionRecord& record, const std::string& cause, const std::string& incident) {
  const std::string before = record.doc.etag();
  if (StateOf(record.doc, session.now()) == State::kInForce) {
    auto* review = record.doc.mutable_open_review();
    review->set_cause(cause);
    review->set_urgent(true);
    review->set_incident_id(incident);
    if (!review->has_opened_at()) *review->mutable_opened_at() = ToProto(session.now());
  }
  Note(session, record.doc, "URGENT_REVIEW_OPENED", "7.3", cause);
  Restrictions(session).Save(record, "URGENT_REVIEW_OPENED");
  Tell(session, record.doc, "urgent_review_opened", "7.3", before);
}

using Ids = std::vector<std::string>;

bool IsAbout(const EvidenceFact& fact, const Ids& person) { return std::ranges::find(person, fact.person_id) != person.end(); }

bool StillRests(const Evidence& evidence, const Ids& person) {
  return std::ranges::any_of(evidence, [&](const auto& item) { return item.second.stands && IsAbout(item.second, person); });
}

// Nothing it rests on stands and is about the person, and that is because something is not about them: not for a withdrawal alone, which
// lifts nothing silently (scenario 3).
bool RestsOnSomebodyElse(const Evidence& evidence, const Ids& person) {
  return !StillRests(evidence, person) && std::ranges::any_of(evidence, [&](const auto& item) { return !IsAbout(item.second, person); });
}

// What has become of the evidence of one restriction.
void Follow(Session& session, RestrictionRecord& record, const Evidence& evidence, const std::string& cause, const std::string& incident) {
  const Ids person = People(session).IdsOf(record.doc.person_id());
  const bool binds = StateOf(record.doc, session.now()) == State::kInForce;
  KeepCircle(record.doc, evidence);
  if (record.doc.has_suspended_at()) {
    if (StillRests(evidence, person)) BindAgain(session, record);
  } else if (binds && RestsOnSomebodyElse(evidence, person)) {
    StopBinding(session, record, incident);
  } else if (cause != kLinked) {
    OpenUrgentReview(session, record, cause, incident);
  }
}

// The same of an entry on the register.
void FollowEntry(Session& session, MarkerRecord& record, const Evidence& evidence, const std::string& cause) {
  v1::Marker& doc = record.doc;
  const Ids person = People(session).IdsOf(doc.person_id());
  const bool waits = doc.state() == v1::Marker::State::SUSPENDED;
  const std::string before = doc.etag();
  const char* happened = "urgent_review_opened";
  if (waits && StillRests(evidence, person)) {
    Resume(session, doc);
    happened = "resumed";
  } else if (!waits && RestsOnSomebodyElse(evidence, person)) {
    Suspend(session, doc);
    happened = "suspended";
  } else if (!waits && cause != kLinked) {
    if (std::ranges::find(doc.alerts(), cause) == doc.alerts().end()) doc.add_alerts(cause);
    Note(session, doc, cause, "");
  } else {
    return;
  }
  Markers(session).Save(record);
  Tell(session, doc, happened, before);
}

// What of the evidence is not about whom the decision is about now asks for a look.
const char* CauseOfMove(Session& session, const std::string& person_id, const Evidence& evidence) {
  const Ids person = People(session).IdsOf(person_id);
  return std::ranges::all_of(evidence, [&](const auto& item) { return IsAbout(item.second, person); }) ? kLinked : "PERSON_UNLINKED";
}

std::set<std::string> RestsOn(const v1::Marker& marker) { return {marker.incident_ids().begin(), marker.incident_ids().end()}; }

std::optional<Refusal> OnIncident(Session& session, const IncomingEvent& event, EvidenceSource& source, const std::string& cause) {
  const std::string incident = event.Get("incidentId").empty() ? event.thing : event.Get("incidentId");
  Restrictions restrictions(session);
  People people(session);
  std::vector<std::string> touched;
  // The people first, in the order of their ids, as a merge locks them.
  std::set<std::string> about;
  for (const std::string& id : restrictions.RelyingOn(incident)) about.insert(restrictions.Find(id)->doc.person_id());
  for (const std::string& id : about) people.FindForUpdate(id);
  for (const std::string& id : restrictions.RelyingOn(incident)) {
    const auto seen = restrictions.Find(id);
    people.FindForUpdate(seen->doc.person_id());
    auto record = restrictions.FindForUpdate(id);
    const State state = StateOf(record->doc, session.now());
    if (state != State::kInForce && state != State::kProposed) continue;
    touched.push_back(record->doc.person_id());
    const auto evidence = source.Facts(session.call(), IncidentIdsOf(record->doc.grounds()));
    if (!evidence) return evidence.refusal();
    Follow(session, *record, *evidence, cause, incident);
  }
  for (MarkerRecord& record : Markers(session).RestingOn(incident)) {
    touched.push_back(record.doc.person_id());
    const auto evidence = source.Facts(session.call(), RestsOn(record.doc));
    if (!evidence) return evidence.refusal();
    FollowEntry(session, record, *evidence, cause);
  }
  if (!touched.empty()) BumpRevision(session, touched);
  return std::nullopt;
}

void KeepWaiting(Session& session, const IncomingEvent& event, const std::string& person_id, const EvidenceFact& fact) {
  session.sql().exec_params(
      "insert into register_waits (person_id, incident_id, service_area, decided_by, decided_at) values ($1, $2, $3, $4, $5) "
      "on conflict do nothing",
      person_id, fact.id, fact.service_area, event.Get("by"), FormatInstant(session.now()));
  People(session).Touch(person_id);
  session.Audit({"marker.waits_for_age_check", "person", person_id, "4.3", person_id, "", fact.id});
}

// A manager sent the incident to the register (4.3): the details needed and no more become a provisional entry. Where the age is not known
// somebody must look at it first; until then the person's record says so.
std::optional<Refusal> OnRegisterDecided(Session& session, const IncomingEvent& event, EvidenceSource& source) {
  const std::string incident = event.Get("incidentId").empty() ? event.thing : event.Get("incidentId");
  if (event.Get("outcome") != "TO_REGISTER" || event.Get("personId").empty()) return std::nullopt;
  const auto evidence = source.Facts(session.call(), {incident});
  if (!evidence) return evidence.refusal();
  People people(session);
  const auto person = people.FindForUpdate(event.Get("personId"));
  const auto fact = evidence->find(incident);
  if (!person || fact == evidence->end() || !fact->second.stands) return std::nullopt;
  const auto ids = people.IdsOf(person->doc.id());
  if (std::ranges::find(ids, fact->second.person_id) == ids.end()) return std::nullopt;  // not confirmed to be theirs (case A)
  for (const MarkerRecord& record : Markers(session).RestingOn(incident))
    if (record.doc.person_id() == person->doc.id()) return std::nullopt;
  const AgeFacts age{person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION, true, ""};
  if (!FaultsOfAge(age, DateOf(session.now())).empty()) {
    KeepWaiting(session, event, person->doc.id(), fact->second);
    return std::nullopt;
  }
  v1::ProposeMarkerRequest request;
  request.add_incident_ids(incident);
  v1::Marker marker = MarkerFrom(request, *evidence, fact->second.service_area, session.now());
  marker.set_person_id(person->doc.id());
  marker.set_proposed_by(event.Get("by"));
  *marker.mutable_proposed_at() = ToProto(session.now());
  Note(session, marker, "PROPOSED", "Decided on the incident's follow-up.");
  marker.mutable_history(0)->set_by(event.Get("by"));
  Markers(session).Insert(marker);
  Tell(session, marker, "proposed", "");
  BumpRevision(session, {person->doc.id()});
  return std::nullopt;
}

std::optional<Refusal> OnAppeal(Session& session, const IncomingEvent& event, bool open) {
  const std::string restriction = event.Get("restrictionId"), appeal = event.Get("appealId").empty() ? event.thing : event.Get("appealId");
  Restrictions restrictions(session);
  const auto record = restrictions.Find(restriction);
  if (!record) return std::nullopt;
  if (open) {
    restrictions.PlaceHold(record->doc.id(), "APPEAL_OPEN", appeal, event.Get("decisionId"));
  } else {
    restrictions.ReleaseHold(record->doc.id(), "APPEAL_OPEN", appeal);
  }
  return std::nullopt;
}

}  // namespace

void FollowMoved(Session& session, RestrictionRecord& record, const Evidence& evidence) {
  const State state = StateOf(record.doc, session.now());
  if (state != State::kInForce && state != State::kProposed) return;
  Follow(session, record, evidence, CauseOfMove(session, record.doc.person_id(), evidence), "");
}

void FollowMoved(Session& session, MarkerRecord& record, const Evidence& evidence) {
  if (record.doc.state() == v1::Marker::State::REMOVED) return;
  FollowEntry(session, record, evidence, CauseOfMove(session, record.doc.person_id(), evidence));
}

EventHandlers HandlersOfEvents(EvidenceSource& evidence) {
  EventHandlers handlers;
  const auto on_incident = [&](const char* type, const char* cause) {
    handlers[type] = [&evidence, cause](Session& session, const IncomingEvent& event) {
      return OnIncident(session, event, evidence, cause);
    };
  };
  on_incident("incident.amended", "INCIDENT_AMENDED");
  on_incident("incident.withdrawn", "INCIDENT_WITHDRAWN");
  on_incident("incident.marked_duplicate", "INCIDENT_DUPLICATE");
  on_incident("incident.evidence_infected", "EVIDENCE_INFECTED");
  on_incident("incident.person_unlinked", "PERSON_UNLINKED");
  on_incident("incident.person_returned", "PERSON_UNLINKED");
  on_incident("incident.person_linked", kLinked);
  handlers["incident.register_decided"] = [&evidence](Session& session, const IncomingEvent& event) {
    return OnRegisterDecided(session, event, evidence);
  };
  const auto on_appeal = [&](const char* type, bool open) {
    handlers[type] = [open](Session& session, const IncomingEvent& event) { return OnAppeal(session, event, open); };
  };
  on_appeal("appeal.lodged", true);
  on_appeal("appeal.accepted_late", true);
  on_appeal("appeal.reopened", true);
  on_appeal("appeal.decided", false);
  on_appeal("appeal.refused", false);
  on_appeal("appeal.withdrawn", false);
  return handlers;
}

}  // namespace evenhand::restriction
