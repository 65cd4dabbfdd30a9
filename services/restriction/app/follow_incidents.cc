#include "services/restriction/app/follow_incidents.h"

#include <algorithm>
#include <optional>

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

// Why something has to be looked at; nothing: it is linked again, which asks for no review and may put right what was unlinked.
using Cause = std::optional<ReviewCause::Value>;

// What an entry says of it, as an alarm and in its history.
struct MarkerWords {
  marker::v1::Marker::Alert::Value alert{};
  marker::v1::MarkerEvent::Action::Value action{};
};

MarkerWords WordsOf(ReviewCause::Value cause) {
  using Alert = marker::v1::Marker::Alert;
  using Happened = marker::v1::MarkerEvent::Action;
  switch (cause) {
    case ReviewCause::INCIDENT_AMENDED:
      return {Alert::INCIDENT_AMENDED, Happened::INCIDENT_AMENDED};
    case ReviewCause::INCIDENT_WITHDRAWN:
      return {Alert::INCIDENT_WITHDRAWN, Happened::INCIDENT_WITHDRAWN};
    case ReviewCause::INCIDENT_DUPLICATE:
      return {Alert::INCIDENT_DUPLICATE, Happened::INCIDENT_DUPLICATE};
    case ReviewCause::EVIDENCE_INFECTED:
      return {Alert::EVIDENCE_INFECTED, Happened::EVIDENCE_INFECTED};
    case ReviewCause::PERSON_UNLINKED:
      return {Alert::PERSON_UNLINKED, Happened::PERSON_UNLINKED};
    case ReviewCause::SCHEDULED:
    case ReviewCause::CAUSE_UNSPECIFIED:
      break;
  }
  return {};
}

