// /readyz: true only when every service behind says SERVING (grpc.health.v1), the identity provider's keys are known, and the gateway is
// not draining.
#pragma once

#include <memory>

#include "gateway/call/upstreams.h"

namespace evenhand::gateway {

// Asks every service once, whatever it answers: connections and gRPC's threads are there before the first request, and those threads are
// the caller's children, not those of an I/O thread that is kept on one processor.
void AskEveryone(Upstreams& upstreams);

struct OwnState {
  bool draining = false;
  bool knows_keys = false;
};

// Asks all services at once and replies; nobody waits longer than a second.
void AnswerReady(Upstreams& upstreams, OwnState own, const std::shared_ptr<Exchange>& exchange);

}  // namespace evenhand::gateway
