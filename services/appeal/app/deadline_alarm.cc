#include "services/appeal/app/deadline_alarm.h"

#include "services/appeal/app/change.h"
#include "services/appeal/app/deadline_view.h"
#include "services/appeal/store/calendar_store.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::appeal {

void AnnounceMissedDeadlines(const Context& context) {
  static prometheus::Counter& counted =
      CounterNamed("evenhand_appeal_deadlines_missed_total", "Acknowledgements and decisions of appeals that became overdue");
  static prometheus::Gauge& open = GaugeNamed("evenhand_appeals_open", "Appeals still to be decided");
  static prometheus::Gauge& overdue = GaugeNamed("evenhand_appeals_overdue", "Open appeals with a deadline that has passed");
  static prometheus::Gauge& known =
      GaugeNamed("evenhand_calendar_known_days", "Days from today whose holidays are in the council's calendar");
  const Call call = OwnCall("deadlines");
  int announced = 0;
  (void)context.unit_of_work.Write<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    announced = 0;
    AppealStore store(session);
    for (const auto& [id, kind] : store.MissedDeadlines(FormatDate(DateOf(session.now())))) {
      auto appeal = store.Find(id, /*for_update=*/true);
      if (!appeal) continue;
      store.NoteAlarm(id, kind);
      if (kind == "ACKNOWLEDGE") {
        Announce<events::AppealAcknowledgementOverdue>(*appeal, session);
      } else {
        Announce<events::AppealDecisionOverdue>(*appeal, session);
      }
      ++announced;
    }
    const auto [waiting, late] = store.CountOpen(FormatDate(DateOf(session.now())));
    open.Set(waiting);
    overdue.Set(late);
    const WorkingDays calendar = CouncilCalendar(session);
    const LocalDate today = DateOf(session.now());
    known.Set(calendar.known_until() ? static_cast<double>(*calendar.known_until() - today) : 0);
    if (announced == 0) return NotFound("deadline that was missed");  // a look that found nothing writes nothing
    return v1::Appeal();
  });
  counted.Increment(announced);
}

void EndWaits(const Context& context) {
  (void)context.unit_of_work.Write<v1::Appeal>(OwnCall("waits"), [&](Session& session) -> Outcome<v1::Appeal> {
    AppealStore store(session);
    const LocalDate today = DateOf(session.now());
    int ended = 0;
    for (const std::string& id : store.AwaitingInformation()) {
      auto appeal = store.Find(id, /*for_update=*/true);
      if (!appeal || appeal->state() != State::INFORMATION_REQUESTED) continue;
      WorkOutDeadlines(*appeal, CouncilCalendar(session), context.periods, session.now());
      if (IsAwaited(*appeal, today) && appeal->deadlines().clock_stopped()) continue;
      const std::string before = appeal->etag();
      SetState(*appeal, *Next(State::INFORMATION_REQUESTED, Action::kEndWait));
      WorkOutDeadlines(*appeal, CouncilCalendar(session), context.periods, session.now());
      SettleTimeliness(*appeal);
      AddToTimeline(*appeal, session, What::WAIT_ENDED, "No answer came in its time; the clock runs on.", "council rule");
      store.Save(*appeal);
      session.Audit({.action = "appeal.wait_ended",
                     .subject_kind = "appeal",
                     .subject_id = id,
                     .clause = "7.3",
                     .person_id = appeal->person_id(),
                     .before = before,
                     .after = appeal->etag()});
      Announce<events::AppealWaitEnded>(*appeal, session);
      ++ended;
    }
    if (ended == 0) return NotFound("wait that has ended");  // a look that found nothing writes nothing
    return v1::Appeal();
  });
}

}  // namespace evenhand::appeal
