#include "services/notification/app/own_work.h"

#include <map>
#include <set>

#include "services/notification/app/closure_for.h"
#include "services/notification/app/tasks.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/task_store.h"
#include "services/notification/store/times.h"
#include "services/work/as_call.h"

namespace evenhand::notification {
namespace {

using work::v1::ListOwnWorkRequest;
using work::v1::ListOwnWorkResponse;

// What one call reads; whom it concerns is judged of each.
struct Waiting {
  struct Item {
    WorkItem shown;
    std::string person_id;
    bool own = false;  // addressed to the caller themselves
  };
  std::vector<Item> items;
  absl::Time now;

  void Add(WorkKind::Value kind, std::string title, const std::string& subject, std::optional<absl::Time> due, std::string href,
           const std::string& person_id, bool own = false) {
    items.push_back({ItemOf(kind, std::move(title), subject, due, std::move(href), now), person_id, own});
  }
};

std::optional<absl::Time> EndOfDay(const std::string& day) {
  const auto date = ParseDate(day);
  return date ? std::optional(EndOf(*date)) : std::nullopt;
}

void AddShares(Session& session, absl::Duration within, Waiting& waiting) {
  for (const v1::Notification& n : NotificationStore(session).ToBeAcknowledgedBy(session.actor().id)) {
    waiting.Add(WorkKind::SHARE, "Acknowledge what you were told", n.reference(), FromTimestamp(n.queued_at()) + within,
                "/v1/notifications/" + n.id(), n.person_id(), /*own=*/true);
  }
}

// A letter that waits for its address has a task as well: it is one thing to do, by the letter's own call.
void AddLettersAndTasks(Session& session, const std::optional<Call>& letters, const std::optional<Call>& tasks, Waiting& waiting) {
  std::map<std::string, std::string> due_of;  // letter → the day of its task
  std::vector<v1::Task> open;
  if (tasks) open = OpenTasks(session, ViewOf(*tasks));
  for (const v1::Task& task : open)
    if (task.kind() == v1::Task::Kind::CONFIRM_ADDRESS) due_of[task.letter_id()] = task.due_on();
  std::set<std::string> listed;
  if (letters) {
    for (const v1::Letter& letter : LettersToSeeTo(session, letters->actor.areas)) {
      listed.insert(letter.id());
      const bool printed = letter.state() == v1::Letter::State::PRINTED;
      waiting.Add(WorkKind::LETTER, printed ? "Print and post a letter" : "Confirm the address of a letter", letter.reference(),
                  EndOfDay(due_of[letter.id()]), "/v1/letters/" + letter.id(), letter.person_id());
    }
  }
  for (const v1::Task& task : open) {
    if (task.kind() == v1::Task::Kind::CONFIRM_ADDRESS && listed.contains(task.letter_id())) continue;
    waiting.Add(WorkKind::TASK, task.description(), task.service_area(), EndOfDay(task.due_on()), "/v1/tasks/" + task.id(),
                task.person_id());
  }
}

}  // namespace

Outcome<ListOwnWorkResponse> OwnWork(const Context& context, const Authority& authority, absl::Duration acknowledge_within,
                                     const Call& call, const ListOwnWorkRequest& request) {
  const auto shares = AsCallOf(call, authority, "evenhand.notification.v1.NotificationService/AcknowledgeNotification");
  const auto letters = AsCallOf(call, authority, "evenhand.notification.v1.LetterService/RecordPosted");
  const auto tasks = AsCallOf(call, authority, "evenhand.notification.v1.TaskService/CompleteTask");
  Waiting waiting;
  const auto found = context.unit_of_work.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    waiting.now = session.now();
    if (shares) AddShares(session, acknowledge_within, waiting);
    AddLettersAndTasks(session, letters, tasks, waiting);
    return true;
  });
  if (!found.ok()) return found.refusal();
  Closure closure = ClosureFor(context, call);
  std::vector<WorkItem> items;
  for (Waiting::Item& item : waiting.items) {
    const auto hidden = item.own ? Outcome<bool>(false) : closure.Hides(item.person_id);
    if (!hidden.ok()) return hidden.refusal();
    if (!*hidden) items.push_back(std::move(item.shown));
  }
  return PartOf(std::move(items), request);
}

}  // namespace evenhand::notification
