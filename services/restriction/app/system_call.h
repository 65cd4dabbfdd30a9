// What time brings is done by nobody's request: a call of the service's own.
#pragma once

#include <absl/time/clock.h>

#include "services/platform/rpc/call.h"

namespace evenhand::restriction {

inline Call SystemCall(const char* what) {
  Call call;
  call.actor.id = "system:restriction";
  call.peer = "restriction";
  call.method = what;
  call.deadline = absl::Now() + absl::Seconds(30);
  return call;
}

}  // namespace evenhand::restriction
