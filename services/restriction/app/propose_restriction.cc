#include "services/restriction/app/propose_restriction.h"

#include <algorithm>

#include "services/platform/rpc/field_mask.h"
#include "services/restriction/app/closed_circle.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/who_decides.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr int kMostIncidents = 100;  // as many as the incident service answers for at once

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

std::set<std::string> RecordsOf(Session& session, const std::optional<PersonRecord>& person) {
  if (!person) return {};
  const auto ids = People(session).IdsOf(person->doc.id());
  return {ids.begin(), ids.end()};
}

Refusals FaultsOfAreas(const v1::Restriction& request, const v1::Person& person) {
  return FaultsOfDecidingArea(request.service_area(), request.deciding_area(), person.is_employee(), SubjectOf(person));
}

// Everything that is wrong with it, the person's own circumstances included. `self`: the proposal itself, when it is corrected.
Refusals FaultsOf(Session& session, const v1::Restriction& request, const Evidence& evidence, const std::optional<PersonRecord>& person,
                  const std::string& self) {
  const LocalDate today = DateOf(session.now());
  Refusals no;
  if (!person)
    no.push_back({"council rule", "personId", request.person_id().empty() ? "Say whom it is about." : "There is no such person."});
  std::vector<std::string> steps;
  if (person) steps = People(session).StepIds(person->doc.id());
  const ProposalFacts facts = ProposalFactsOf(request, evidence, RecordsOf(session, person), std::move(steps));
  Add(no, FaultsOfProposal(facts, today));
  if (!person) return no;
  Add(no, FaultsOfAreas(request, person->doc));
  Add(no, FaultsOfAge({person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION,
                       MeetsPupils(request.service_area()), request.age_check().basis()},
                      today));
  wording::Channels closed;
  for (const auto& other : Restrictions(session).InForceOf(person->doc.id(), request.service_area(), self))
    closed.Add(ClosedBy(FactsOf(other.measures())));
  Add(no, RefusalsToCloseLastChannel({UsableByAdjustment(person->doc), facts.measures, closed, request.alternative_channel()}));
  if (person->doc.state() == v1::Person::State::DECEASED) no.push_back({"council rule", "personId", "The person has died."});
  return no;
}

// The words of the proposal, and what follows from them. Faultless requests only.
void Take(v1::Restriction& r, const v1::Restriction& request, const Evidence& evidence) {
  r.set_service_area(request.service_area());
  r.set_deciding_area(request.deciding_area());
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
  KeepCircle(r, evidence);
}

// What the decider should know of the evidence as it is worded now.
void NoteEvidence(Session& session, v1::Restriction& r, const Evidence& evidence) {
  if (AnyInfected(evidence)) Note(session, r, v1::HistoryAction::EVIDENCE_INFECTED, "7.3", "A file of an incident relied on is infected.");
  for (const std::string& field : GroundsOfOtherBehaviour(FactsOf(r.grounds(), evidence, {})))
    Note(session, r, v1::HistoryAction::EVIDENCE_OF_OTHER_BEHAVIOUR, "7.3", field);
}

// The person's own team may set it going where others decide, and reads no further; the person and their manager never.
Refusals RefusalsByClosure(const Call& call, const v1::Restriction& request, const v1::Person& person) {
  const Subject subject = SubjectOf(person);
  if (!request.deciding_area().empty() && !subject.IsClose(call.actor.id)) return {};
  Refusals no = RefusalsToRead(call.actor, subject);
  if (!no.empty() && !subject.IsClose(call.actor.id))
    no[0].message += " Name another area that decides (decidingArea), or ask a strategic director.";
  return no;
}

}  // namespace

