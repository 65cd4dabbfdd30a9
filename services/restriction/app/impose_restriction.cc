// Imposing, and the ends that somebody decides: declined, withdrawn, lifted (6.2, 7.3, 7.4).
#include <algorithm>

#include "services/restriction/app/decide_restriction.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/grounds.h"
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
  std::set<std::string> closed;
  for (const auto& other : m.restrictions.InForceOf(m.doc.person_id(), m.doc.service_area(), m.doc.id()))
    closed.merge(ClosedBy(FactsOf(other.measures())));
  Add(no, RefusalsToCloseLastChannel(
              {UsableByAdjustment(m.person), FactsOf(m.doc.measures()), std::move(closed), m.doc.alternative_channel()}));
  return no;
}

}  // namespace

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
    m.doc.clear_retain_until();  // that was a proposal's; its time runs from its end
    SetReviewDue(m.session, m.doc);
    if (auto refusal = m.restrictions.PutMeasuresInForce(m.doc)) return refusal;
    const std::string decision =
        m.restrictions.Decide(m.doc, DecisionBy(m, v1::Decision::Kind::IMPOSITION, t->clause, request.reason())).id();
    Note(m.session, m.doc, "IMPOSED", t->clause, request.reason(), decision);
    if (AnyInfected(m.evidence)) {
      auto* review = m.doc.mutable_open_review();
      review->set_cause(kEvidenceInfected);
      review->set_urgent(true);
      *review->mutable_opened_at() = ToProto(m.session.now());
      Note(m.session, m.doc, kEvidenceInfected, "7.3", "A file of an incident relied on is infected.");
    }
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

}  // namespace evenhand::restriction
