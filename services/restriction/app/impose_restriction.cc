// Imposing, and the ends that somebody decides: declined, withdrawn, lifted (6.2, 7.3, 7.4).
#include <algorithm>

#include "services/restriction/app/closed_circle.h"
#include "services/restriction/app/decide_restriction.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/milder.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

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
  wording::Channels closed;
  for (const auto& other : m.restrictions.InForceOf(m.doc.person_id(), m.doc.service_area(), m.doc.id()))
    closed.Add(ClosedBy(FactsOf(other.measures())));
  Add(no, RefusalsToCloseLastChannel({UsableByAdjustment(m.person), FactsOf(m.doc.measures()), closed, m.doc.alternative_channel()}));
  return no;
}

// What is to be imposed instead: well formed, no stricter than what was proposed, and with a reason.
Refusals FaultsOfInstead(const Matter& m, const v1::ImposeRestrictionRequest& request) {
  if (request.measures().empty()) return {};
  const auto wanted = FactsOf(request.measures());
  Refusals no = FaultsOfMeasures(wanted);
  Add(no, FaultsOfMilder(wanted, FactsOf(m.doc.measures())));
  if (!Said(request.reason())) no.push_back({"6.2", "reason", "Say why something milder is enough."});
  return no;
}

void TakeInstead(Matter& m, const v1::ImposeRestrictionRequest& request) {
  if (request.measures().empty()) return;
  m.doc.mutable_proposed_measures()->Swap(m.doc.mutable_measures());
  *m.doc.mutable_measures() = request.measures();
}

}  // namespace

Outcome<v1::Restriction> DecideRestriction::Impose(const Call& call, const v1::ImposeRestrictionRequest& request) {
  const auto story = [&](Matter& m) -> std::optional<Refusal> {
    const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kImpose);
    if (t == nullptr) return WrongState(m.doc, m.session.now());
    Refusals no = FaultsOfInstead(m, request);
    TakeInstead(m, request);
    Add(no, FaultsAtImposition(m));
    if (!no.empty()) return Invalid(std::move(no));
    if (m.doc.has_returned())
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "It was returned to who proposed it, and waits for their correction.");
    if (m.person.state() == v1::Person::State::DECEASED) return Conflict(ErrorReason::WRONG_STATE, "council rule", "The person has died.");
    const std::string before = m.doc.etag();
    ExpireDue(m.session, m.doc.person_id(), 100);  // what has ended makes room at its instant, swept or not
    m.doc.set_state(t->to);
    m.doc.set_imposed_by(m.session.actor().id);
    *m.doc.mutable_imposed_at() = ToProto(m.session.now());
    m.doc.set_terms_version(1);
    m.doc.clear_retention_ends_on();  // that was a proposal's; its time runs from its end
    KeepCircle(m.doc, m.evidence);
    SetReviewDue(m.session, m.doc);
    if (auto refusal = m.restrictions.PutMeasuresInForce(m.doc)) return refusal;
    const std::string decision = m.restrictions.Decide(m.doc, DecisionBy(m, DecisionKind::IMPOSITION, t->clause, request.reason())).id();
    Note(m.session, m.doc, v1::HistoryAction::IMPOSED, t->clause, request.reason(), decision);
    if (!request.measures().empty()) Note(m.session, m.doc, v1::HistoryAction::MADE_MILDER, "6.2", request.reason(), decision);
    if (m.doc.proposed_by() == m.doc.imposed_by())
      Note(m.session, m.doc, v1::HistoryAction::OWN_PROPOSAL, "7.3", "The same senior manager proposed and imposed it.", decision);
    if (AnyInfected(m.evidence)) {
      auto* review = m.doc.mutable_open_review();
      review->set_cause(ReviewCause::EVIDENCE_INFECTED);
      review->set_urgent(true);
      *review->mutable_opened_at() = ToProto(m.session.now());
      Note(m.session, m.doc, v1::HistoryAction::EVIDENCE_INFECTED, "7.3", "A file of an incident relied on is infected.");
    }
    m.restrictions.Save(m.record, v1::HistoryAction::IMPOSED);
    Tell<events::RestrictionImposed>(m.session, m.doc, t->clause, before, decision);
    return std::nullopt;
  };
  return Decide(call, request.id(), Who::kSeniorManager, story, request.measures());
}

Outcome<v1::Restriction> DecideRestriction::Return(const Call& call, const v1::ReturnRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kSeniorManager, [&](Matter& m) -> std::optional<Refusal> {
    if (!Said(request.reason())) return Invalid({{"council rule", "reason", "Say what is to be corrected."}});
    const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), Action::kReturn);
    if (t == nullptr) return WrongState(m.doc, m.session.now());
    if (m.doc.has_returned())
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "It was returned already, and waits for its correction.");
    const std::string before = m.doc.etag();
    m.doc.mutable_returned()->set_by(m.session.actor().id);
    *m.doc.mutable_returned()->mutable_at() = ToProto(m.session.now());
    m.doc.mutable_returned()->set_reason(request.reason());
    Note(m.session, m.doc, v1::HistoryAction::RETURNED, t->clause, request.reason());
    m.restrictions.Save(m.record, v1::HistoryAction::RETURNED);
    Tell<events::RestrictionReturned>(m.session, m.doc, t->clause, before);
    return std::nullopt;
  });
}

// One that binds nobody since what it rested on is not about the person ends as a mistake: the person is told so, and told sorry.
std::optional<Refusal> Lifted(Matter& m, v1::HistoryAction::Value word, const std::string& reason) {
  return End(m, Action::kLift, m.doc.has_suspended_at() ? v1::HistoryAction::ENDED_AS_MISTAKEN : word, Tell<events::RestrictionLifted>,
             reason);
}

Outcome<v1::Restriction> DecideRestriction::Decline(const Call& call, const v1::DeclineRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kSeniorManager, [&](Matter& m) -> std::optional<Refusal> {
    if (!Said(request.reason())) return Invalid({{"6.4", "reason", "Say why it is not imposed."}});
    return End(m, Action::kDecline, v1::HistoryAction::DECLINED, Tell<events::RestrictionDeclined>, request.reason());
  });
}

Outcome<v1::Restriction> DecideRestriction::Withdraw(const Call& call, const v1::WithdrawRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kTeamLeader, [&](Matter& m) {
    return End(m, Action::kWithdraw, v1::HistoryAction::WITHDRAWN, Tell<events::RestrictionWithdrawn>, request.reason());
  });
}

Outcome<v1::Restriction> DecideRestriction::Lift(const Call& call, const v1::LiftRestrictionRequest& request) {
  return Decide(call, request.id(), Who::kSeniorManager, [&](Matter& m) { return Lifted(m, v1::HistoryAction::LIFTED, request.reason()); });
}

}  // namespace evenhand::restriction
