#include "services/restriction/app/propose_restriction.h"

#include <algorithm>

#include "services/restriction/app/facts.h"
#include "services/restriction/app/story.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr int kMostIncidents = 100;  // as many as the incident service answers for at once

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

// Everything that is wrong with it, the person's own circumstances included.
Refusals FaultsOf(Session& session, const v1::ProposeRestrictionRequest& request, const Evidence& evidence,
                  const std::optional<PersonRecord>& person) {
  People people(session);
  const LocalDate today = DateOf(session.now());
  Refusals no;
  if (!person) no.push_back({"7.3", "personId", request.person_id().empty() ? "Say whom it is about." : "There is no such person."});
  std::set<std::string> ids;
  std::vector<std::string> steps;
  if (person) {
    for (const std::string& id : people.IdsOf(person->doc.id())) ids.insert(id);
    steps = people.StepIds(person->doc.id());
  }
  const ProposalFacts facts = ProposalFactsOf(request, evidence, ids, std::move(steps));
  Add(no, FaultsOfProposal(facts, today));
  if (!person) return no;
  Add(no, FaultsOfAge({person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION,
                       MeetsPupils(request.service_area()), request.age_check().basis()},
                      today));
  std::set<std::string> closed;
  for (const auto& other : Restrictions(session).InForceOf(person->doc.id(), request.service_area(), ""))
    closed.merge(ClosedBy(FactsOf(other.measures())));
  Add(no, RefusalsToCloseLastChannel({UsableByAdjustment(person->doc), facts.measures, std::move(closed), request.alternative_channel()}));
  if (person->doc.state() == v1::Person::State::DECEASED) no.push_back({"7.1", "personId", "The person has died."});
  return no;
}

v1::Restriction RestrictionFrom(const v1::ProposeRestrictionRequest& request, const v1::Person& person, const Evidence& evidence) {
  v1::Restriction r;
  r.set_state(v1::Restriction::State::PROPOSED);
  r.set_person_id(person.id());
  r.set_service_area(request.service_area());
  *r.mutable_measures() = request.measures();
  *r.mutable_grounds() = request.grounds();
  for (auto& ground : *r.mutable_grounds())
    for (auto& id : *ground.mutable_incident_ids()) id = evidence.at(id).id;  // a reference becomes the id that events name
  r.set_necessity(request.necessity());
  r.set_proportionality(request.proportionality());
  *r.mutable_alternatives_considered() = request.alternatives_considered();
  *r.mutable_restorative() = request.restorative();
  r.set_alternative_channel(request.alternative_channel());
  r.set_adjustments_considered(request.adjustments_considered());
  r.set_normal_operations_test(request.normal_operations_test());
  *r.mutable_review() = request.review();
  *r.mutable_explanation() = request.explanation();
  r.set_ends_on(request.ends_on());
  if (request.has_age_check()) *r.mutable_age_check() = request.age_check();
  return r;
}

}  // namespace

Outcome<v1::Restriction> RestrictionProposer::operator()(const Call& call, const v1::ProposeRestrictionRequest& request) {
  if (Said(request.service_area()))
    if (auto no = call.RefusalIn(request.service_area())) return *no;
  const std::set<std::string> incidents = IncidentIdsOf(request.grounds());
  if (incidents.size() > kMostIncidents) return Invalid({{"7.3", "grounds", "Name at most 100 incidents; those that show it best."}});
  const auto evidence = evidence_.Facts(call, incidents);
  if (!evidence) return evidence.refusal();
  return work_.Write<v1::Restriction>(call, [&](Session& session) -> Outcome<v1::Restriction> {
    // Locked, so that a merge under way takes the proposal along: nothing is ever said of a record that has been folded away.
    const auto person = People(session).FindForUpdate(request.person_id());
    if (person)
      if (auto no = RefusalsToRead(call.actor, SubjectOf(person->doc)); !no.empty()) return NotPermitted(std::move(no));
    if (auto no = FaultsOf(session, request, *evidence, person); !no.empty()) return Invalid(std::move(no));
    v1::Restriction restriction = RestrictionFrom(request, person->doc, *evidence);
    restriction.set_proposed_by(call.actor.id);
    *restriction.mutable_proposed_at() = ToProto(session.now());
    restriction.set_retain_until(
        FormatDate(RetainUntil(BehavioursOf(restriction), DateOf(session.now()))));  // should nobody ever decide it
    Note(session, restriction, "PROPOSED", "7.3", "");
    if (AnyInfected(*evidence)) Note(session, restriction, kEvidenceInfected, "7.3", "A file of an incident relied on is infected.");
    Restrictions(session).Insert(restriction);
    Tell(session, restriction, "proposed", "7.3", "");
    return Present(std::move(restriction), session.now(), &person->doc);
  });
}

}  // namespace evenhand::restriction
