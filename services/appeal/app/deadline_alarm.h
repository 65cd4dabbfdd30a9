// Acknowledgements and decisions that are overdue: announced once each, and counted for the monitoring. Waits that have their end.
#pragma once

#include "services/appeal/app/context.h"

namespace evenhand::appeal {

void AnnounceMissedDeadlines(const Context& context);
// A question that nobody answered in its time: the clock of the decision runs on.
void EndWaits(const Context& context);

}  // namespace evenhand::appeal
