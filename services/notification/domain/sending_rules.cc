#include "services/notification/domain/sending_rules.h"

#include <algorithm>
#include <cmath>

namespace evenhand::notification {
namespace {

constexpr int kFailuresToOpen = 5;
constexpr absl::Duration kFirstOpen = absl::Seconds(5);
constexpr absl::Duration kLongestOpen = absl::Minutes(5);

}  // namespace

std::optional<absl::Duration> PauseAfter(const RetryPolicy& policy, int attempts, absl::Duration since_queued, double random) {
  if (policy.lasting ? since_queued >= *policy.lasting : attempts >= policy.attempts) return std::nullopt;
  const absl::Duration most = std::min(policy.longest, policy.first * std::pow(2.0, std::max(attempts - 1, 0)));
  return most / 2 + most / 2 * random;
}

void CircuitBreaker::Succeeded() {
  failures_ = 0;
  pause_ = absl::ZeroDuration();
  open_until_ = absl::InfinitePast();
}

void CircuitBreaker::Failed(absl::Time now) {
  if (++failures_ < kFailuresToOpen) return;
  pause_ = pause_ == absl::ZeroDuration() ? kFirstOpen : std::min(pause_ * 2, kLongestOpen);
  open_until_ = now + pause_;
  failures_ = kFailuresToOpen - 1;  // one try goes through; it decides
}

int RateLimit::Take(int wanted, absl::Time now) {
  if (per_second_ <= 0) return wanted;
  if (last_ != absl::InfinitePast()) tokens_ = std::min(per_second_, tokens_ + absl::ToDoubleSeconds(now - last_) * per_second_);
  last_ = now;
  const int taken = std::min(wanted, static_cast<int>(tokens_));
  tokens_ -= taken;
  return taken;
}

}  // namespace evenhand::notification
