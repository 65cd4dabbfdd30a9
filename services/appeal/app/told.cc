#include "services/appeal/app/told.h"

#include <algorithm>

#include <absl/strings/str_split.h>

#include "services/appeal/app/change.h"
#include "services/appeal/app/deadline_view.h"
#include "services/appeal/store/calendar_store.h"
#include "services/closure/subject_store.h"

namespace evenhand::appeal {

void NoteToldInto(Session& session, v1::Appeal& appeal) {
  v1::Deadlines& days = *appeal.mutable_deadlines();
  const auto told = FindTold(session, appeal.decision_id());
  days.set_told_on(told ? told->told_on : "");
  // What this appeal was told of its own window is never shortened while it stands (a holiday that is taken out again).
  days.set_appeal_by(told ? std::max(told->appeal_by, days.appeal_by()) : "");
}

void WorkOutAgain(const Context& context, Session& session, const std::vector<std::string>& ids, const std::string& why) {
  AppealStore store(session);
  const WorkingDays calendar = LoadCalendar(session, context.calendar);
  for (const std::string& id : ids) {
    auto appeal = store.Find(id, /*for_update=*/true);
    if (!appeal) continue;
    const std::string before = appeal->deadlines().SerializeAsString();
    NoteToldInto(session, *appeal);
    WorkOutDeadlines(*appeal, calendar, context.periods, session.now());
    SettleTimeliness(*appeal);
    if (appeal->deadlines().SerializeAsString() == before) continue;
    // Refused as too late, and it was not: nobody had been told. It is open again.
    const bool reopened = StateOf(*appeal) == State::kRefused && appeal->timeliness() != v1::Appeal::Timeliness::LATE;
    if (reopened) {
      appeal->clear_refusal();
      SetState(*appeal, State::kResting);
    }
    AddToTimeline(*appeal, session, "DEADLINES_WORKED_OUT_AGAIN", why);
    const std::string etag = appeal->etag();
    store.Save(*appeal);
    session.Audit({.action = "appeal.deadlines_worked_out",
                   .subject_kind = "appeal",
                   .subject_id = id,
                   .clause = "7.3",
                   .person_id = appeal->person_id(),
                   .before = etag,
                   .after = appeal->etag()});
    if (reopened) Announce(*appeal, session, "appeal.reopened");
  }
}

namespace {

// Parked and alarmed, never passed over.
Refusal Unreadable(const IncomingEvent& event) {
  return Invalid({{"council rule", event.type, "It does not say what happened, or to whom."}});
}

// Every id under which the person was ever kept.
std::vector<std::string> IdsOf(const IncomingEvent& event) {
  std::vector<std::string> ids = absl::StrSplit(event.Get("personIds"), ',', absl::SkipEmpty());
  if (std::ranges::find(ids, event.Get("personId")) == ids.end()) ids.push_back(event.Get("personId"));
  return ids;
}

}  // namespace

EventHandlers HandlersOfTold(const Context& context) {
  EventHandlers handlers;
  handlers["notification.told"] = [&context](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
    const auto on = ParseDate(event.Get("on"));
    if (!on || event.Get("decisionId").empty()) return Unreadable(event);
    const WorkingDays calendar = LoadCalendar(session, context.calendar);
    const LocalDate told_on = ToldOn(calendar, context.periods, *on, event.Get("how") == "POSTED");
    NoteTold(session, {.decision_id = event.Get("decisionId"),
                       .letter_id = event.Get("letterId"),
                       .how = event.Get("how"),
                       .restriction_id = event.Get("restrictionId"),
                       .on = event.Get("on"),
                       .told_on = FormatDate(told_on),
                       .appeal_by = FormatDate(AppealBy(calendar, context.periods, told_on, ParseDate(event.Get("promised"))))});
    WorkOutAgain(context, session, AppealStore(session).OpenIds(event.Get("decisionId")),
                 "The person counts as told from " + FormatDate(told_on) + ".");
    return std::nullopt;
  };
  handlers["notification.told_undone"] = [&context](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
    if (event.Get("decisionId").empty()) return Unreadable(event);
    NoteToldUndone(session, event.Get("decisionId"), event.Get("letterId"), event.Get("how"));
    WorkOutAgain(context, session, AppealStore(session).OpenIds(event.Get("decisionId")),
                 "The letter that told of the decision did not reach the person.");
    return std::nullopt;
  };
  // Two records of a person became one, or two again: their appeals are found under who they are now.
  for (const char* type : {"person.merged", "person.unmerged"}) {
    handlers[type] = [](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
      const std::string survivor = event.Get("personId"), other = event.Get("mergedPersonId");
      if (survivor.empty() || other.empty()) return Unreadable(event);
      event.type == "person.merged" ? MoveAppeals(session, survivor, other) : ReturnAppeals(session, survivor, other);
      return std::nullopt;
    };
  }
  // The record's time is over: what was said in its appeals goes with it, what is counted stays.
  for (const char* type : {"restriction.erased", "person.erased"}) {
    handlers[type] = [](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
      const bool of_person = event.type == "person.erased";
      int erased = of_person ? 0 : EraseAppeals(session, event.Get("restrictionId"), "");
      for (const std::string& id : of_person ? IdsOf(event) : std::vector<std::string>{}) {
        erased += EraseAppeals(session, "", id);
        KeepSubject(session, id, {});
      }
      if (erased > 0) {
        session.Audit({.action = "appeal.erased",
                       .subject_kind = of_person ? "person" : "restriction",
                       .subject_id = event.thing,
                       .clause = "12.1",
                       .person_id = event.Get("personId")});
      }
      return std::nullopt;
    };
  }
  return handlers;
}

}  // namespace evenhand::appeal
