#include "services/notification/app/context.h"

namespace evenhand::notification {

Call OwnCall(const std::string& why) {
  Call call;
  call.actor.id = "system:notification";
  call.actor.name = "notification-service";
  call.peer = "notification";
  call.method = why;
  call.deadline = absl::Now() + absl::Seconds(10);
  return call;
}

}  // namespace evenhand::notification
