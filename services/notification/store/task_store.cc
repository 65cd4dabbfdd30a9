#include "services/notification/store/task_store.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "services/notification/store/notification_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

std::vector<v1::Task> Documents(const pqxx::result& rows) {
  std::vector<v1::Task> tasks;
  for (const auto& row : rows) tasks.push_back(FromDocument<v1::Task>(row[0].c_str()));
  return tasks;
}

}  // namespace

bool InsertTask(Session& session, v1::Task& task, const std::string& once, const TaskGuard& guard) {
  task.set_id(NewUuid());
  task.set_etag(EtagOf(1));
  return session.sql()
             .exec_params(
                 "insert into task (id, version, state, kind, service_area, due_on, letter_id, restriction_id, notification_id, person_id, "
                 "once, document, created_at, updated_at, appeal_id, marker_id, circle, kept_from, of_appeal) "
                 "values ($1, 1, $2, $3, $4, nullif($5, '')::date, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16::text[], $17) on "
                 "conflict do "
                 "nothing",
                 task.id(), v1::Task::State::Value_Name(task.state()), v1::Task::Kind::Value_Name(task.kind()), task.service_area(),
                 task.due_on(), task.letter_id(), task.restriction_id(), task.notification_id(), task.person_id(), once, ToDocument(task),
                 FormatInstant(session.now()), task.appeal_id(), task.marker_id(), guard.circle, TextArray(guard.kept_from),
                 guard.of_appeal)
             .affected_rows() == 1;
}

TaskGuard GuardOf(Session& session, const std::string& id) {
  if (!IsUuid(id)) return {};
  const auto rows = session.sql().exec_params(
      "select circle, of_appeal, coalesce(array_to_string(kept_from, E'\n'), '') from task where id = $1::uuid", id);
  if (rows.empty()) return {};
  TaskGuard guard{.circle = rows[0][0].c_str(), .kept_from = {}, .of_appeal = rows[0][1].as<bool>()};
  for (const absl::string_view staff : absl::StrSplit(rows[0][2].c_str(), '\n', absl::SkipEmpty())) guard.kept_from.emplace_back(staff);
  return guard;
}

std::optional<v1::Task> FindTask(Session& session, const std::string& id, bool for_update) {
  if (!IsUuid(id)) return std::nullopt;
  const auto tasks = Documents(
      session.sql().exec_params(absl::StrCat("select document from task where id = $1::uuid", for_update ? " for update" : ""), id));
  if (tasks.empty()) return std::nullopt;
  return tasks.front();
}

void SaveTask(Session& session, v1::Task& task) {
  const std::int64_t version = std::stoll(task.etag().substr(1)) + 1;
  task.set_etag(EtagOf(version));
  session.sql().exec_params("update task set version = $2, state = $3, document = $4, updated_at = $5 where id = $1", task.id(), version,
                            v1::Task::State::Value_Name(task.state()), ToDocument(task), FormatInstant(session.now()));
}

std::vector<v1::Task> ListTasks(Session& session, const v1::ListTasksRequest& w, const TaskView& view, std::string& next) {
  const Page page = PageOf(w.page());
  const auto state = w.state() == v1::Task::State::STATE_UNSPECIFIED ? v1::Task::State::OPEN : w.state();
  auto tasks = Documents(session.sql().exec_params(
      "select document from task where state = $1 and ($2 = '' or kind = $2) and ($3 = '' or restriction_id = $3) and ($4 = '' or "
      "person_id = standing($4)) "
      "and ((circle = '' and ($5::text[] is null or service_area = any($5) or (of_appeal and $10))) or (circle <> '' and $9)) and not $11 "
      "= any(kept_from) and ($6 = '' or id > nullif($6, "
      "'')::uuid) and ($8 = '' or appeal_id = $8) and ($12 = '' or service_area = $12) and (not $13 or (state = 'OPEN' and due_on < "
      "$14::date)) order by id "
      "limit $7",
      v1::Task::State::Value_Name(state),
      w.kind() == v1::Task::Kind::KIND_UNSPECIFIED ? std::string() : v1::Task::Kind::Value_Name(w.kind()), w.restriction_id(),
      w.person_id(), view.areas ? TextArray(*view.areas).c_str() : static_cast<const char*>(nullptr), page.after, page.one_more(),
      w.appeal_id(), view.circle, view.appeals, view.staff_id, w.service_area(), w.late(), FormatDate(DateOf(session.now()))));
  next = CutToPage(tasks, page, [](const v1::Task& last) { return last.id(); });
  return tasks;
}

std::vector<v1::Task> OpenTasks(Session& session, const TaskView& view) {
  v1::ListTasksRequest all;
  all.mutable_page()->set_page_size(kLargestPage);
  std::vector<v1::Task> open;
  do {
    std::string next;
    for (v1::Task& task : ListTasks(session, all, view, next)) open.push_back(std::move(task));
    all.mutable_page()->set_page_token(next);
  } while (!all.page().page_token().empty());
  return open;
}

std::vector<v1::Task> OpenTasksWith(Session& session, const std::string& column, const std::string& value, const std::string& of) {
  return Documents(session.sql().exec_params(
      absl::StrCat("select document from task where state = 'OPEN' and ", column, " = $1 and ($2 = '' or once like $2 || '/%') for update"),
      value, of));
}

}  // namespace evenhand::notification
