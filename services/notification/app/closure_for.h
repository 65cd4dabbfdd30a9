// Messages, letters, shares and tasks are closed to whoever the case is closed to (12.4).
#pragma once

#include <string>

#include "services/closure/closure.h"
#include "services/notification/app/context.h"

namespace evenhand::notification {

inline Closure ClosureFor(const Context& context, const Call& call) {
  return Closure(context.unit_of_work, call, OwnCall("closure"),
                 [&context, &call](const std::string& person_id) { return context.peers.Person(call, person_id); });
}

}  // namespace evenhand::notification
