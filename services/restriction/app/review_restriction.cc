// Looking again: variations and reviews; each that keeps or changes the terms is a new decision with its own right of appeal (7.4, case C).
#include <algorithm>

#include "services/platform/base/vocabulary.h"
#include "services/restriction/app/closed_circle.h"
#include "services/restriction/app/decide_restriction.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

// Nothing is decided anew about the dead, who could be told of it by no letter and could not appeal.
std::optional<Refusal> HasDied(const Matter& m) {
  if (m.person.state() != v1::Person::State::DECEASED) return std::nullopt;
  return Conflict(ErrorReason::WRONG_STATE, "council rule", "The person has died; the restriction can be lifted.");
}

using Grounds = google::protobuf::RepeatedPtrField<v1::Ground>;

// Grounds that are given anew say all that a proposal's do. What binds nobody because its evidence is gone is not kept without other.
Refusals FaultsOfGrounds(const Matter& m, const Grounds& anew) {
  if (anew.empty() && !m.doc.has_suspended_at()) return {};
  const auto records = People(m.session).IdsOf(m.doc.person_id());
  ProposalFacts facts;
  facts.measures = FactsOf(m.doc.measures());
  facts.grounds = FactsOf(anew.empty() ? m.doc.grounds() : anew, m.evidence, {records.begin(), records.end()});
  facts.normal_operations_test = m.doc.normal_operations_test();
  return anew.empty() ? FaultsOfEvidence(facts.grounds) : FaultsOfGrounds(facts);
}

// It rests on these from now on, and binds again.
std::optional<Refusal> TakeGrounds(Matter& m, const Grounds& anew) {
  if (!anew.empty()) {
    *m.doc.mutable_grounds() = anew;
    for (auto& ground : *m.doc.mutable_grounds())
      for (auto& id : *ground.mutable_incident_ids()) id = m.evidence.at(id).id;
    m.restrictions.RestOn(m.doc);
    Evidence relied = m.evidence;
    std::erase_if(relied, [wanted = IncidentIdsOf(anew)](const auto& item) { return !wanted.contains(item.first); });
    KeepCircle(m.doc, relied);
  }
  if (!m.doc.has_suspended_at()) return std::nullopt;
  m.doc.clear_suspended_at();
  return m.restrictions.PutMeasuresInForce(m.doc);
}

std::optional<Refusal> VaryTo(Matter& m, const v1::Terms& terms, const Grounds& grounds, const std::string& reasons,
                              v1::HistoryAction::Value word) {
  Refusals no = FaultsOfGrounds(m, grounds);
  std::ranges::move(FaultsOfTerms(m.session, m.doc, m.person, terms), std::back_inserter(no));
  if (terms.measures().empty()) std::ranges::move(FaultsOfLastChannel(m.session, m.doc, m.person, terms), std::back_inserter(no));
  if (!Said(reasons)) no.push_back({"6.4", "reason", "Say why the terms change."});
  if (terms.ByteSizeLong() == 0) no.push_back({"council rule", "measures", "Say what changes."});
  if (!no.empty()) return Invalid(std::move(no));
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kVary);
  if (t == nullptr) return WrongState(m.doc, m.session.now());
  if (auto refusal = HasDied(m)) return refusal;
  const std::string before = m.doc.etag();
  ExpireDue(m.session, m.doc.person_id(), 100);  // what has ended makes room at its instant, swept or not
  if (auto refusal = TakeGrounds(m, grounds)) return refusal;
  if (auto refusal = TakeTerms(m.session, m.doc, terms)) return refusal;
  const std::string decision = m.restrictions.Decide(m.doc, DecisionBy(m, DecisionKind::VARIATION, t->clause, reasons)).id();
  m.doc.clear_open_review();
  Note(m.session, m.doc, word, t->clause, reasons, decision);
  m.restrictions.Save(m.record, word);
  m.restrictions.FillGaps(m.doc.person_id());
  Tell<events::RestrictionVaried>(m.session, m.doc, t->clause, before, decision);
  return std::nullopt;
}

