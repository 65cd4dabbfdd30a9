// How many telephone numbers, addresses and references one subject may ask about in an hour, by role: the register is no list to be walked
// through (policy 12.4). Handles count, not requests: a batch of a thousand is a thousand questions. Each gateway counts for itself.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "gateway/windows.h"
#include "services/platform/auth/actor.h"

namespace evenhand::gateway {

class HandleLimit {
 public:
  // "employee=1000, crm=600000": handles an hour by role; 0 is without end, and a role that is not named has the employee's. Throws where
  // that can't be read.
  HandleLimit(std::string_view limits, std::size_t threads);

  struct Verdict {
    bool allowed = true;  // else none of them is answered
    std::uint32_t most = 0;
    std::uint32_t reset_seconds = 0;
  };
  Verdict Take(std::size_t thread, const Actor& actor, std::size_t handles, std::int64_t now);

  // For the alert: how near the busiest subject is to its limit, and how often one was refused.
  double LargestShare(std::int64_t now) const { return windows_.LargestShare(now); }
  double refused() const { return static_cast<double>(refused_.load(std::memory_order_relaxed)); }

 private:
  std::uint32_t MostOf(const Actor& actor) const;  // of several roles the most generous counts

  std::array<std::uint32_t, kRoleCount> most_{};
  Windows windows_;
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace evenhand::gateway
