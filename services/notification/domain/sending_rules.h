// When a message is tried again, when a provider is left alone, and how fast it may be asked.
#pragma once

#include <optional>

#include <absl/time/time.h>

namespace evenhand::notification {

// Exponential back-off with jitter, and an end.
struct RetryPolicy {
  absl::Duration first = absl::Seconds(2);
  absl::Duration longest = absl::Minutes(30);
  int attempts = 12;  // 32 to 64 minutes; far longer while a circuit is open, when one message at a time tries
  // Where it is set, the time counts and not the attempts: a receiver may be away for a weekend.
  std::optional<absl::Duration> lasting;
};
// After the `attempts`th failure of what was queued so long ago; nothing: it is given up. `random` in [0, 1).
std::optional<absl::Duration> PauseAfter(const RetryPolicy& policy, int attempts, absl::Duration since_queued, double random);

// Leaves a provider alone after failures in a row, then lets one try through. Not thread-safe: its owner locks.
class CircuitBreaker {
 public:
  bool Allows(absl::Time now) const { return now >= open_until_; }
  bool holding_back(absl::Time now) const { return !Allows(now); }
  void Succeeded();
  void Failed(absl::Time now);

 private:
  int failures_ = 0;
  absl::Duration pause_ = absl::ZeroDuration();
  absl::Time open_until_ = absl::InfinitePast();
};

// So many messages a second, with a burst of one second's worth.
class RateLimit {
 public:
  explicit RateLimit(double per_second) : per_second_(per_second), tokens_(per_second) {}
  // How many of `wanted` may go now; they are taken.
  int Take(int wanted, absl::Time now);

 private:
  double per_second_;
  double tokens_;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace evenhand::notification
