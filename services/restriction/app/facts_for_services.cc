#include "services/restriction/app/facts_for_services.h"

#include <algorithm>
#include <set>

#include "services/restriction/app/facts.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/terms.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/store/delegations.h"
#include "services/restriction/store/markers.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

v1::DecisionFacts::Fact FactOf(const v1::Decision& decision) {
  v1::DecisionFacts::Fact fact;
  fact.set_decision_id(decision.id());
  fact.set_kind(decision.kind());
  fact.set_decided_by(decision.decided_by());
  *fact.mutable_decided_at() = decision.decided_at();
  fact.set_reference(decision.reference());
  return fact;
}

void AddBehaviours(const v1::Restriction& r, google::protobuf::RepeatedField<int>* behaviours) {
  std::set<int> seen;
  for (const auto& ground : r.grounds())
    if (seen.insert(ground.behaviour()).second) behaviours->Add(ground.behaviour());
}

void AddDecisions(const v1::Restriction& r, v1::DecisionFacts& facts) {
  for (const auto& decision : r.decisions()) {
    *facts.add_decisions() = FactOf(decision);
    if (decision.kind() == DecisionKind::IMPOSITION) {
      facts.set_imposition_decision_id(decision.id());
    } else if (decision.kind() != DecisionKind::APPEAL_VARIATION) {
      facts.set_last_reviewed_by(decision.decided_by());
      facts.set_last_review_decision_id(decision.id());
    }
  }
}

v1::PersonFacts FactsOfPerson(Session& session, const v1::Person& person) {
  v1::PersonFacts facts;
  facts.set_person_id(person.id());
  facts.set_reference(person.reference());
  facts.set_display_name(person.display_name());
  facts.set_state(person.state());
  facts.set_preferred_format(person.preferred_format());
  facts.set_preferred_language(person.preferred_language());
  if (person.has_postal_address()) *facts.mutable_postal_address() = person.postal_address();
  for (const auto& handle : person.handles())
    if (handle.kind() == v1::Handle::Kind::EMAIL && handle.confirmed() && !handle.shared()) facts.add_emails(handle.value());
  if (person.has_advocate()) *facts.mutable_advocate() = person.advocate();
  facts.set_died_on(person.died_on());
  facts.set_is_employee(person.is_employee());
  if (person.has_employment()) *facts.mutable_employment() = person.employment();
  v1::Person with_requests;
  with_requests.set_id(person.id());
  People(session).AddRequests(with_requests, false);
  for (auto& request : *with_requests.mutable_no_contact_requests())
    if (request.kind() == v1::NoContactRequest::Kind::LETTERS_IN_MANAGERS_NAME) *facts.add_letters_in_managers_name() = std::move(request);
  return facts;
}

const v1::Decision* FindDecision(const v1::Restriction& r, const std::string& id) {
  if (id.empty()) return r.decisions_size() == 0 ? nullptr : &r.decisions(r.decisions_size() - 1);
  const auto found = std::ranges::find_if(r.decisions(), [&](const v1::Decision& d) { return d.id() == id || d.reference() == id; });
  return found == r.decisions().end() ? nullptr : &*found;
}

}  // namespace

Outcome<v1::DecisionFacts> FactsForServices::OfDecision(const Call& call, const v1::GetDecisionFactsRequest& request) {
  v1::Restriction r;
  const auto read = work_.Read<v1::DecisionFacts>(call, [&](Session& session) -> Outcome<v1::DecisionFacts> {
    auto record = Restrictions(session).Find(request.restriction_id());
    if (!record) return NotFound("restriction");
    r = Present(std::move(record->doc), session.now());
    const v1::Decision* decision = FindDecision(r, request.decision_id());
    if (decision == nullptr && !request.decision_id().empty()) return NotFound("decision");
    v1::DecisionFacts facts;
    facts.set_restriction_id(r.id());
    facts.set_restriction_reference(r.reference());
    facts.set_etag(r.etag());
    facts.set_state(r.state());
    facts.set_person_id(r.person_id());
    facts.set_service_area(r.service_area());
    AddDecisions(r, facts);
    if (decision != nullptr) {
      *facts.mutable_decision() = FactOf(*decision);
      facts.set_withheld(decision->explanation().has_withheld());
    }
    facts.set_imposed_by(r.imposed_by());
    facts.set_proposed_by(r.proposed_by());
    for (const auto& made : r.decisions())
      if (!made.delegation_id().empty()) facts.add_delegated_by(Delegations(session).LenderOf(made.delegation_id()));
    if (r.has_imposed_at()) *facts.mutable_imposed_at() = r.imposed_at();
    facts.set_limits_complaints(IsAboutComplaints(r.measures(), r.grounds()));
    facts.set_review_open(r.has_open_review());
    *facts.mutable_measures() = r.measures();
    AddBehaviours(r, facts.mutable_behaviours());
    return facts;
  });
  if (!read) return read.refusal();
  const auto evidence = evidence_.Facts(call, IncidentIdsOf(r.grounds()));
  if (!evidence) return evidence.refusal();
  v1::DecisionFacts facts = *read;
  for (const std::string& staff : HarmedIn(*evidence)) facts.add_harmed_staff_ids(staff);
  for (const auto& [asked, fact] : *evidence) facts.add_incident_ids(fact.id);
  return facts;
}

