// What happens to incidents that a decision relies on is never silent: an urgent review opens for the senior manager; and where the
// incident was about somebody else, what rested on it alone binds nobody until a senior manager has decided, and an entry of the register
// ends (scenarios 3 and 4, case A).
#pragma once

#include "services/platform/outbox/inbox.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

// Handlers for the events of incident-service and appeal-service.
EventHandlers HandlersOfEvents(EvidenceSource& evidence);

}  // namespace evenhand::restriction