void OpenUrgentReview(Session& session, RestrictionRecord& record, ReviewCause::Value cause, const std::string& incident) {
  const std::string before = record.doc.etag();
  if (StateOf(record.doc, session.now()) == State::IN_FORCE) {
    auto* review = record.doc.mutable_open_review();
    review->set_cause(cause);
    review->set_urgent(true);
    review->set_incident_id(incident);
    if (!review->has_opened_at()) *review->mutable_opened_at() = ToProto(session.now());
  }
  Note(session, record.doc, v1::HistoryAction::URGENT_REVIEW_OPENED, "7.3", ReviewCause::Value_Name(cause));
  Restrictions(session).Save(record, v1::HistoryAction::URGENT_REVIEW_OPENED);
  Tell<events::RestrictionUrgentReviewOpened>(session, record.doc, "7.3", before);
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
void Follow(Session& session, RestrictionRecord& record, const Evidence& evidence, Cause cause, const std::string& incident) {
  const Ids person = People(session).IdsOf(record.doc.person_id());
  const bool binds = StateOf(record.doc, session.now()) == State::IN_FORCE;
  KeepCircle(record.doc, evidence);
  if (record.doc.has_suspended_at()) {
    if (StillRests(evidence, person)) BindAgain(session, record);
  } else if (binds && RestsOnSomebodyElse(evidence, person)) {
    StopBinding(session, record, incident);
  } else if (cause) {
    OpenUrgentReview(session, record, *cause, incident);
  }
}

// The same of an entry on the register.
void FollowEntry(Session& session, MarkerRecord& record, const Evidence& evidence, Cause cause) {
  marker::v1::Marker& doc = record.doc;
  const Ids person = People(session).IdsOf(doc.person_id());
  const bool waits = doc.state() == marker::v1::Marker::State::SUSPENDED;
  const std::string before = doc.etag();
  MarkerTeller tell = Tell<events::MarkerUrgentReviewOpened>;
  if (waits && StillRests(evidence, person)) {
    Resume(session, doc);
    tell = Tell<events::MarkerResumed>;
  } else if (!waits && RestsOnSomebodyElse(evidence, person)) {
    Suspend(session, doc);
    tell = Tell<events::MarkerSuspended>;
  } else if (!waits && cause) {
    const MarkerWords words = WordsOf(*cause);
    if (std::ranges::find(doc.alerts(), words.alert) == doc.alerts().end()) doc.add_alerts(words.alert);
    Note(session, doc, words.action, "");
  } else {
    return;
  }
  Markers(session).Save(record);
  tell(session, doc, before);
}

// What of the evidence is not about whom the decision is about now asks for a look.
Cause CauseOfMove(Session& session, const std::string& person_id, const Evidence& evidence) {
  const Ids person = People(session).IdsOf(person_id);
  if (std::ranges::all_of(evidence, [&](const auto& item) { return IsAbout(item.second, person); })) return std::nullopt;
  return ReviewCause::PERSON_UNLINKED;
}

std::set<std::string> RestsOn(const marker::v1::Marker& marker) { return {marker.incident_ids().begin(), marker.incident_ids().end()}; }

std::optional<Refusal> OnIncident(Session& session, const std::string& incident, EvidenceSource& source, Cause cause) {
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
    const State::Value state = StateOf(record->doc, session.now());
    if (state != State::IN_FORCE && state != State::PROPOSED) continue;
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

void KeepWaiting(Session& session, const std::string& decided_by, const std::string& person_id, const EvidenceFact& fact) {
  session.sql().exec_params(
      "insert into register_waits (person_id, incident_id, service_area, decided_by, decided_at) values ($1, $2, $3, $4, $5) "
      "on conflict do nothing",
      person_id, fact.id, fact.service_area, decided_by, FormatInstant(session.now()));
  People(session).Touch(person_id);
  session.Audit({"marker.waits_for_age_check", "person", person_id, "4.3", person_id, "", fact.id});
}

// A manager sent the incident to the register (4.3): the details needed and no more become a provisional entry. Where the age is not known
// somebody must look at it first; until then the person's record says so.
std::optional<Refusal> OnRegisterDecided(Session& session, const events::v1::IncidentRegisterDecided& decided, EvidenceSource& source) {
  const std::string& incident = decided.incident().incident_id();
  if (decided.outcome() != common::v1::FollowUpOutcome::TO_REGISTER || !decided.facts().has_person_id()) return std::nullopt;
  const auto evidence = source.Facts(session.call(), {incident});
  if (!evidence) return evidence.refusal();
  People people(session);
  const auto person = people.FindForUpdate(decided.facts().person_id());
  const auto fact = evidence->find(incident);
  if (!person || fact == evidence->end() || !fact->second.stands) return std::nullopt;
  const auto ids = people.IdsOf(person->doc.id());
  if (std::ranges::find(ids, fact->second.person_id) == ids.end()) return std::nullopt;  // not confirmed to be theirs (case A)
  for (const MarkerRecord& record : Markers(session).RestingOn(incident))
    if (record.doc.person_id() == person->doc.id()) return std::nullopt;
  const AgeFacts age{person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION, true, ""};
  if (!FaultsOfAge(age, DateOf(session.now())).empty()) {
    KeepWaiting(session, decided.by(), person->doc.id(), fact->second);
    return std::nullopt;
  }
  marker::v1::Marker request;
  request.add_incident_ids(incident);
  marker::v1::Marker marker = MarkerFrom(request, *evidence, fact->second.service_area, session.now());
  marker.set_person_id(person->doc.id());
  marker.set_proposed_by(decided.by());
  *marker.mutable_proposed_at() = ToProto(session.now());
  Note(session, marker, marker::v1::MarkerEvent::Action::PROPOSED, "Decided on the incident's follow-up.");
  marker.mutable_history(0)->set_by(decided.by());
  Markers(session).Insert(marker);
  Tell<events::MarkerProposed>(session, marker, "");
  BumpRevision(session, {person->doc.id()});
  return std::nullopt;
}

std::optional<Refusal> OnAppeal(Session& session, const events::v1::AppealFacts& appeal, bool open) {
  Restrictions restrictions(session);
  const auto record = restrictions.Find(appeal.restriction_id());
  if (!record) return std::nullopt;
  if (open) {
    restrictions.PlaceHold(record->doc.id(), v1::Hold::Kind::APPEAL_OPEN, appeal.appeal_id(), appeal.decision_id());
  } else {
    restrictions.ReleaseHold(record->doc.id(), v1::Hold::Kind::APPEAL_OPEN, appeal.appeal_id());
  }
  return std::nullopt;
}

}  // namespace

void FollowMoved(Session& session, RestrictionRecord& record, const Evidence& evidence) {
  const State::Value state = StateOf(record.doc, session.now());
  if (state != State::IN_FORCE && state != State::PROPOSED) return;
  Follow(session, record, evidence, CauseOfMove(session, record.doc.person_id(), evidence), "");
}

void FollowMoved(Session& session, MarkerRecord& record, const Evidence& evidence) {
  if (record.doc.state() == marker::v1::Marker::State::REMOVED) return;
  FollowEntry(session, record, evidence, CauseOfMove(session, record.doc.person_id(), evidence));
}

EventHandlers HandlersOfEvents(EvidenceSource& evidence) {
  using namespace events;
  const auto because = [&evidence](Cause cause) {
    return [&evidence, cause](Session& session, const auto& event) {
      return OnIncident(session, event.incident().incident_id(), evidence, cause);
    };
  };
  const auto opens = [](Session& session, const auto& event) { return OnAppeal(session, event.appeal(), true); };
  const auto closes = [](Session& session, const auto& event) { return OnAppeal(session, event.appeal(), false); };
  return HandlersOf<HeardByRestriction>(
      On<IncidentAmended>(because(ReviewCause::INCIDENT_AMENDED)), On<IncidentWithdrawn>(because(ReviewCause::INCIDENT_WITHDRAWN)),
      On<IncidentMarkedDuplicate>(because(ReviewCause::INCIDENT_DUPLICATE)),
      On<IncidentEvidenceInfected>(because(ReviewCause::EVIDENCE_INFECTED)),
      On<IncidentPersonUnlinked, IncidentPersonReturned>(because(ReviewCause::PERSON_UNLINKED)),
      On<IncidentPersonLinked>(because(std::nullopt)),
      On<IncidentRegisterDecided>([&evidence](Session& session, const events::v1::IncidentRegisterDecided& decided) {
        return OnRegisterDecided(session, decided, evidence);
      }),
      On<AppealLodged, AppealAcceptedLate, AppealReopened>(opens), On<AppealDecided, AppealRefused, AppealWithdrawn>(closes));
}

}  // namespace evenhand::restriction
