#include "services/restriction/app/decide_restriction.h"

#include <algorithm>

#include "services/restriction/app/facts.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/decision_rights.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/delegations.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

// 403: may this person decide, in this area, about this person, on these grounds?
std::optional<Refusal> RefusalOf(const Call& call, Session& session, const RestrictionRecord& record, const v1::Person& person,
                                 const Evidence& evidence, Who who, bool limits_complaints, std::string& delegation_id) {
  const std::string& area = record.doc.service_area();
  if (who == Who::kTeamLeader) {
    if (auto no = RefusalsToPropose(call.actor, area); !no.empty()) return NotPermitted(std::move(no));
    if (auto no = call.RefusalIn(area)) return no;
  } else {
    if (!call.actor.Holds(Role::kSeniorManager, area)) delegation_id = Delegations(session).HeldNow(call.actor.id, area);
    DecisionFacts facts{call.actor, area, limits_complaints, HarmedIn(evidence), !delegation_id.empty()};
    if (auto no = RefusalsToDecide(facts); !no.empty()) return NotPermitted(std::move(no));
    if (delegation_id.empty())
      if (auto no = call.RefusalIn(area)) return no;
  }
  if (auto no = RefusalsToRead(call.actor, FactsOf(person)); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

// What may have changed since the proposal is asked again: evidence, dates, the last channel, the letter.
Refusals FaultsAtImposition(const Matter& m) {
  const LocalDate today = DateOf(m.session.now());
  std::set<std::string> ids;
  for (const std::string& id : People(m.session).IdsOf(m.doc.person_id())) ids.insert(id);
  Refusals no = FaultsOfEvidence(FactsOf(m.doc.grounds(), m.evidence, ids));
  Add(no, FaultsOfReview(FactsOf(m.doc.review(), true), today));
  Add(no, FaultsOfEnd(m.doc.ends_on(), today));
  Add(no, FaultsOfLetter(FactsOf(m.doc.explanation()), FactsOf(m.doc.review(), true)));
  Add(no, FaultsOfAge({m.person.date_of_birth(), m.person.kind() == v1::Person::Kind::ORGANISATION, MeetsPupils(m.doc.service_area()),
                       m.doc.age_check().basis()},
                      today));
  std::set<std::string> closed;
  for (const auto& other : m.restrictions.InForceOf(m.doc.person_id(), m.doc.service_area(), m.doc.id()))
    closed.merge(ClosedBy(FactsOf(other.measures())));
  Add(no, RefusalsToCloseLastChannel(
              {UsableByAdjustment(m.person), FactsOf(m.doc.measures()), std::move(closed), m.doc.alternative_channel()}));
  return no;
}

const std::string& Either(const std::string& reason, const std::string& reasons) { return Said(reason) ? reason : reasons; }

v1::Decision DecisionBy(const Matter& m, v1::Decision::Kind::Value kind, std::string_view clause, const std::string& reasons) {
  v1::Decision decision;
  decision.set_kind(kind);
  decision.set_decided_by(m.session.actor().id);
  decision.set_clause(std::string(clause));
  decision.set_reasons(reasons);
  decision.set_delegation_id(m.delegation_id);
  return decision;
}

void SetReviewDue(Session& session, v1::Restriction& doc) {
  const auto due = ReviewDue(FactsOf(doc.review(), true), DateOf(session.now()));
  doc.set_review_due_on(due ? FormatDate(*due) : "");
}

// An end at once: lifted, declined, withdrawn.
std::optional<Refusal> End(Matter& m, Action action, const std::string& word, const std::string& type, const std::string& reason) {
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), action);
  if (t == nullptr) return WrongState(m.doc, m.session.now(), "7.3");
  const std::string before = m.doc.etag();
  EndWith(m.session, m.doc, t->to, m.session.now());
  Note(m.session, m.doc, word, t->clause, reason);
  m.restrictions.Save(m.record, word);
  m.restrictions.FillGaps(m.doc.person_id());
  Tell(m.session, m.doc, type, t->clause, before);
  return std::nullopt;
}

