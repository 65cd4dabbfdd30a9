// What happens to incidents that a decision relies on is never silent: an urgent review opens for the senior manager; and where the
// incident was about somebody else, what rested on it alone, a restriction or an entry of the register, binds nobody until a senior manager
// has decided (scenarios 3 and 4, case A). Whose an incident is changes by a link, and by records that become one or two again.
#pragma once

#include <set>
#include <string>

#include "services/platform/outbox/inbox.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

// The incidents that the person's restrictions and entries rest on.
std::set<std::string> EvidenceOfPerson(Session& session, const std::string& person_id);

// Each of them looked at again: the person's records became one, or two again. The person is locked; the caller bumps the revision.
void FollowPerson(Session& session, const std::string& person_id, const Evidence& evidence);

// Handlers for the events of incident-service and appeal-service.
EventHandlers HandlersOfEvents(EvidenceSource& evidence);

}  // namespace evenhand::restriction
