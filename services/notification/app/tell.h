// Who is told of what, occasion by occasion.
#pragma once

#include "services/notification/app/facts.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

// Queues every message that the occasion asks for; in the transaction that marks it done.
void TellStaff(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

}  // namespace evenhand::notification