std::optional<Refusal> StartReview(Matter& m, const std::string& reason) {
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kStartReview);
  if (t == nullptr) return WrongState(m.doc, m.session.now());
  if (!m.doc.open_review().started_by().empty())
    return Conflict(ErrorReason::WRONG_STATE, "council rule", "A review has been started already.");
  const std::string before = m.doc.etag();
  auto* review = m.doc.mutable_open_review();
  if (review->cause() == ReviewCause::CAUSE_UNSPECIFIED) {
    review->set_cause(ReviewCause::SCHEDULED);
    *review->mutable_opened_at() = ToProto(m.session.now());
  }
  review->set_started_by(m.session.actor().id);
  *review->mutable_started_at() = ToProto(m.session.now());
  Note(m.session, m.doc, v1::HistoryAction::REVIEW_STARTED, t->clause, reason);
  m.restrictions.Save(m.record, v1::HistoryAction::REVIEW_STARTED);
  m.session.Audit({"restriction.review_started", "restriction", m.doc.id(), "7.4", m.doc.person_id(), before, m.doc.etag()});
  return std::nullopt;
}

std::optional<Refusal> Continue(Matter& m, const v1::Terms& terms, const Grounds& grounds, const std::string& reasons) {
  Refusals no = FaultsOfGrounds(m, grounds);
  std::ranges::move(FaultsOfTerms(m.session, m.doc, m.person, terms), std::back_inserter(no));
  if (!Said(reasons)) no.push_back({"6.4", "reason", "Say why it continues."});
  if (!terms.measures().empty()) {
    no.push_back({"council rule", "measures", "A continuation leaves the measures as they are; to change them say VARY."});
  } else {
    std::ranges::move(FaultsOfLastChannel(m.session, m.doc, m.person, terms), std::back_inserter(no));
  }
  if (!no.empty()) return Invalid(std::move(no));
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kContinue);
  if (t == nullptr) return WrongState(m.doc, m.session.now());
  if (auto refusal = HasDied(m)) return refusal;
  const std::string before = m.doc.etag();
  if (auto refusal = TakeGrounds(m, grounds)) return refusal;
  if (terms.has_explanation()) *m.doc.mutable_explanation() = terms.explanation();
  // Without another date the next review is one default interval on: a date that has passed sets none.
  *m.doc.mutable_review() = terms.has_review() ? terms.review() : (m.doc.review().has_none() ? m.doc.review() : v1::Review());
  if (!terms.ends_on().empty()) m.doc.set_ends_on(terms.ends_on());
  if (!terms.alternative_channel().empty()) m.doc.set_alternative_channel(terms.alternative_channel());
  SetReviewDue(m.session, m.doc);
  const std::string decision = m.restrictions.Decide(m.doc, DecisionBy(m, DecisionKind::CONTINUATION, t->clause, reasons)).id();
  m.doc.clear_open_review();
  Note(m.session, m.doc, v1::HistoryAction::CONTINUED, t->clause, reasons, decision);
  m.restrictions.Save(m.record, v1::HistoryAction::CONTINUED);
  m.restrictions.FillGaps(m.doc.person_id());
  Tell<events::RestrictionReviewed>(m.session, m.doc, t->clause, before, decision);
  return std::nullopt;
}

}  // namespace

Outcome<v1::Restriction> DecideRestriction::Vary(const Call& call, const v1::VaryRestrictionRequest& request) {
  const auto story = [&](Matter& m) { return VaryTo(m, request.terms(), {}, request.reason(), v1::HistoryAction::VARIED); };
  return Decide(call, request.id(), Who::kSeniorManager, story, request.terms().measures());
}

Outcome<v1::Restriction> DecideRestriction::Review(const Call& call, const v1::ReviewRestrictionRequest& request) {
  using Outcomes = v1::ReviewRestrictionRequest::Outcome;
  const auto story = [&](Matter& m) -> std::optional<Refusal> {
    const std::string& reasons = request.reason();
    switch (request.outcome()) {
      case Outcomes::START:
        return StartReview(m, reasons);
      case Outcomes::CONTINUE:
        return Continue(m, request.terms(), request.grounds(), reasons);
      case Outcomes::VARY:
        return VaryTo(m, request.terms(), request.grounds(), reasons, v1::HistoryAction::VARIED_AT_REVIEW);
      case Outcomes::LIFT:
        return Lifted(m, v1::HistoryAction::LIFTED_AT_REVIEW, reasons);
      case Outcomes::OUTCOME_UNSPECIFIED:
        break;
    }
    return Invalid({{"council rule", "outcome", "Say START, CONTINUE, VARY or LIFT."}});
  };
  return Decide(call, request.id(), Who::kSeniorManager, story, request.terms().measures(), request.grounds());
}

}  // namespace evenhand::restriction