std::optional<Refusal> VaryTo(Matter& m, const NewTerms& terms, const std::string& reasons, const std::string& word) {
  Refusals no = FaultsOfTerms(m.session, m.doc, m.person, terms);
  if (!Said(reasons)) no.push_back({"7.4", "reason", "Say why the terms change."});
  if (terms.measures == nullptr && terms.ends_on.empty() && terms.review == nullptr && terms.explanation == nullptr &&
      terms.alternative_channel.empty())
    no.push_back({"7.4", "measures", "Say what changes."});
  if (!no.empty()) return Invalid(std::move(no));
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kVary);
  if (t == nullptr) return WrongState(m.doc, m.session.now(), "7.4");
  const std::string before = m.doc.etag();
  if (auto refusal = TakeTerms(m.session, m.doc, terms)) return refusal;
  const std::string decision = m.restrictions.Decide(m.doc, DecisionBy(m, v1::Decision::Kind::VARIATION, t->clause, reasons)).id();
  m.doc.clear_open_review();
  Note(m.session, m.doc, word, t->clause, reasons, decision);
  m.restrictions.Save(m.record, word);
  m.restrictions.FillGaps(m.doc.person_id());
  Tell(m.session, m.doc, "varied", t->clause, before, decision);
  return std::nullopt;
}

std::optional<Refusal> StartReview(Matter& m, const std::string& reason) {
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kStartReview);
  if (t == nullptr) return WrongState(m.doc, m.session.now(), "7.4");
  if (!m.doc.open_review().started_by().empty()) return Conflict("WRONG_STATE", "7.4", "A review has been started already.");
  const std::string before = m.doc.etag();
  auto* review = m.doc.mutable_open_review();
  if (review->cause().empty()) {
    review->set_cause("SCHEDULED");
    *review->mutable_opened_at() = ToProto(m.session.now());
  }
  review->set_started_by(m.session.actor().id);
  *review->mutable_started_at() = ToProto(m.session.now());
  Note(m.session, m.doc, "REVIEW_STARTED", t->clause, reason);
  m.restrictions.Save(m.record, "REVIEW_STARTED");
  m.session.Audit({"restriction.review_started", "restriction", m.doc.id(), "7.4", m.doc.person_id(), before, m.doc.etag()});
  return std::nullopt;
}

std::optional<Refusal> Continue(Matter& m, const NewTerms& terms, const std::string& reasons) {
  Refusals no = FaultsOfTerms(m.session, m.doc, m.person, terms);
  if (!Said(reasons)) no.push_back({"7.4", "reason", "Say why it continues."});
  if (!no.empty()) return Invalid(std::move(no));
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kContinue);
  if (t == nullptr) return WrongState(m.doc, m.session.now(), "7.4");
  const std::string before = m.doc.etag();
  if (terms.explanation != nullptr) *m.doc.mutable_explanation() = *terms.explanation;
  // Without another date the next review is one default interval on: a date that has passed sets none.
  *m.doc.mutable_review() = terms.review != nullptr ? *terms.review : (m.doc.review().has_none() ? m.doc.review() : v1::Review());
  if (!terms.ends_on.empty()) m.doc.set_ends_on(terms.ends_on);
  SetReviewDue(m.session, m.doc);
  const std::string decision = m.restrictions.Decide(m.doc, DecisionBy(m, v1::Decision::Kind::CONTINUATION, t->clause, reasons)).id();
  m.doc.clear_open_review();
  Note(m.session, m.doc, "CONTINUED", t->clause, reasons, decision);
  m.restrictions.Save(m.record, "CONTINUED");
  Tell(m.session, m.doc, "reviewed", t->clause, before, decision);
  return std::nullopt;
}

template <typename Request>
NewTerms TermsOf(const Request& request) {
  return {request.measures().empty() ? nullptr : &request.measures(), request.has_explanation() ? &request.explanation() : nullptr,
          request.has_review() ? &request.review() : nullptr, request.ends_on(), request.alternative_channel()};
}

}  // namespace

