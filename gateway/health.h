// /readyz: true only when every service behind says SERVING (grpc.health.v1) and the gateway is not draining.
#pragma once

#include <memory>

#include "gateway/call/upstreams.h"

namespace evenhand::gateway {

// Asks all services at once and replies; nobody waits longer than a second.
void AnswerReady(Upstreams& upstreams, bool draining, const std::shared_ptr<Exchange>& exchange);

}  // namespace evenhand::gateway
