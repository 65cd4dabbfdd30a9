#include "services/restriction/app/suspend_restriction.h"

#include "services/restriction/app/story.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {

void StopBinding(Session& session, RestrictionRecord& record, const std::string& incident) {
  v1::Restriction& doc = record.doc;
  const Transition* t = FindTransition(StateOf(doc, session.now()), Action::kSuspend);
  if (t == nullptr || doc.has_suspended_at()) return;
  const std::string before = doc.etag();
  Restrictions restrictions(session);
  restrictions.EndMeasures(doc.id(), session.now());
  *doc.mutable_suspended_at() = ToProto(session.now());
  auto* review = doc.mutable_open_review();
  review->set_cause(ReviewCause::PERSON_UNLINKED);
  review->set_urgent(true);
  review->set_incident_id(incident);
  *review->mutable_opened_at() = ToProto(session.now());
  *review->mutable_due_at() = ToProto(session.now() + kDecideWithin);
  Note(session, doc, v1::HistoryAction::SUSPENDED, t->clause,
       "Nothing it rests on is confirmed to be about the person any more. A senior manager decides.");
  restrictions.Save(record, v1::HistoryAction::SUSPENDED);
  restrictions.FillGaps(doc.person_id());
  Tell<events::RestrictionSuspended>(session, doc, t->clause, before);
}

void BindAgain(Session& session, RestrictionRecord& record) {
  v1::Restriction& doc = record.doc;
  const Transition* t = FindTransition(StateOf(doc, session.now()), Action::kResume);
  if (t == nullptr || !doc.has_suspended_at()) return;
  const std::string before = doc.etag();
  doc.clear_suspended_at();
  doc.clear_open_review();
  Note(session, doc, v1::HistoryAction::RESUMED, t->clause, "It is confirmed again that what it rests on is about the person.");
  Restrictions restrictions(session);
  restrictions.Save(record, v1::HistoryAction::RESUMED);
  restrictions.FillGaps(doc.person_id());
  Tell<events::RestrictionResumed>(session, doc, t->clause, before);
}

}  // namespace evenhand::restriction
