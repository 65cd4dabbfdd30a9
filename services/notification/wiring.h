// The notification service put together; used by its executable and by its tests.
#pragma once

#include "services/platform/rpc/service_main.h"

namespace evenhand::notification {

std::span<const Migration> Migrations();
Wiring Wire(Platform& platform);
ServiceSpec Spec();

}  // namespace evenhand::notification
