// Whose letters, messages and tasks are: they follow a merge, and what moved goes back when the records are parted again.
#pragma once

#include <string>

#include "services/platform/pg/session.h"

namespace evenhand::notification {

void MoveToSurvivor(Session& session, const std::string& survivor, const std::string& merged);
void MoveBack(Session& session, const std::string& survivor, const std::string& merged);

// Messages and tasks that name them no more; how many.
int EraseMentions(Session& session, const std::string& restriction_id, const std::string& person_id);

}  // namespace evenhand::notification
