#include "services/appeal/app/own_work.h"

#include "services/appeal/app/deadline_view.h"
#include "services/appeal/app/open_appeal.h"
#include "services/appeal/app/parts.h"
#include "services/appeal/store/appeal_store.h"
#include "services/appeal/store/calendar_store.h"
#include "services/work/as_call.h"

namespace evenhand::appeal {
namespace {

using work::v1::ListOwnWorkRequest;
using work::v1::ListOwnWorkResponse;

std::optional<absl::Time> EndOfDay(const std::string& day) {
  const auto date = ParseDate(day);
  return date ? std::optional(EndOf(*date)) : std::nullopt;
}

// What the caller does next with an appeal, by the tables of roles and of conflicts.
struct Step {
  const char* title;
  Action action;
  std::string due_on;
};

// By what it says itself; its conflicts are asked afterwards.
std::optional<Step> StepOf(const v1::Appeal& appeal, const Call& call, const Authority& authority) {
  const auto may = [&](std::string_view rpc) {
    const auto as = AsCallOf(call, authority, rpc);
    return as && !as->RefusalIn(appeal.service_area());
  };
  const v1::Deadlines& due = appeal.deadlines();
  const bool acknowledged = appeal.has_acknowledged_at();
  const bool late = appeal.state() == AppealState::LATE;
  const std::string decide_by = acknowledged || due.acknowledge_due_on().empty() ? due.decide_due_on() : due.acknowledge_due_on();
  if (appeal.assignee() == call.actor.id && may("evenhand.appeal.v1.AppealService/DecideAppeal"))
    return Step{late ? "Decide whether a late appeal is taken on" : "Decide on an appeal", Action::kHear, decide_by};
  if (appeal.assignee().empty() && may("evenhand.appeal.v1.AppealService/AssignAppeal"))
    return Step{"Give an appeal to a director", Action::kAssign, decide_by};
  // Whose area it is acknowledges it; a director who may do so anywhere is not asked to everywhere.
  if (!acknowledged && call.actor.WorksIn(appeal.service_area()) && may("evenhand.appeal.v1.AppealService/AcknowledgeAppeal"))
    return Step{"Acknowledge an appeal", Action::kAcknowledge, due.acknowledge_due_on()};
  return std::nullopt;
}

struct Waiting {
  v1::Appeal appeal;
  Step step;
};

std::vector<Waiting> WaitingFor(const Context& context, Session& session, const Authority& authority, const Call& reads) {
  std::optional<std::vector<std::string>> areas;
  if (!InEveryArea(*reads.rule, reads.actor)) areas = reads.actor.areas;
  const WorkingDays calendar = CouncilCalendar(session);
  std::vector<Waiting> waiting;
  for (v1::Appeal& appeal : AppealStore(session).Undecided(areas)) {
    WorkOutDeadlines(appeal, calendar, context.periods, session.now());
    if (const auto step = StepOf(appeal, reads, authority)) waiting.push_back({std::move(appeal), *step});
  }
  return waiting;
}

}  // namespace

Outcome<ListOwnWorkResponse> OwnWork(const Context& context, const Authority& authority, const Call& call,
                                     const ListOwnWorkRequest& request) {
  const auto reads = AsCallOf(call, authority, "evenhand.appeal.v1.AppealService/GetAppeal");
  if (!reads) return ListOwnWorkResponse();
  absl::Time now;
  std::vector<Waiting> waiting;
  const auto found = context.unit_of_work.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    now = session.now();
    waiting = WaitingFor(context, session, authority, *reads);
    return true;
  });
  if (!found.ok()) return found.refusal();
  Closure closure = ClosureFor(context, call);
  std::vector<WorkItem> items;
  for (const auto& [appeal, step] : waiting) {
    const auto hidden = closure.Hides(appeal.person_id());
    if (!hidden.ok()) return hidden.refusal();
    if (*hidden) continue;
    const auto facts = context.restrictions.Facts(call, appeal.restriction_id(), appeal.decision_id());
    if (!facts.ok()) return facts.refusal();
    if (!RefusalsOfConflict(step.action, call.actor.id, PartsIn(*facts), "").empty()) continue;
    items.push_back(ItemOf(WorkKind::APPEAL, step.title, appeal.reference(), EndOfDay(step.due_on), "/v1/appeals/" + appeal.id(), now));
  }
  return PartOf(std::move(items), request);
}

}  // namespace evenhand::appeal
