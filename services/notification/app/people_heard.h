// Two records of people become one, and two again; a person dies, or did not; a record's time is over. Letters, messages and tasks follow,
// as incidents do.
#pragma once

#include "services/notification/app/context.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

// Each is kept as an occasion beside.
EventHandlers HandlersOfPeople(const Context& context);

}  // namespace evenhand::notification