Refusals FaultsOfTerms(Session& session, const v1::Restriction& doc, const v1::Person& person, const NewTerms& terms) {
  const LocalDate today = DateOf(session.now());
  Refusals no;
  if (terms.measures != nullptr) {
    const auto measures = FactsOf(*terms.measures);
    Add(no, FaultsOfMeasures(measures));
    std::set<std::string> closed;
    for (const auto& other : Restrictions(session).InForceOf(doc.person_id(), doc.service_area(), doc.id()))
      closed.merge(ClosedBy(FactsOf(other.measures())));
    const std::string& alternative = terms.alternative_channel.empty() ? doc.alternative_channel() : terms.alternative_channel;
    Add(no, RefusalsToCloseLastChannel({UsableByAdjustment(person), measures, std::move(closed), alternative}));
  }
  if (terms.review != nullptr) Add(no, FaultsOfReview(FactsOf(*terms.review, true), today));
  if (terms.explanation != nullptr) Add(no, FaultsOfExplanation(FactsOf(*terms.explanation), today));
  Add(no, FaultsOfEnd(terms.ends_on, today));
  return no;
}

std::optional<Refusal> TakeTerms(Session& session, v1::Restriction& doc, const NewTerms& terms) {
  if (terms.measures != nullptr) *doc.mutable_measures() = *terms.measures;
  if (terms.explanation != nullptr) *doc.mutable_explanation() = *terms.explanation;
  if (!terms.ends_on.empty()) doc.set_ends_on(terms.ends_on);
  if (!terms.alternative_channel.empty()) doc.set_alternative_channel(terms.alternative_channel);
  // New terms are looked at again after an interval of their own, unless there is to be no review.
  if (terms.review != nullptr) {
    *doc.mutable_review() = *terms.review;
    SetReviewDue(session, doc);
  } else if (!doc.review().has_none() && Overdue(ParseDate(doc.review_due_on()), DateOf(session.now()))) {
    doc.mutable_review()->Clear();
    SetReviewDue(session, doc);
  }
  doc.set_terms_version(doc.terms_version() + 1);
  return Restrictions(session).PutMeasuresInForce(doc);
}

Outcome<Evidence> DecideRestriction::EvidenceOf(const Call& call, const std::string& id) {
  v1::Restriction found;
  const auto read = work_.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    auto record = Restrictions(session).Find(id);
    if (!record) return NotFound("restriction");
    found = std::move(record->doc);
    return true;
  });
  if (!read) return read.refusal();
  return evidence_.Facts(call, IncidentIdsOf(found.grounds()));
}

Outcome<v1::Restriction> DecideRestriction::Decide(const Call& call, const std::string& id, Who who, bool limits_complaints_anew,
                                                   const Story& story) {
  const auto evidence = EvidenceOf(call, id);
  if (!evidence) return evidence.refusal();
  return work_.Write<v1::Restriction>(call, [&](Session& session) -> Outcome<v1::Restriction> {
    Restrictions restrictions(session);
    People people(session);
    // The person first, always: decisions about one person wait for each other and never for each other's locks.
    const auto seen = restrictions.Find(id);
    if (!seen) return NotFound("restriction");
    const auto person = people.FindForUpdate(seen->doc.person_id());
    auto record = restrictions.FindForUpdate(id);
    if (!record || !person) return NotFound("restriction");
    Matter matter{session, restrictions, *record, record->doc, person->doc, *evidence, ""};
    const bool complaints = limits_complaints_anew || LimitsComplaints(FactsOf(record->doc.measures()));
    if (auto no = RefusalOf(call, session, *record, person->doc, *evidence, who, complaints, matter.delegation_id)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    if (auto no = story(matter)) return *no;
    v1::Restriction reply = Present(record->doc, session.now(), &person->doc);
    reply.set_consistency_token(BumpRevision(session, {record->doc.person_id()}));
    return reply;
  });
}

Outcome<v1::Restriction> DecideRestriction::Impose(const Call& call, const v1::ImposeRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kSeniorManager, false, [&](Matter& m) -> std::optional<Refusal> {
    const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kImpose);
    if (t != nullptr)
      if (auto no = FaultsAtImposition(m); !no.empty()) return Invalid(std::move(no));
    if (t == nullptr) return WrongState(m.doc, m.session.now(), "7.3");
    if (m.person.state() == v1::Person::State::DECEASED) return Conflict("WRONG_STATE", "7.1", "The person has died.");
    const std::string before = m.doc.etag();
    ExpireDue(m.session, m.doc.person_id(), 100);  // what has ended makes room at its instant, swept or not
    m.doc.set_state(ToProto(t->to));
    m.doc.set_imposed_by(m.session.actor().id);
    *m.doc.mutable_imposed_at() = ToProto(m.session.now());
    m.doc.set_terms_version(1);
    SetReviewDue(m.session, m.doc);
    if (auto refusal = m.restrictions.PutMeasuresInForce(m.doc)) return refusal;
    const std::string decision =
        m.restrictions.Decide(m.doc, DecisionBy(m, v1::Decision::Kind::IMPOSITION, t->clause, request.reason())).id();
    Note(m.session, m.doc, "IMPOSED", t->clause, request.reason(), decision);
    m.restrictions.Save(m.record, "IMPOSED");
    Tell(m.session, m.doc, "imposed", t->clause, before, decision);
    return std::nullopt;
  });
}

