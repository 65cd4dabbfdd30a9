// Bytes that the gateway holds for others, all connections together: limits of one connection alone have no limit of their product. What
// would go beyond is refused, so that whoever asks for little is always answered. A quarter of it is one subject's at most.
#pragma once

#include <cstdint>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

namespace evenhand::gateway {

class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : all_(bytes), each_(bytes / 4) {}

  enum class Room { kThere, kOwnerHasNone, kNone };

  std::uint64_t held() const;

 private:
  friend class Held;

  Room Take(const std::string& owner, std::uint64_t bytes, bool whatever);
  void Give(const std::string& owner, std::uint64_t bytes);

  const std::uint64_t all_, each_;
  mutable absl::Mutex mutex_;
  std::uint64_t held_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, std::uint64_t> by_owner_ ABSL_GUARDED_BY(mutex_);
};

// What one connection holds of a budget; given back when it goes.
class Held {
 public:
  explicit Held(Budget* budget) : budget_(budget) {}  // null: there is no budget
  ~Held() { Set("", 0); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  // From now on `bytes`, for `owner`. `whatever`: they are there already, and are counted in any case.
  Budget::Room Set(const std::string& owner, std::uint64_t bytes, bool whatever = false);
  std::uint64_t bytes() const { return bytes_; }

 private:
  Budget* const budget_;
  std::string owner_;
  std::uint64_t bytes_ = 0;
};

}  // namespace evenhand::gateway
