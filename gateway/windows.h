// How much each client has taken within a period of the clock. A busy client is found without a lock: each thread keeps where it stands.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

namespace evenhand::gateway {

class Windows {
 public:
  Windows(std::chrono::seconds period, std::size_t threads) : period_(period.count()), near_(threads) {}

  struct Taken {
    bool allowed = true;  // else nothing was taken
    std::uint32_t before = 0, after = 0;
    std::uint32_t reset_seconds = 0;
  };
  // `many` for `client`, of `most` in a period, on the thread of this number at `now` (seconds since the epoch).
  Taken Take(std::size_t thread, const std::string& client, std::uint32_t many, std::uint32_t most, std::int64_t now);

  // The largest share of its `most` that a client has taken in the period of `now`.
  double LargestShare(std::int64_t now) const;

 private:
  struct Window {
    std::atomic<std::uint64_t> period_and_count{0};  // period << 32 | count
    std::atomic<std::uint32_t> most{0};
  };
  using Known = absl::flat_hash_map<std::string, std::shared_ptr<Window>>;
  // Clients of the last periods; forgotten together when there are too many.
  static constexpr std::size_t kClients = 100'000;

  Window& WindowOf(std::size_t thread, const std::string& client);

  const std::int64_t period_;
  std::vector<Known> near_;
  mutable absl::Mutex mutex_;
  Known windows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::gateway
