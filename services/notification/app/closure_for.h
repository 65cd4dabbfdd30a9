// Messages, letters, shares and tasks are closed to whoever the case is closed to (12.4).
#pragma once

#include <string>

#include "services/closure/closure.h"
#include "services/notification/app/context.h"

namespace evenhand::notification {

inline Closure ClosureFor(const Context& context, const Call& call) {
  return Closure(call.actor, [&context, &call](const auto& request) { return context.peers.Colleagues(call, request); });
}

}  // namespace evenhand::notification
