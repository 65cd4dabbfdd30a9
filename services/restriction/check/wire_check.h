// Puts the contact check together: index, follower, spool, RPCs.
#pragma once

#include "services/platform/rpc/service_main.h"

namespace evenhand::restriction {

void WireCheck(Platform& platform, Wiring& wiring);

}  // namespace evenhand::restriction
