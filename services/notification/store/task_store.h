// Tasks in the schema "notification".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/task_service.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

// Who sees a task, beside those of its area.
struct TaskGuard {
  std::string circle;                  // the clause of a closed circle whose people alone see it, or ""
  std::vector<std::string> kept_from;  // it is about what they decided: they neither see it nor complete it
  bool of_appeal = false;              // strategic directors of every area see it too
};
bool InsertTask(Session& session, v1::Task& task, const std::string& once, const TaskGuard& guard);
// Of a task that is there.
TaskGuard GuardOf(Session& session, const std::string& id);
std::optional<v1::Task> FindTask(Session& session, const std::string& id, bool for_update = false);
void SaveTask(Session& session, v1::Task& task);

// Which tasks a caller sees: those of these service areas (nothing: of all), and those of closed circles or not.
struct TaskView {
  std::optional<std::vector<std::string>> areas;
  bool circle = false;
  bool appeals = false;  // late appeals of every area
  std::string staff_id;  // what is kept from them stays out
};
std::vector<v1::Task> ListTasks(Session& session, const v1::ListTasksRequest& request, const TaskView& view, std::string& next);
// All of them that are open.
std::vector<v1::Task> OpenTasks(Session& session, const TaskView& view);
std::vector<v1::Task> OpenTasksWith(Session& session, const std::string& column, const std::string& value, const std::string& of = "");

}  // namespace evenhand::notification
