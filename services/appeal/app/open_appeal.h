// Who may open an appeal at all: before anything else of it is looked at.
#pragma once

#include <optional>
#include <string>

#include "services/appeal/app/context.h"
#include "services/closure/closure.h"

namespace evenhand::appeal {

Closure ClosureFor(const Context& context, const Call& call);

// 404, 403 of the area and 403 of the closure (12.4).
std::optional<Refusal> RefusalToOpen(const Context& context, const Call& call, const std::string& appeal_id);

}  // namespace evenhand::appeal
