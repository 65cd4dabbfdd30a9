#include "services/appeal/app/told.h"

#include "services/appeal/app/change.h"
#include "services/appeal/app/deadline_view.h"
#include "services/appeal/store/calendar_store.h"

namespace evenhand::appeal {

void WorkOutAgain(const Context& context, Session& session, const std::vector<std::string>& ids, const std::string& why) {
  AppealStore store(session);
  const WorkingDays calendar = LoadCalendar(session, context.calendar);
  for (const std::string& id : ids) {
    auto appeal = store.Find(id, /*for_update=*/true);
    if (!appeal) continue;
    const std::string before = appeal->deadlines().SerializeAsString();
    if (const auto told = FindTold(session, appeal->decision_id())) {
      appeal->mutable_deadlines()->set_told_on(told->told_on);
      if (told->told_on.empty()) appeal->mutable_deadlines()->clear_appeal_by();
    }
    WorkOutDeadlines(*appeal, calendar, context.periods, session.now());
    SettleTimeliness(*appeal);
    if (appeal->deadlines().SerializeAsString() == before) continue;
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
  }
}

EventHandlers HandlersOfTold(const Context& context) {
  EventHandlers handlers;
  handlers["notification.told"] = [&context](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
    const auto told_on = ParseDate(event.Get("toldOn"));
    if (!told_on) return std::nullopt;
    const LocalDate appeal_by = LoadCalendar(session, context.calendar).Add(*told_on, context.periods.to_appeal);
    NoteTold(session, event.Get("decisionId"), event.Get("restrictionId"), event.Get("toldOn"), FormatDate(appeal_by));
    WorkOutAgain(context, session, AppealStore(session).OpenIds(event.Get("decisionId")),
                 "The person was told on " + event.Get("toldOn") + ".");
    return std::nullopt;
  };
  handlers["notification.letter_returned"] = [&context](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
    NoteReturned(session, event.Get("decisionId"), event.Get("restrictionId"));
    WorkOutAgain(context, session, AppealStore(session).OpenIds(event.Get("decisionId")),
                 "The letter that told of the decision came back.");
    return std::nullopt;
  };
  // The record's time is over: what was said in its appeals goes with it, what is counted stays.
  for (const char* type : {"restriction.erased", "person.erased"}) {
    handlers[type] = [](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
      const bool of_person = event.type == "person.erased";
      const int erased = EraseAppeals(session, of_person ? "" : event.Get("restrictionId"), of_person ? event.Get("personId") : "");
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
