// incident-service put together: what it serves, hears, tells and does in the background.
#pragma once

#include "services/platform/rpc/service_main.h"

namespace evenhand::incident {

ServiceSpec Spec();

}  // namespace evenhand::incident