Outcome<v1::Restriction> DecideRestriction::Decline(const Call& call, const v1::DeclineRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kSeniorManager, false, [&](Matter& m) -> std::optional<Refusal> {
    if (!Said(request.reason())) return Invalid({{"6.2", "reason", "Say why it is not imposed."}});
    return End(m, Action::kDecline, "DECLINED", "declined", request.reason());
  });
}

Outcome<v1::Restriction> DecideRestriction::Withdraw(const Call& call, const v1::WithdrawRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kTeamLeader, false,
                [&](Matter& m) { return End(m, Action::kWithdraw, "WITHDRAWN", "withdrawn", request.reason()); });
}

Outcome<v1::Restriction> DecideRestriction::Lift(const Call& call, const v1::LiftRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kSeniorManager, false,
                [&](Matter& m) { return End(m, Action::kLift, "LIFTED", "lifted", Either(request.reason(), request.reasons())); });
}

Outcome<v1::Restriction> DecideRestriction::Vary(const Call& call, const v1::VaryRestrictionRequest& request) {
  const bool complaints = LimitsComplaints(FactsOf(request.measures()));
  return Decide(call, request.id(), Who::kSeniorManager, complaints,
                [&](Matter& m) { return VaryTo(m, TermsOf(request), Either(request.reason(), request.reasons()), "VARIED"); });
}

Outcome<v1::Restriction> DecideRestriction::Review(const Call& call, const v1::ReviewRestrictionRequest& request) {
  using Outcomes = v1::ReviewRestrictionRequest::Outcome;
  const bool complaints = LimitsComplaints(FactsOf(request.measures()));
  return Decide(call, request.id(), Who::kSeniorManager, complaints, [&](Matter& m) -> std::optional<Refusal> {
    const std::string& reasons = Either(request.reason(), request.reasons());
    switch (request.outcome()) {
      case Outcomes::START:
        return StartReview(m, reasons);
      case Outcomes::CONTINUE:
        return Continue(m, TermsOf(request), reasons);
      case Outcomes::VARY:
        return VaryTo(m, TermsOf(request), reasons, "VARIED_AT_REVIEW");
      case Outcomes::LIFT:
        return End(m, Action::kLift, "LIFTED_AT_REVIEW", "lifted", reasons);
      default:
        return Invalid({{"7.4", "outcome", "Say START, CONTINUE, VARY or LIFT."}});
    }
  });
}

Outcome<v1::Restriction> DecideRestriction::SetLegalHold(const Call& call, const v1::SetLegalHoldRequest& request) {
  return Decide(call, request.id(), Who::kTeamLeader, false, [&](Matter& m) -> std::optional<Refusal> {
    if (!Said(request.reason())) return Invalid({{"12.1", "reason", "Say why the record is held or released."}});
    const std::string before = m.doc.etag();
    if (request.hold()) {
      m.restrictions.PlaceHold(m.doc.id(), "LEGAL", "", request.reason());
    } else {
      m.restrictions.ReleaseHold(m.doc.id(), "LEGAL", "");
    }
    const std::string word = request.hold() ? "HELD" : "RELEASED";
    Note(m.session, m.doc, word, "12.1", request.reason());
    m.restrictions.Save(m.record, word);
    m.restrictions.SyncHolds(m.doc);
    m.session.Audit({"restriction.legal_hold", "restriction", m.doc.id(), "12.1", m.doc.person_id(), before, m.doc.etag()});
    return std::nullopt;
  });
}

}  // namespace evenhand::restriction
