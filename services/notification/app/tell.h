// Who is told of what, occasion by occasion.
#pragma once

#include "services/notification/app/facts.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

// Whether an occasion of this type tells anybody; if not, no facts are asked for it.
bool TellsStaff(const std::string& type);

// Queues every message that the occasion asks for; in the transaction that marks it done.
void TellStaff(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

}  // namespace evenhand::notification
