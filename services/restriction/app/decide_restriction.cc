#include "services/restriction/app/decide_restriction.h"

#include "services/restriction/app/closed_circle.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/who_decides.h"
#include "services/restriction/domain/decision_rights.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

// 403: may this person decide, in this area, about this person, on these grounds?
std::optional<Refusal> RefusalOf(const Call& call, Session& session, const v1::Restriction& doc, const v1::Person& person,
                                 const Evidence& evidence, Who who, bool limits_complaints, std::string& delegation_id) {
  if (who != Who::kTeamLeader) {
    const Decidable thing{doc.service_area(), doc.deciding_area(), doc.proposed_by(), limits_complaints, "7.3"};
    return RefusalToDecide(call, session, thing, person, evidence, delegation_id);
  }
  if (auto no = RefusalsToPropose(call.actor, doc.service_area(), doc.deciding_area()); !no.empty()) return NotPermitted(std::move(no));
  if (auto no = RefusalInEither(call, doc.service_area(), doc.deciding_area())) return no;
  if (auto no = RefusalsToRead(call.actor, SubjectOf(person)); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

}  // namespace

v1::Decision DecisionBy(const Matter& m, DecisionKind::Value kind, std::string_view clause, const std::string& reasons) {
  v1::Decision decision;
  decision.set_kind(kind);
  decision.set_decided_by(m.session.actor().id);
  decision.set_clause(std::string(clause));
  decision.set_reason(reasons);
  decision.set_delegation_id(m.delegation_id);
  return decision;
}

// An end at once: lifted, declined, withdrawn.
std::optional<Refusal> End(Matter& m, Action action, v1::HistoryAction::Value word, Teller tell, const std::string& reason) {
  const Transition* t = FindTransition(StateOf(m.doc, m.session.now()), action);
  if (t == nullptr) return WrongState(m.doc, m.session.now());
  const std::string before = m.doc.etag();
  EndWith(m.session, m.doc, t->to, m.session.now());
  Note(m.session, m.doc, word, t->clause, reason);
  m.restrictions.Save(m.record, word);
  m.restrictions.FillGaps(m.doc.person_id());
  tell(m.session, m.doc, t->clause, before, "");
  return std::nullopt;
}

Outcome<Evidence> DecideRestriction::EvidenceOf(const Call& call, const std::string& id, const Grounds& grounds) {
  v1::Restriction found;
  const auto read = work_.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    auto record = Restrictions(session).Find(id);
    if (!record) return NotFound("restriction");
    found = std::move(record->doc);
    return true;
  });
  if (!read) return read.refusal();
  std::set<std::string> incidents = IncidentIdsOf(found.grounds());
  incidents.merge(IncidentIdsOf(grounds));
  return evidence_.Facts(call, incidents);
}

Outcome<v1::Restriction> DecideRestriction::Decide(const Call& call, const std::string& id, Who who, const Story& story,
                                                   const Measures& measures, const Grounds& grounds) {
  const auto evidence = EvidenceOf(call, id, grounds);
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
    const bool complaints = IsAboutComplaints(measures, grounds) || IsAboutComplaints(record->doc.measures(), record->doc.grounds());
    if (auto no = RefusalOf(call, session, record->doc, person->doc, *evidence, who, complaints, matter.delegation_id)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    if (auto no = story(matter)) return *no;
    v1::Restriction reply = AsReadBy(call.actor, Present(record->doc, session.now(), &person->doc));
    reply.set_consistency_token(BumpRevision(session, {record->doc.person_id()}));
    return reply;
  });
}

Outcome<v1::Restriction> DecideRestriction::SetLegalHold(const Call& call, const v1::SetLegalHoldRequest& request) {
  return Decide(call, request.id(), Who::kTeamLeader, [&](Matter& m) -> std::optional<Refusal> {
    if (!Said(request.reason())) return Invalid({{"UK GDPR art. 17(3)(e)", "reason", "Say why the record is held or released."}});
    const std::string before = m.doc.etag();
    if (request.hold()) {
      m.restrictions.PlaceHold(m.doc.id(), v1::Hold::Kind::LEGAL, "", request.reason());
    } else {
      m.restrictions.ReleaseHold(m.doc.id(), v1::Hold::Kind::LEGAL, "");
    }
    const v1::HistoryAction::Value word = request.hold() ? v1::HistoryAction::HELD : v1::HistoryAction::RELEASED;
    Note(m.session, m.doc, word, "UK GDPR art. 17(3)(e)", request.reason());
    m.restrictions.Save(m.record, word);
    m.restrictions.SyncHolds(m.doc);
    m.session.Audit(
        {"restriction.legal_hold", "restriction", m.doc.id(), "UK GDPR art. 17(3)(e)", m.doc.person_id(), before, m.doc.etag()});
    return std::nullopt;
  });
}

}  // namespace evenhand::restriction
