#include "services/appeal/app/told.h"

#include <algorithm>

#include "services/appeal/app/change.h"
#include "services/appeal/app/deadline_view.h"
#include "services/appeal/store/calendar_store.h"
#include "services/platform/base/protection.h"

namespace evenhand::appeal {

void NoteToldInto(Session& session, v1::Appeal& appeal) {
  v1::Deadlines& days = *appeal.mutable_deadlines();
  const auto told = FindTold(session, appeal.decision_id());
  days.set_told_on(told ? told->told_on : "");
  // What this appeal was told of its own window is never shortened while it stands (a holiday that is taken out again).
  days.set_appeal_closes_on(told ? std::max(told->appeal_by, days.appeal_closes_on()) : "");
}

void WorkOutAgain(const Context& context, Session& session, const std::vector<std::string>& ids, const std::string& why) {
  AppealStore store(session);
  const WorkingDays calendar = CouncilCalendar(session);
  for (const std::string& id : ids) {
    auto appeal = store.Find(id, /*for_update=*/true);
    if (!appeal) continue;
    const std::string before = appeal->deadlines().SerializeAsString();
    NoteToldInto(session, *appeal);
    WorkOutDeadlines(*appeal, calendar, context.periods, session.now());
    SettleTimeliness(*appeal);
    if (appeal->deadlines().SerializeAsString() == before) continue;
    // Refused as too late, and it was not: nobody had been told. It is open again.
    const bool reopened = appeal->state() == State::REFUSED && appeal->timeliness() != v1::Appeal::Timeliness::LATE;
    if (reopened) {
      appeal->clear_refusal();
      SetState(*appeal, kResting);
    }
    AddToTimeline(*appeal, session, What::DEADLINES_WORKED_OUT_AGAIN, why);
    const std::string etag = appeal->etag();
    store.Save(*appeal);
    session.Audit({.action = "appeal.deadlines_worked_out",
                   .subject_kind = "appeal",
                   .subject_id = id,
                   .clause = "7.3",
                   .person_id = appeal->person_id(),
                   .before = etag,
                   .after = appeal->etag()});
    if (reopened) Announce<events::AppealReopened>(*appeal, session);
  }
}

namespace {

// Parked and alarmed, never passed over.
Refusal Unreadable(const events::v1::TellingRef& telling) {
  return Invalid({{"council rule", "telling", "It does not say when the decision " + telling.decision_id() + " was told."}});
}

std::string NameOf(notification::v1::Telling::How::Value how) { return notification::v1::Telling::How::Value_Name(how); }

std::optional<Refusal> HearTold(const Context& context, Session& session, const events::v1::NotificationTold& told) {
  const events::v1::TellingRef& telling = told.telling();
  const auto on = ParseDate(told.told_on());
  if (!on || telling.decision_id().empty()) return Unreadable(telling);
  const WorkingDays calendar = CouncilCalendar(session);
  const LocalDate told_on = ToldOn(calendar, context.periods, *on, telling.how() == notification::v1::Telling::How::POSTED);
  NoteTold(session, {.decision_id = telling.decision_id(),
                     .letter_id = telling.letter_id(),
                     .how = NameOf(telling.how()),
                     .restriction_id = telling.restriction_id(),
                     .on = told.told_on(),
                     .told_on = FormatDate(told_on),
                     .appeal_by = FormatDate(AppealBy(calendar, context.periods, told_on, ParseDate(told.promised_on())))});
  WorkOutAgain(context, session, AppealStore(session).OpenIds(telling.decision_id()),
               "The person counts as told from " + FormatDate(told_on) + ".");
  return std::nullopt;
}

std::optional<Refusal> HearUndone(const Context& context, Session& session, const events::v1::TellingRef& telling) {
  if (telling.decision_id().empty()) return Unreadable(telling);
  if (ProtectionOn(Protection::kToldUndone)) NoteToldUndone(session, telling.decision_id(), telling.letter_id(), NameOf(telling.how()));
  WorkOutAgain(context, session, AppealStore(session).OpenIds(telling.decision_id()),
               "The letter that told of the decision did not reach the person.");
  return std::nullopt;
}

// The record's time is over: what was said in its appeals goes with it, what is counted stays.
void Erase(Session& session, const std::string& kind, const std::string& id, const std::string& person_id) {
  const int erased = kind == "person" ? EraseAppeals(session, "", id) : EraseAppeals(session, id, "");
  if (erased == 0) return;
  session.Audit(
      {.action = "appeal.erased", .subject_kind = kind, .subject_id = id, .clause = "UK GDPR art. 5(1)(e)", .person_id = person_id});
}

}  // namespace

EventHandlers HandlersOfTold(const Context& context) {
  using namespace events;
  return HandlersOf<HeardByAppeal>(
      On<NotificationTold>(
          [&context](Session& session, const events::v1::NotificationTold& told) { return HearTold(context, session, told); }),
      On<NotificationToldUndone>([&context](Session& session, const events::v1::NotificationToldUndone& undone) {
        return HearUndone(context, session, undone.telling());
      }),
      // Two records of a person became one, or two again: their appeals are found under who they are now.
      On<PersonMerged>([](Session& session, const events::v1::PersonMerged& merged) -> std::optional<Refusal> {
        MoveAppeals(session, merged.person().person_id(), merged.merged_person_id());
        return std::nullopt;
      }),
      On<PersonUnmerged>([](Session& session, const events::v1::PersonUnmerged& unmerged) -> std::optional<Refusal> {
        ReturnAppeals(session, unmerged.person().person_id(), unmerged.merged_person_id());
        return std::nullopt;
      }),
      On<RestrictionErased>([](Session& session, const events::v1::RestrictionErased& erased) -> std::optional<Refusal> {
        Erase(session, "restriction", erased.restriction().restriction_id(), erased.restriction().person_id());
        return std::nullopt;
      }),
      On<PersonErased>([](Session& session, const events::v1::PersonErased& erased) -> std::optional<Refusal> {
        Erase(session, "person", erased.person().person_id(), erased.person().person_id());
        return std::nullopt;
      }));
}

}  // namespace evenhand::appeal
