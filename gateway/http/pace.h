// How long bytes may take, in one direction: at least so many a second, with a pause now and then, and an end in any case. Time that we
// make the other side wait for us is not its own.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace evenhand::gateway {

// 64 kbit/s, the slowest line that anybody works over; what trickles slower holds a place that others need.
inline constexpr double kMinBytesPerSecond = 8 * 1024;

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // `pause`: what may pass without a byte, however quick it was before. `total`: from now to the last byte.
  void Begin(Clock::time_point now, Clock::duration pause, Clock::duration total) {
    pause_ = pause;
    late_at_ = now + pause;
    ends_at_ = total < Clock::time_point::max() - now ? now + total : Clock::time_point::max();
  }
  void Moved(Clock::time_point now, std::size_t bytes) {
    const std::chrono::duration<double> earned(static_cast<double>(bytes) / kMinBytesPerSecond);
    late_at_ = std::min(late_at_ + std::chrono::duration_cast<Clock::duration>(earned), now + pause_);
  }
  void StoodStill(Clock::duration time) {
    late_at_ += time;
    if (ends_at_ != Clock::time_point::max()) ends_at_ += time;
  }
  bool Late(Clock::time_point now) const { return now > late_at_ || now > ends_at_; }

 private:
  Clock::duration pause_{};
  Clock::time_point late_at_, ends_at_;
};

}  // namespace evenhand::gateway
