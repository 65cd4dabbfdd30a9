// /readyz: whether this gateway takes calls. That is its own matter (the identity provider's keys are known, it is not draining) and
// restriction-service's, without which no contact is checked; how the others are is told beside it. A load balancer that took the gateway
// away because notification-service restarts would take the checks away too.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "gateway/call/upstreams.h"

namespace evenhand::gateway {

struct OwnState {
  bool draining = false;
  bool knows_keys = false;
};

class Readiness {
 public:
  explicit Readiness(Upstreams& upstreams);

  // Asks every service that owes no answer (grpc.health.v1). The first time before any I/O thread runs: connections and gRPC's threads are
  // there before the first request, and those threads are the caller's children, not those of a thread that is kept on one processor.
  void Ask();
  // Asks again when it is time to; by one thread.
  void Sweep(std::chrono::steady_clock::time_point now);

  // Of what is known by now: nobody waits for a service that does not answer.
  Response Answer(OwnState own) const;

 private:
  struct Service {
    std::string name;
    std::atomic<bool> serving{false}, asked{false};
  };

  Upstreams& upstreams_;
  std::vector<std::shared_ptr<Service>> services_;  // by name; an answer may come when all else is gone
  std::chrono::steady_clock::time_point asked_at_;
};

}  // namespace evenhand::gateway
