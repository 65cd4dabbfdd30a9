#include "services/restriction/app/suspend_restriction.h"

#include "services/platform/base/local_date.h"
#include "services/restriction/app/story.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

void Resume(Session& session, RestrictionRecord& record, const std::string& why) {
  v1::Restriction& doc = record.doc;
  const Transition* t = FindTransition(doc.state(), Action::kResume);
  const std::string before = doc.etag();
  doc.set_state(t->to);
  Note(session, doc, v1::HistoryAction::RESUMED, t->clause, why);
  Restrictions restrictions(session);
  restrictions.Save(record, v1::HistoryAction::RESUMED);
  restrictions.FillGaps(doc.person_id());
  Tell<events::RestrictionResumed>(session, doc, t->clause, before);
}

}  // namespace

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
  HoldOnAfter(session, doc);
}

void BindAgain(Session& session, RestrictionRecord& record) {
  v1::Restriction& doc = record.doc;
  if (StateOf(doc, session.now()) != State::IN_FORCE || !doc.has_suspended_at()) return;
  doc.clear_suspended_at();
  doc.clear_open_review();
  Resume(session, record, "It is confirmed again that what it rests on is about the person.");
}

void HoldOnAfter(Session& session, const v1::Restriction& wrong) {
  Restrictions restrictions(session);
  for (const std::string& id : restrictions.SupersededBy(wrong.id())) {
    auto record = restrictions.FindForUpdate(id);
    v1::Restriction& doc = record->doc;
    const auto last_day = ParseDate(doc.ends_on());
    if (last_day && session.now() >= EndOf(*last_day)) continue;
    doc.clear_ended_at();
    doc.clear_superseded_by();
    doc.clear_retention_ends_on();
    Resume(session, *record, wrong.reference() + ", which held the same, binds nobody any more.");
  }
}

}  // namespace evenhand::restriction
