// How much one client may ask in a minute. Generous by default: it is there for the loop that went wild, not for the busy CRM.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include "gateway/http/response.h"

namespace evenhand::gateway {

class RateLimit {
 public:
  explicit RateLimit(std::uint32_t per_minute);  // 0: off

  struct Verdict {
    bool allowed = true;
    std::uint32_t remaining = 0;
    std::uint32_t reset_seconds = 0;
  };
  // Counts one request of `client` at `now` (seconds since the epoch).
  Verdict Take(const std::string& client, std::int64_t now);

  bool on() const { return per_minute_ > 0; }
  // draft-ietf-httpapi-ratelimit-headers, and the three older names that most clients know.
  void Describe(const Verdict& verdict, Response* response) const;

 private:
  struct Window {
    std::atomic<std::uint64_t> minute_and_count{0};  // minute << 32 | count
  };
  // Clients of the last minutes; forgotten together when there are too many.
  static constexpr std::size_t kClients = 100'000;

  Window& WindowOf(const std::string& client);

  const std::uint32_t per_minute_;
  const std::string limit_, policy_;  // as the headers say them
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<Window>> windows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::gateway
