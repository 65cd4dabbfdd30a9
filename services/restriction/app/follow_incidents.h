// What happens to incidents that a decision relies on is never silent: an urgent review opens for the senior manager; and where the
// incident was about somebody else, what rested on it alone, a restriction or an entry of the register, binds nobody until a senior manager
// has decided (scenarios 3 and 4, case A). Whose an incident is changes by a link, and by records that become one or two again.
#pragma once

#include "services/platform/outbox/inbox.h"
#include "services/restriction/app/evidence.h"
#include "services/restriction/store/markers.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {

// A decision that is another person's from now on: whether what it rests on is about them. `evidence`: what it names.
void FollowMoved(Session& session, RestrictionRecord& record, const Evidence& evidence);
void FollowMoved(Session& session, MarkerRecord& record, const Evidence& evidence);

// Handlers for the events of incident-service and appeal-service.
EventHandlers HandlersOfEvents(EvidenceSource& evidence);

}  // namespace evenhand::restriction
