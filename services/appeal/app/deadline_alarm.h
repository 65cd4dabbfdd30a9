// Acknowledgements and decisions that are overdue: announced once each, and counted for the monitoring.
#pragma once

#include "services/appeal/app/context.h"

namespace evenhand::appeal {

void AnnounceMissedDeadlines(const Context& context);

}  // namespace evenhand::appeal
