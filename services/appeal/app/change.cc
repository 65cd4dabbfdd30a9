#include "services/appeal/app/change.h"

#include "services/appeal/app/deadline_view.h"
#include "services/appeal/app/open_appeal.h"
#include "services/appeal/store/calendar_store.h"

namespace evenhand::appeal {

void AddToTimeline(v1::Appeal& appeal, Session& session, const std::string& what, const std::string& note, const std::string& clause) {
  v1::TimelineEntry& entry = *appeal.add_timeline();
  *entry.mutable_at() = ToTimestamp(session.now());
  entry.set_by(session.actor().id);
  entry.set_what(what);
  entry.set_note(note);
  entry.set_clause(clause);
  *appeal.mutable_updated_at() = ToTimestamp(session.now());
}

void Announce(const v1::Appeal& appeal, Session& session, const std::string& event) {
  OutgoingEvent out{.type = event,
                    .thing = appeal.id(),
                    .attributes = {{"appealId", appeal.id()},
                                   {"appealReference", appeal.reference()},
                                   {"restrictionId", appeal.restriction_id()},
                                   {"decisionId", appeal.decision_id()},
                                   {"personId", appeal.person_id()},
                                   {"serviceArea", appeal.service_area()},
                                   {"assignee", appeal.assignee()},
                                   {"state", v1::Appeal::State::Value_Name(appeal.state())}}};
  if (appeal.has_decision()) out.attributes["outcome"] = v1::Decision::Outcome::Value_Name(appeal.decision().outcome());
  session.Emit(out);
}

Outcome<v1::Appeal> Change(const Context& context, const Call& call, const std::string& id, const Step& step) {
  if (auto no = RefusalToOpen(context, call, id)) return *no;
  return context.unit_of_work.Write<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    AppealStore store(session);
    auto found = store.Find(id, /*for_update=*/true);
    if (!found) return NotFound("appeal");
    v1::Appeal& appeal = *found;
    if (auto no = call.RefusalIn(appeal.service_area())) return *no;
    if (step.conflict) {
      if (Refusals no = step.conflict(appeal); !no.empty()) return NotPermitted(std::move(no));
    }
    if (auto no = call.StaleAgainst(appeal.etag())) return *no;
    if (step.content) {
      if (Refusals no = step.content(appeal, session.now()); !no.empty()) return Invalid(std::move(no));
    }
    const auto next = Next(StateOf(appeal), step.action);
    if (!next)
      return Conflict("WRONG_STATE", "7.3",
                      "The appeal is " + v1::Appeal::State::Value_Name(appeal.state()) + "; this can't be done to it now.");
    if (step.done_already && step.done_already(appeal))
      return Conflict("WRONG_STATE", "7.3", "This has been done already, and the person has heard.");
    const std::string before = appeal.etag();
    const bool was_refused = StateOf(appeal) == State::kRefused;
    if (step.apply) step.apply(appeal, session.now());
    SetState(appeal, *next);
    WorkOutDeadlines(appeal, LoadCalendar(session, context.calendar), context.periods, session.now(), step.fresh_deadlines);
    SettleTimeliness(appeal);
    AddToTimeline(appeal, session, step.what, step.note);
    store.Save(appeal);
    if (step.fresh_deadlines) store.ForgetAlarms(appeal.id());
    session.Audit({.action = step.event,
                   .subject_kind = "appeal",
                   .subject_id = appeal.id(),
                   .clause = "7.3",
                   .person_id = appeal.person_id(),
                   .before = before,
                   .after = appeal.etag()});
    Announce(appeal, session, step.event);
    // It is open again, so that its record is kept and the person hears that it is looked at after all.
    if (was_refused) Announce(appeal, session, "appeal.reopened");
    return appeal;
  });
}

}  // namespace evenhand::appeal
