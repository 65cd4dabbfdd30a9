#include "services/restriction/app/apply_appeal_outcome.h"

#include "services/platform/base/local_date.h"
#include "services/platform/pg/document.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/suspend_restriction.h"
#include "services/restriction/app/terms.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

using Request = v1::ApplyAppealOutcomeRequest;
using Reply = v1::ApplyAppealOutcomeResponse;

// As Note, but by the director who heard the appeal.
void NoteOf(Session& session, v1::Restriction& doc, const Request& request, v1::HistoryAction::Value action,
            const std::string& decision_id = "") {
  Note(session, doc, action, "7.3", request.reason(), decision_id);
  auto* entry = doc.mutable_history(doc.history_size() - 1);
  if (!request.decided_by().empty()) entry->set_by(request.decided_by());
  entry->set_through("appeal-service");
}

std::optional<Reply> AppliedBefore(Session& session, const std::string& appeal_id) {
  const auto rows = session.sql().exec_params("select reply::text from appeal_effect where appeal_id = $1", appeal_id);
  if (rows.empty()) return std::nullopt;
  Reply reply = FromDocument<Reply>(rows[0][0].as<std::string>());
  reply.set_repeated(true);
  return reply;
}

void Overturn(Session& session, Restrictions& restrictions, RestrictionRecord& record, const Request& request, Reply& reply) {
  const std::string before = record.doc.etag();
  if (record.doc.has_open_review()) {
    reply.set_review_superseded(true);
    NoteOf(session, record.doc, request, v1::HistoryAction::REVIEW_SUPERSEDED);
  }
  EndWith(session, record.doc, State::OVERTURNED, session.now());
  NoteOf(session, record.doc, request, v1::HistoryAction::OVERTURNED);
  restrictions.Save(record, v1::HistoryAction::OVERTURNED);
  restrictions.FillGaps(record.doc.person_id());
  Tell<events::RestrictionOverturned>(session, record.doc, "7.3", before, request.decision_id());
  HoldOnAfter(session, record.doc);
  reply.set_result(AppealResult::OVERTURNED);
}

std::optional<Refusal> Vary(Session& session, Restrictions& restrictions, RestrictionRecord& record, const v1::Person& person,
                            const Request& request, Reply& reply) {
  const v1::Terms& terms = request.variation();
  if (auto no = FaultsOfTerms(session, record.doc, person, terms); !no.empty()) return Invalid(std::move(no));
  const std::string before = record.doc.etag();
  ExpireDue(session, record.doc.person_id(), 100);  // what has ended makes room at its instant, swept or not
  if (auto refusal = TakeTerms(session, record.doc, terms)) return refusal;
  v1::Decision decision;
  decision.set_kind(DecisionKind::APPEAL_VARIATION);
  decision.set_decided_by(request.decided_by());
  decision.set_clause("7.3");
  decision.set_reason(request.reason());
  decision.set_appeal_id(request.appeal_id());
  const std::string id = restrictions.Decide(record.doc, std::move(decision)).id();
  if (record.doc.has_open_review()) {
    reply.set_review_superseded(true);
    record.doc.clear_open_review();
    NoteOf(session, record.doc, request, v1::HistoryAction::REVIEW_SUPERSEDED);
  }
  NoteOf(session, record.doc, request, v1::HistoryAction::VARIED_BY_APPEAL, id);
  restrictions.Save(record, v1::HistoryAction::VARIED_BY_APPEAL);
  restrictions.FillGaps(record.doc.person_id());
  Tell<events::RestrictionVaried>(session, record.doc, "7.3", before, id);
  reply.set_result(AppealResult::VARIED);
  reply.set_decision_id(id);
  return std::nullopt;
}

}  // namespace

Outcome<Reply> AppealEffect::operator()(const Call& call, const Request& request) {
  if (request.appeal_id().empty() || request.outcome() == 0)
    return Invalid({{"council rule", "appealId", "Name the appeal and its outcome."}});
  return work_.Write<Reply>(call, [&](Session& session) -> Outcome<Reply> {
    Restrictions restrictions(session);
    const auto seen = restrictions.Find(request.restriction_id());
    if (!seen) return NotFound("restriction");
    const auto person = People(session).FindForUpdate(seen->doc.person_id());
    auto record = restrictions.FindForUpdate(request.restriction_id());
    if (auto before = AppliedBefore(session, request.appeal_id())) return *before;  // asked under the lock: twice at once is once
    Reply reply;
    const bool in_force = StateOf(record->doc, session.now()) == State::IN_FORCE;
    if (request.outcome() == AppealOutcome::NOT_UPHELD) {
      reply.set_result(AppealResult::UNCHANGED);
    } else if (!in_force) {
      reply.set_result(AppealResult::ALREADY_ENDED);
    } else if (request.outcome() == AppealOutcome::UPHELD) {
      Overturn(session, restrictions, *record, request, reply);
    } else if (auto refusal = Vary(session, restrictions, *record, person->doc, request, reply)) {
      return *refusal;
    }
    reply.set_changed(reply.result() == AppealResult::OVERTURNED || reply.result() == AppealResult::VARIED);
    restrictions.ReleaseHold(record->doc.id(), v1::Hold::Kind::APPEAL_OPEN, request.appeal_id());
    reply.set_state(Present(record->doc, session.now()).state());
    session.Audit({"restriction.appeal_applied", "restriction", record->doc.id(), "7.3", record->doc.person_id(), request.appeal_id(),
                   record->doc.etag()});
    reply.set_consistency_token(BumpRevision(session, {record->doc.person_id()}));
    session.sql().exec_params("insert into appeal_effect (appeal_id, restriction_id, applied_at, reply) values ($1, $2, $3, $4)",
                              request.appeal_id(), record->doc.id(), FormatInstant(session.now()), ToDocument(reply));
    return reply;
  });
}

}  // namespace evenhand::restriction
