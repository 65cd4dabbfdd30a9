// Circuit breakers and rate limits of all providers; one recipient that is stuck holds up nobody else.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include "services/notification/domain/sending_rules.h"
#include "services/notification/send/sent.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::notification {

// Messages a second; 0 for no limit.
struct Rates {
  double smtp = 0;
  double webhook = 0;  // each receiver
  double letters = 0;
};

class Providers {
 public:
  explicit Providers(const Rates& rates);

  std::vector<std::string> HeldNow(absl::Time now);
  // It failed at the last try: one message at a time tries it.
  bool IsDoubtful(const std::string& provider);
  bool HoldsBack(const std::string& provider, absl::Time now);
  // Waits its turn when the provider's rate is used up.
  void AwaitTurn(const std::string& provider);
  void Note(const std::string& provider, const Sent& sent, absl::Time now);

 private:
  struct One {
    CircuitBreaker breaker = {};
    RateLimit limit;
    bool failed_last = false;
    prometheus::Gauge* open = nullptr;  // for the providers that are shown by name
    prometheus::Counter* failures = nullptr;
  };
  One& Find(const std::string& provider) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Rates rates_;
  absl::Mutex mutex_;
  std::map<std::string, One> providers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::notification
