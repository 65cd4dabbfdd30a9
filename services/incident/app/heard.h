// What other services tell incident-service.
#pragma once

#include "services/platform/outbox/inbox.h"

namespace evenhand::incident {

EventHandlers HandlersOfHeard();

}  // namespace evenhand::incident
