#include "gateway/rate_limit.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

namespace evenhand::gateway {

RateLimit::RateLimit(std::uint32_t per_minute)
    : per_minute_(per_minute), limit_(std::to_string(per_minute)), policy_("\"client\";q=" + limit_ + ";w=60") {}

RateLimit::Window& RateLimit::WindowOf(const std::string& client) {
  // A busy client's window is found without the lock: one look into this thread's own map.
  thread_local absl::flat_hash_map<std::string, std::shared_ptr<Window>> near;
  thread_local const RateLimit* near_of = nullptr;
  if (near_of != this || near.size() > kClients / 10) near.clear(), near_of = this;
  if (const auto known = near.find(client); known != near.end()) return *known->second;
  absl::MutexLock lock(&mutex_);
  if (windows_.size() > kClients) windows_.clear();
  auto& window = windows_[client];
  if (window == nullptr) window = std::make_shared<Window>();
  return *near.emplace(client, window).first->second;
}

RateLimit::Verdict RateLimit::Take(const std::string& client, std::int64_t now) {
  if (!on()) return {};
  const std::uint64_t minute = static_cast<std::uint64_t>(now / 60);
  std::atomic<std::uint64_t>& cell = WindowOf(client).minute_and_count;
  std::uint64_t seen = cell.load(std::memory_order_relaxed), next;
  do {
    next = seen >> 32 == minute ? seen + ((seen & 0xffffffff) < 0xffffffff) : minute << 32 | 1;
  } while (!cell.compare_exchange_weak(seen, next, std::memory_order_relaxed));
  const auto count = static_cast<std::uint32_t>(next);
  return {.allowed = count <= per_minute_,
          .remaining = per_minute_ - std::min(count, per_minute_),
          .reset_seconds = static_cast<std::uint32_t>(60 - now % 60)};
}

void RateLimit::Describe(const Verdict& verdict, Response* response) const {
  if (!on()) return;
  const absl::AlphaNum remaining(verdict.remaining), reset(verdict.reset_seconds);
  auto& headers = response->headers;
  headers.reserve(headers.size() + 6);
  headers.emplace_back("RateLimit-Policy", policy_);
  headers.emplace_back("RateLimit", absl::StrCat("\"client\";r=", remaining, ";t=", reset));
  headers.emplace_back("RateLimit-Limit", limit_);
  headers.emplace_back("RateLimit-Remaining", std::string(remaining.data(), remaining.size()));
  headers.emplace_back("RateLimit-Reset", std::string(reset.data(), reset.size()));
  if (!verdict.allowed) headers.emplace_back("Retry-After", std::string(reset.data(), reset.size()));
}

}  // namespace evenhand::gateway
