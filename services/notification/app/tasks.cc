#include "services/notification/app/tasks.h"

#include <algorithm>

#include "services/notification/app/closure_for.h"
#include "services/notification/app/letter_steps.h"
#include "services/notification/app/letters.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/task_store.h"
#include "services/notification/store/times.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"

namespace evenhand::notification {
namespace {

void ShowAsOfNow(Session& session, v1::Task& task) {
  const auto due = ParseDate(task.due_on());
  task.set_late(task.state() == v1::Task::State::OPEN && due && DateOf(session.now()) > *due);
}

std::optional<Refusal> RefusalToOpen(const Context& context, const Call& call, const std::string& id) {
  auto found = context.unit_of_work.Read<v1::Task>(call, [&](Session& session) -> Outcome<v1::Task> {
    auto task = FindTask(session, id);
    if (!task) return NotFound("task");
    const TaskView view = ViewOf(call);
    const TaskGuard guard = GuardOf(session, id);
    if (std::ranges::find(guard.kept_from, call.actor.id) != guard.kept_from.end())
      return NotPermitted("council rule", "It is about what you decided; somebody else sees to it.");
    if (!guard.circle.empty()) {
      if (!view.circle) return NotPermitted("12.7", "This goes no further than those who act for the colleague.");
      return *task;
    }
    if (guard.of_appeal && view.appeals) return *task;
    if (view.areas && std::ranges::find(*view.areas, task->service_area()) == view.areas->end()) {
      if (auto no = call.RefusalIn(task->service_area())) return *no;
      return NotPermitted("12.4", "Only those who manage the case see this task.");
    }
    return *task;
  });
  if (!found.ok()) return found.refusal();
  return ClosureFor(context, call).RefusalOf(found->person_id());
}

// What completing it sets going: a letter made by hand counts as told; a decided escalation ends its share.
void Follow(const Context& context, Session& session, const v1::Task& task) {
  if (task.kind() == v1::Task::Kind::PRODUCE_FORMAT) LetterMadeByHand(context, session, task.letter_id(), task.outcome());
  // Settled without the post: it is not sent (again), and says so.
  if (task.kind() == v1::Task::Kind::LETTER_REFUSED || task.kind() == v1::Task::Kind::RETURNED_LETTER)
    StopLetter(session, task.letter_id(), task.outcome());
  if (task.kind() != v1::Task::Kind::ESCALATED_SHARE) return;
  NotificationStore store(session);
  auto share = store.Find(task.notification_id(), /*for_update=*/true);
  if (!share) return;
  share->mutable_escalation()->set_decision(task.outcome());
  share->mutable_escalation()->set_decided_by(session.actor().id);
  *share->mutable_escalation()->mutable_decided_at() = ToTimestamp(session.now());
  store.Move(*share, Signal::kResolve, task.outcome());
}

}  // namespace

// A closed circle's tasks are for those of 12.6 and auditors; all others for those who manage the case.
TaskView ViewOf(const Call& call) {
  const Actor& actor = call.actor;
  TaskView view{.areas = std::nullopt, .circle = false, .appeals = actor.Has(Role::kStrategicDirector), .staff_id = actor.id};
  view.circle = actor.Has(Role::kHrBusinessPartner) || actor.Has(Role::kCommunicationsLead) || actor.Has(Role::kAuditor);
  if (!actor.Has(Role::kAuditor) && !actor.Has(Role::kAdministrator))
    view.areas = actor.RanksAtLeast(Role::kTeamLeader) ? actor.areas : std::vector<std::string>{};
  return view;
}

void OpenTask(Session& session, const NewTask& wanted) {
  v1::Task task;
  task.set_state(v1::Task::State::OPEN);
  task.set_kind(wanted.kind);
  task.set_description(wanted.description);
  task.set_service_area(wanted.service_area);
  task.set_due_on(FormatDate(wanted.due_on));
  task.set_letter_id(wanted.letter_id);
  task.set_restriction_id(wanted.restriction_id);
  task.set_notification_id(wanted.notification_id);
  task.set_person_id(wanted.person_id);
  task.set_appeal_id(wanted.appeal_id);
  task.set_marker_id(wanted.marker_id);
  *task.mutable_created_at() = ToTimestamp(session.now());
  InsertTask(session, task, wanted.once, {.circle = wanted.circle, .kept_from = wanted.kept_from, .of_appeal = wanted.of_appeal});
}

void CloseTasks(Session& session, const std::string& column, const std::string& value, const std::string& why, const std::string& of) {
  for (v1::Task& task : OpenTasksWith(session, column, value, of)) {
    task.set_state(v1::Task::State::CLOSED);
    task.set_outcome(why);
    SaveTask(session, task);
  }
}

void CloseTasksOfEnded(Session& session, const std::string& restriction_id, const std::string& why) {
  for (v1::Task& task : OpenTasksWith(session, "restriction_id", restriction_id, "")) {
    const auto letter = task.letter_id().empty() ? std::nullopt : FindLetter(session, task.letter_id());
    const bool of_appeal = !task.appeal_id().empty() || (letter && !letter->letter.appeal_id().empty());
    if (of_appeal) continue;
    task.set_state(v1::Task::State::CLOSED);
    task.set_outcome(why);
    SaveTask(session, task);
    if (letter) StopWhatWaitsFor(session, task.letter_id(), why);
  }
}

Outcome<v1::ListTasksResponse> ListTasks(const Context& context, const Call& call, const v1::ListTasksRequest& request) {
  if (auto no = RefusalOfPosition(PageOf(request.page()))) return *no;
  auto listed = context.unit_of_work.Read<v1::ListTasksResponse>(call, [&](Session& session) -> Outcome<v1::ListTasksResponse> {
    v1::ListTasksResponse reply;
    for (v1::Task& task : ListTasks(session, request, ViewOf(call), *reply.mutable_next_page_token())) {
      ShowAsOfNow(session, task);
      *reply.add_tasks() = std::move(task);
    }
    return reply;
  });
  if (!listed.ok()) return listed;
  v1::ListTasksResponse reply = *std::move(listed);
  if (auto no = KeepOpenOnes(context, call, *reply.mutable_tasks())) return *no;
  return reply;
}

Outcome<v1::Task> GetTask(const Context& context, const Call& call, const v1::GetTaskRequest& request) {
  if (auto no = RefusalToOpen(context, call, request.id())) return *no;
  return context.unit_of_work.Read<v1::Task>(call, [&](Session& session) -> Outcome<v1::Task> {
    auto task = FindTask(session, request.id());
    if (!task) return NotFound("task");
    ShowAsOfNow(session, *task);
    return *task;
  });
}

Outcome<v1::Task> CompleteTask(const Context& context, const Call& call, const v1::CompleteTaskRequest& request) {
  if (auto no = RefusalToOpen(context, call, request.id())) return *no;
  return context.unit_of_work.Write<v1::Task>(call, [&](Session& session) -> Outcome<v1::Task> {
    auto task = FindTask(session, request.id(), /*for_update=*/true);
    if (!task) return NotFound("task");
    if (auto no = call.StaleAgainst(task->etag())) return *no;
    if (request.outcome().empty()) return Invalid({{"council rule", "outcome", "Say what was done."}});
    if (task->state() != v1::Task::State::OPEN)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "This task is not open any more.");
    if (task->kind() == v1::Task::Kind::CONFIRM_ADDRESS || task->kind() == v1::Task::Kind::LETTER_UNACCOUNTED) {
      const std::string letter = "/v1/letters/" + task->letter_id();
      return Conflict(
          ErrorReason::WRONG_STATE, "council rule",
          task->kind() == v1::Task::Kind::CONFIRM_ADDRESS
              ? "Confirm the address at " + letter + ":confirmAddress, or say at " + letter +
                    ":recordTold how else they were told; the task is done with it."
              : "Say at " + letter + ":recordPosted that it went, or send it again by " + letter + ":retry; the task is done with it.");
    }
    task->set_state(v1::Task::State::DONE);
    task->set_outcome(request.outcome());
    task->set_completed_by(call.actor.id);
    *task->mutable_completed_at() = ToTimestamp(session.now());
    SaveTask(session, *task);
    Follow(context, session, *task);
    session.Audit(
        {.action = "task.completed", .subject_kind = "task", .subject_id = task->id(), .clause = "12.5", .person_id = task->person_id()});
    return *task;
  });
}

}  // namespace evenhand::notification
