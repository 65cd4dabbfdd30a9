// What a person has to do before a message can go, or because it did not arrive.
#pragma once

#include "evenhand/notification/v1/task_service.pb.h"
#include "services/notification/app/context.h"
#include "services/notification/store/task_store.h"

namespace evenhand::notification {

struct NewTask {
  v1::Task::Kind::Value kind;
  std::string description;
  std::string service_area;
  LocalDate due_on;
  std::string letter_id, restriction_id, notification_id, person_id;
  std::string once;  // what it is for, "occasion/id"; the same twice is one task
  std::string appeal_id, marker_id;
  std::string circle;                       // the clause of a closed circle, whose people alone see it
  std::vector<std::string> kept_from = {};  // who decided what it is about
  bool of_appeal = false;                   // late: strategic directors of every area see it
};
void OpenTask(Session& session, const NewTask& task);

// Overtaken: the person died, the restriction ended, the share was acknowledged after all.
// `of`: only those of this occasion.
void CloseTasks(Session& session, const std::string& column, const std::string& value, const std::string& why, const std::string& of = "");

// All of a restriction but what its appeals ask for: they are answered whatever became of it. Letters of its decisions that waited stop.
void CloseTasksOfEnded(Session& session, const std::string& restriction_id, const std::string& why);

TaskView ViewOf(const Call& call);

Outcome<v1::ListTasksResponse> ListTasks(const Context& context, const Call& call, const v1::ListTasksRequest& request);
Outcome<v1::Task> GetTask(const Context& context, const Call& call, const v1::GetTaskRequest& request);
Outcome<v1::Task> CompleteTask(const Context& context, const Call& call, const v1::CompleteTaskRequest& request);

}  // namespace evenhand::notification
