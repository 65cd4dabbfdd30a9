// When the person was told of a decision, as the notification service reports: it opens the window, and a returned letter closes it.
#pragma once

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/app/context.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::appeal {

EventHandlers HandlersOfTold(const Context& context);

// The day the person was told of the decision under appeal and the last day to appeal it: nothing while they have not been told.
void NoteToldInto(Session& session, v1::Appeal& appeal);
// Open appeals whose deadlines may have moved (a told decision, a returned letter, a new holiday) are worked out again.
void WorkOutAgain(const Context& context, Session& session, const std::vector<std::string>& ids, const std::string& why);

}  // namespace evenhand::appeal
