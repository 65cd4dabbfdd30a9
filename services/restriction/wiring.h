// Puts the service together: stores and use cases behind their doors, sweeps, what it listens to.
#pragma once

#include "services/platform/rpc/service_main.h"

namespace evenhand::restriction {

Wiring Wire(Platform& platform);

}  // namespace evenhand::restriction