Outcome<v1::Restriction> RestrictionProposer::operator()(const Call& call, const v1::Restriction& request) {
  if (auto no = UnknownArea(call, "serviceArea", request.service_area())) return *no;
  if (auto no = UnknownArea(call, "decidingArea", request.deciding_area())) return *no;
  if (Said(request.service_area()))
    if (auto no = RefusalInEither(call, request.service_area(), request.deciding_area())) return *no;
  const std::set<std::string> incidents = IncidentIdsOf(request.grounds());
  if (incidents.size() > kMostIncidents)
    return Invalid({{"council rule", "grounds", "Name at most 100 incidents; those that show it best."}});
  const auto all = evidence_.Facts(call, incidents);
  if (!all) return all.refusal();
  return work_.Write<v1::Restriction>(call, [&](Session& session) -> Outcome<v1::Restriction> {
    // Locked, so that a merge under way takes the proposal along: nothing is ever said of a record that has been folded away.
    const auto person = People(session).FindForUpdate(request.person_id());
    if (person)
      if (auto no = RefusalsByClosure(call, request, person->doc); !no.empty()) return NotPermitted(std::move(no));
    const Evidence evidence = KnownTo(call.actor, *all, RecordsOf(session, person));
    if (auto no = FaultsOf(session, request, evidence, person, ""); !no.empty()) return Invalid(std::move(no));
    v1::Restriction restriction;
    restriction.set_state(RestrictionState::PROPOSED);
    restriction.set_person_id(person->doc.id());
    Take(restriction, request, evidence);
    restriction.set_proposed_by(call.actor.id);
    *restriction.mutable_proposed_at() = ToProto(session.now());
    restriction.set_retention_ends_on(
        FormatDate(RetainUntil(BehavioursOf(restriction), DateOf(session.now()))));  // should nobody ever decide it
    Note(session, restriction, v1::HistoryAction::PROPOSED, "7.3", "");
    NoteEvidence(session, restriction, evidence);
    Restrictions(session).Insert(restriction);
    Tell<events::RestrictionProposed>(session, restriction, "7.3", "");
    return Present(std::move(restriction), session.now(), &person->doc);
  });
}

Outcome<v1::Restriction> RestrictionProposer::Correct(const Call& call, const v1::UpdateRestrictionRequest& request) {
  if (auto no = UnknownArea(call, "decidingArea", request.restriction().deciding_area())) return *no;
  std::set<std::string> incidents = IncidentIdsOf(request.restriction().grounds());
  const auto read = work_.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    const auto record = Restrictions(session).Find(request.restriction().id());
    if (!record) return NotFound("restriction");
    incidents.merge(IncidentIdsOf(record->doc.grounds()));
    return true;
  });
  if (!read) return read.refusal();
  if (incidents.size() > kMostIncidents)
    return Invalid({{"council rule", "grounds", "Name at most 100 incidents; those that show it best."}});
  const auto all = evidence_.Facts(call, incidents);
  if (!all) return all.refusal();
  return work_.Write<v1::Restriction>(call, [&](Session& session) -> Outcome<v1::Restriction> {
    Restrictions restrictions(session);
    const auto seen = restrictions.Find(request.restriction().id());
    if (!seen) return NotFound("restriction");
    const auto person = People(session).FindForUpdate(seen->doc.person_id());
    auto record = restrictions.FindForUpdate(request.restriction().id());
    if (!record || !person) return NotFound("restriction");
    v1::Restriction& doc = record->doc;
    if (auto no = RefusalInEither(call, doc.service_area(), doc.deciding_area())) return *no;
    if (call.actor.id != doc.proposed_by())
      return NotPermitted("council rule", "Who proposed it corrects it; return it to them, or propose another.");
    v1::Restriction words = AsGiven(doc);
    ApplyMask(request.restriction(), request.update_mask(), &words);
    if (auto no = RefusalsByClosure(call, words, person->doc); !no.empty()) return NotPermitted(std::move(no));
    if (auto no = call.StaleAgainst(doc.etag())) return *no;
    if (WhatCounts(request.restriction(), request.update_mask()).paths().empty())
      return Invalid({{"council rule", "", "Say what is corrected."}});
    if (auto no = RefusalsToChange(doc, words); !no.empty()) return Invalid(std::move(no));
    const Transition* t = FindTransition(StateOf(doc, session.now()), Action::kCorrect);
    if (t == nullptr) return WrongState(doc, session.now());
    const Evidence evidence = KnownTo(call.actor, *all, RecordsOf(session, person));
    if (auto no = FaultsOf(session, words, evidence, person, doc.id()); !no.empty()) return Invalid(std::move(no));
    const std::string before = doc.etag();
    Evidence relied = evidence;
    std::erase_if(relied, [wanted = IncidentIdsOf(words.grounds())](const auto& item) { return !wanted.contains(item.first); });
    Take(doc, words, relied);
    doc.clear_returned();
    doc.set_retention_ends_on(FormatDate(RetainUntil(BehavioursOf(doc), DateOf(session.now()))));
    Note(session, doc, v1::HistoryAction::CORRECTED, t->clause, "");
    NoteEvidence(session, doc, relied);
    restrictions.RestOn(doc);
    restrictions.Save(*record, v1::HistoryAction::CORRECTED);
    Tell<events::RestrictionCorrected>(session, doc, t->clause, before);
    return Present(doc, session.now(), &person->doc);
  });
}

}  // namespace evenhand::restriction
