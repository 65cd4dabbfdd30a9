// Tasks in the schema "notification".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/task_service.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

bool InsertTask(Session& session, v1::Task& task, const std::string& once);
std::optional<v1::Task> FindTask(Session& session, const std::string& id, bool for_update = false);
void SaveTask(Session& session, v1::Task& task);
std::vector<v1::Task> ListTasks(Session& session, const v1::ListTasksRequest& request, const std::optional<std::vector<std::string>>& areas,
                                std::string& next);
std::vector<v1::Task> OpenTasksWith(Session& session, const std::string& column, const std::string& value);

}  // namespace evenhand::notification
