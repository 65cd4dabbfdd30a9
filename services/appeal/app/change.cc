#include "services/appeal/app/change.h"

#include "services/appeal/app/deadline_view.h"
#include "services/appeal/app/open_appeal.h"
#include "services/appeal/app/parts.h"
#include "services/appeal/store/calendar_store.h"

namespace evenhand::appeal {
namespace {

bool IsHeardBy(Action action) {
  return action == Action::kAcceptLate || action == Action::kRefuse || action == Action::kDecide || action == Action::kDecideNoChange;
}

// Asked of every step, before it looks at anything else (7.3): the caller's own part, the hearer's, and whose appeal it is by now.
Refusals Barred(Session& session, const Call& call, const v1::Appeal& appeal, const Step& step, const Parts& parts) {
  Refusals no = RefusalsOfConflict(step.action, call.actor.id, parts, "");
  if (!no.empty()) return no;
  if (IsHeardBy(step.action) && !appeal.assignee().empty() && appeal.assignee() != call.actor.id) {
    return {{"council rule", "",
             "This appeal was given to " + appeal.assignee() + ", who hears it. Give it to somebody else first where that is needed."}};
  }
  if (step.hearer.empty()) return no;
  no = RefusalsOfConflict(Action::kHear, step.hearer, parts, "assignee");
  const auto director = step.hearer == call.actor.id ? call.actor.Has(Role::kStrategicDirector) : SeenAsDirector(session, step.hearer);
  if (director && !*director) no.push_back({"7.3", "assignee", "An appeal is heard by a strategic director; " + step.hearer + " is none."});
  return no;
}

}  // namespace

void AddToTimeline(v1::Appeal& appeal, Session& session, What::Value what, const std::string& note, const std::string& clause) {
  v1::TimelineEntry& entry = *appeal.add_timeline();
  *entry.mutable_at() = ToTimestamp(session.now());
  entry.set_by(session.actor().id);
  entry.set_what(what);
  entry.set_note(note);
  entry.set_clause(clause);
  *appeal.mutable_updated_at() = ToTimestamp(session.now());
}

events::AppealFacts KnownOf(const v1::Appeal& appeal, const Incidents& incidents) {
  events::AppealFacts known{.appeal_id = appeal.id(),
                            .appeal_reference = appeal.reference(),
                            .restriction_id = appeal.restriction_id(),
                            .decision_id = appeal.decision_id(),
                            .person_id = appeal.person_id(),
                            .service_area = appeal.service_area(),
                            .state = appeal.state(),
                            .incident_ids = std::vector<std::string>(incidents.begin(), incidents.end())};
  if (!appeal.assignee().empty()) known.assignee = appeal.assignee();
  if (appeal.has_decision()) known.outcome = appeal.decision().outcome();
  return known;
}

void NoteStep(const v1::Appeal& appeal, Session& session, std::string_view action, const std::string& before) {
  session.Audit({.action = std::string(action),
                 .subject_kind = "appeal",
                 .subject_id = appeal.id(),
                 .clause = "7.3",
                 .person_id = appeal.person_id(),
                 .before = before,
                 .after = appeal.etag()});
}

Outcome<v1::Appeal> Change(const Context& context, const Call& call, const std::string& id, const Step& step) {
  if (auto no = RefusalToOpen(context, call, id)) return *no;
  restriction::v1::DecisionFacts facts;
  if (step.facts != nullptr) {
    facts = *step.facts;
  } else {
    auto asked = FactsOfDecision(context, call, id);  // without them nobody knows who is barred: nothing is done
    if (!asked.ok()) return asked.refusal();
    facts = *std::move(asked);
  }
  return context.unit_of_work.Write<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    AppealStore store(session);
    auto found = store.Find(id, /*for_update=*/true);
    if (!found) return NotFound("appeal");
    v1::Appeal& appeal = *found;
    if (auto no = call.RefusalIn(appeal.service_area())) return *no;
    if (Refusals no = Barred(session, call, appeal, step, PartsIn(facts)); !no.empty()) return NotPermitted(std::move(no));
    NoteSeen(session, call.actor.id, call.actor.Has(Role::kStrategicDirector));
    if (auto no = call.StaleAgainst(appeal.etag())) return *no;
    const WorkingDays calendar = CouncilCalendar(session);
    if (step.content) {
      if (Refusals no = step.content(appeal, session.now(), calendar); !no.empty()) return Invalid(std::move(no));
    }
    const auto next = Next(appeal.state(), step.action);
    if (!next)
      return Conflict(ErrorReason::WRONG_STATE, "council rule",
                      "The appeal is " + AppealState::Value_Name(appeal.state()) + "; this can't be done to it now.");
    if (step.out_of_turn) {
      if (const std::string why = step.out_of_turn(appeal); !why.empty()) return Conflict(ErrorReason::WRONG_STATE, "council rule", why);
    }
    const std::string before = appeal.etag();
    const bool was_refused = appeal.state() == State::REFUSED;
    if (step.apply) step.apply(appeal, session.now(), calendar);
    appeal.set_person_id(facts.person_id());  // whose record the restriction is by now
    SetState(appeal, *next);
    WorkOutDeadlines(appeal, calendar, context.periods, session.now(), step.fresh_deadlines);
    SettleTimeliness(appeal);
    AddToTimeline(appeal, session, step.what, step.note);
    store.Save(appeal);
    if (step.fresh_deadlines) store.ForgetAlarms(appeal.id());
    step.tell(appeal, session, before, facts.incident_ids());
    // It is open again, so that its record is kept and the person hears that it is looked at after all.
    if (was_refused) Announce<events::AppealReopened>(appeal, session, facts.incident_ids());
    return appeal;
  });
}

}  // namespace evenhand::appeal
