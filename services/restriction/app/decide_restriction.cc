#include "services/restriction/app/decide_restriction.h"

#include "services/restriction/app/facts.h"
#include "services/restriction/domain/decision_rights.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/delegations.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

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
  if (auto no = RefusalsToRead(call.actor, SubjectOf(person)); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

}  // namespace

v1::Decision DecisionBy(const Matter& m, v1::Decision::Kind::Value kind, std::string_view clause, const std::string& reasons) {
  v1::Decision decision;
  decision.set_kind(kind);
  decision.set_decided_by(m.session.actor().id);
  decision.set_clause(std::string(clause));
  decision.set_reasons(reasons);
  decision.set_delegation_id(m.delegation_id);
  return decision;
}

const std::string& Either(const std::string& reason, const std::string& reasons) { return Said(reason) ? reason : reasons; }

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
