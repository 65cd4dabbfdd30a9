// Two records of people become one, and two again; a person dies, or did not; a record's time is over. Letters, messages and tasks follow,
// as incidents do.
#pragma once

#include "services/notification/app/context.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

// What has to happen at once, not when its turn comes. Each is kept as an occasion beside.
std::optional<Refusal> HearOfPeople(const Context& context, Session& session, const IncomingEvent& event);

}  // namespace evenhand::notification
