// An operator's look at the outbox of one service: what waits, what is parked, and sending it again.
#pragma once

#include <string>
#include <string_view>

#include "services/platform/config/settings.h"

namespace evenhand {

// Without `id`: one JSON object a line. With an id of a parked event, or "all": makes it due at once. The exit code.
int OutboxCommand(const Settings& settings, const std::string& schema, std::string_view id);

}  // namespace evenhand