Outcome<v1::NotificationFacts> FactsForServices::OfNotification(const Call& call, const v1::GetNotificationFactsRequest& request) {
  v1::Restriction r;
  const auto read = work_.Read<v1::NotificationFacts>(call, [&](Session& session) -> Outcome<v1::NotificationFacts> {
    Restrictions restrictions(session);
    auto record = restrictions.Find(request.restriction_id());
    if (!record) return NotFound("restriction");
    const auto person = People(session).Find(record->doc.person_id());
    if (!person) return NotFound("person");
    r = Present(std::move(record->doc), session.now(), &person->doc);
    v1::NotificationFacts facts;
    facts.set_restriction_id(r.id());
    facts.set_restriction_reference(r.reference());
    facts.set_state(r.state());
    facts.set_person_id(person->doc.id());
    facts.set_display_name(person->doc.display_name());
    facts.set_service_area(r.service_area());
    *facts.mutable_measures() = r.measures();
    AddBehaviours(r, facts.mutable_behaviours());
    for (const auto& id : IncidentIdsOf(r.grounds())) facts.add_incident_ids(id);
    *facts.mutable_explanation() = r.explanation();
    // A proposal's letter is looked at as if it were decided today (11.1).
    if (r.state() == RestrictionState::PROPOSED) SetReviewDue(session, r);
    facts.set_review_due_on(r.review_due_on());
    if (r.review().has_none()) *facts.mutable_review_none() = r.review().none();
    if (const auto* decision = FindDecision(r, request.decision_id())) *facts.mutable_decision() = *decision;
    facts.set_ends_on(r.ends_on());
    facts.set_alternative_channel(r.alternative_channel());
    *facts.mutable_person() = FactsOfPerson(session, person->doc);
    v1::Person with_steps;
    with_steps.set_id(person->doc.id());
    People(session).AddSteps(with_steps);
    *facts.mutable_restorative_steps() = with_steps.restorative_steps();
    for (const int behaviour : facts.behaviours())
      facts.set_physical_threat(facts.physical_threat() || behaviour == Behaviour::PHYSICAL_THREAT || behaviour == Behaviour::VIOLENCE);
    std::set<std::string> areas{r.service_area()};
    for (const auto& other : restrictions.OfPerson(person->doc.id())) areas.insert(other.service_area());
    for (const auto& area : areas) facts.add_services_with_contact(area);
    *facts.mutable_restriction() = r;
    return facts;
  });
  if (!read) return read.refusal();
  v1::NotificationFacts facts = *read;
  // Where the incidents happened there was contact. Without the incident service the letter waits for no one: what is known goes.
  if (const auto evidence = evidence_.Facts(call, IncidentIdsOf(r.grounds()))) {
    std::set<std::string> areas(facts.services_with_contact().begin(), facts.services_with_contact().end());
    for (const auto& [asked, fact] : *evidence)
      if (!fact.service_area.empty() && areas.insert(fact.service_area).second) facts.add_services_with_contact(fact.service_area);
  }
  return facts;
}

Outcome<v1::PersonFacts> FactsForServices::OfPerson(const Call& call, const v1::GetPersonFactsRequest& request) {
  std::vector<std::string> ids;
  auto facts = work_.Read<v1::PersonFacts>(call, [&](Session& session) -> Outcome<v1::PersonFacts> {
    const auto person = People(session).Find(request.person_id());
    if (!person) return NotFound("person");
    ids = People(session).IdsOf(person->doc.id());
    v1::PersonFacts found = FactsOfPerson(session, person->doc);
    std::set<std::string> areas;
    for (const auto& restriction : Restrictions(session).OfPerson(person->doc.id())) areas.insert(restriction.service_area());
    for (const auto& marker : Markers(session).OfPerson(person->doc.id())) areas.insert(marker.service_area());
    for (const std::string& area : areas) found.add_services_with_contact(area);
    return found;
  });
  if (!facts) return facts;
  // As in a letter's facts: without the incident service what is known goes.
  const auto incidents = evidence_.OfPeople(call, ids);
  if (!incidents) return facts;
  std::set<std::string> areas(facts->services_with_contact().begin(), facts->services_with_contact().end());
  for (const EvidenceFact& fact : *incidents)
    if (fact.stands && !fact.service_area.empty() && areas.insert(fact.service_area).second)
      facts->add_services_with_contact(fact.service_area);
  return facts;
}

// Few people of the register work here: the rule itself picks those who are close, so that it is written once (closed_subject.h).
Outcome<v1::ListCloseColleaguesResponse> FactsForServices::OfColleagues(const Call& call, const v1::ListCloseColleaguesRequest& request) {
  Actor caller;
  caller.id = request.staff_id();
  caller.areas.assign(request.teams().begin(), request.teams().end());
  return work_.Read<v1::ListCloseColleaguesResponse>(call, [&](Session& session) -> Outcome<v1::ListCloseColleaguesResponse> {
    v1::ListCloseColleaguesResponse reply;
    People people(session);
    for (const v1::Person& person : people.Employees()) {
      if (RefusalsToRead(caller, SubjectOf(person)).empty()) continue;
      for (const std::string& id : people.IdsOf(person.id())) {
        auto& colleague = *reply.add_colleagues();
        colleague.set_person_id(id);
        *colleague.mutable_employment() = person.employment();
      }
    }
    return reply;
  });
}

}  // namespace evenhand::restriction
