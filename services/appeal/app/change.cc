#include "services/appeal/app/change.h"

#include <absl/strings/str_join.h>

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

void AddToTimeline(v1::Appeal& appeal, Session& session, const std::string& what, const std::string& note, const std::string& clause) {
  v1::TimelineEntry& entry = *appeal.add_timeline();
  *entry.mutable_at() = ToTimestamp(session.now());
  entry.set_by(session.actor().id);
  entry.set_what(what);
  entry.set_note(note);
  entry.set_clause(clause);
  *appeal.mutable_updated_at() = ToTimestamp(session.now());
}

void Announce(const v1::Appeal& appeal, Session& session, const std::string& event, const std::string& incidents) {
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
  if (!incidents.empty()) out.attributes["incidentIds"] = incidents;
  if (appeal.has_decision()) out.attributes["outcome"] = v1::Decision::Outcome::Value_Name(appeal.decision().outcome());
  session.Emit(out);
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
    const WorkingDays calendar = LoadCalendar(session, context.calendar);
    if (step.content) {
      if (Refusals no = step.content(appeal, session.now(), calendar); !no.empty()) return Invalid(std::move(no));
    }
    const auto next = Next(StateOf(appeal), step.action);
    if (!next)
      return Conflict("WRONG_STATE", "7.3",
                      "The appeal is " + v1::Appeal::State::Value_Name(appeal.state()) + "; this can't be done to it now.");
    if (step.out_of_turn) {
      if (const std::string why = step.out_of_turn(appeal); !why.empty()) return Conflict("WRONG_STATE", "7.3", why);
    }
    const std::string before = appeal.etag();
    const bool was_refused = StateOf(appeal) == State::kRefused;
    if (step.apply) step.apply(appeal, session.now(), calendar);
    appeal.set_person_id(facts.person_id());  // whose record the restriction is by now
    SetState(appeal, *next);
    WorkOutDeadlines(appeal, calendar, context.periods, session.now(), step.fresh_deadlines);
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
    const std::string incidents = absl::StrJoin(facts.incident_ids(), ",");
    Announce(appeal, session, step.event, incidents);
    // It is open again, so that its record is kept and the person hears that it is looked at after all.
    if (was_refused) Announce(appeal, session, "appeal.reopened", incidents);
    return appeal;
  });
}

}  // namespace evenhand::appeal
