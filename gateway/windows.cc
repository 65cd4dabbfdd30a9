#include "gateway/windows.h"

#include <algorithm>

namespace evenhand::gateway {

Windows::Window& Windows::WindowOf(std::size_t thread, const std::string& client) {
  Known& near = near_[thread];
  if (const auto known = near.find(client); known != near.end()) return *known->second;
  if (near.size() > kClients / 10) near.clear();
  const absl::MutexLock lock(&mutex_);
  if (windows_.size() > kClients) windows_.clear();
  auto& window = windows_[client];
  if (window == nullptr) window = std::make_shared<Window>();
  return *near.emplace(client, window).first->second;
}

Windows::Taken Windows::Take(std::size_t thread, const std::string& client, std::uint32_t many, std::uint32_t most, std::int64_t now) {
  const auto period = static_cast<std::uint64_t>(now / period_);
  const auto reset = static_cast<std::uint32_t>(period_ - now % period_);
  Window& window = WindowOf(thread, client);
  if (window.most.load(std::memory_order_relaxed) != most) window.most.store(most, std::memory_order_relaxed);
  std::uint64_t seen = window.period_and_count.load(std::memory_order_relaxed), next;
  std::uint32_t before;
  do {
    before = seen >> 32 == period ? static_cast<std::uint32_t>(seen) : 0;
    if (many > most || before > most - many) return {.allowed = false, .before = before, .after = before, .reset_seconds = reset};
    next = period << 32 | (before + many);
  } while (!window.period_and_count.compare_exchange_weak(seen, next, std::memory_order_relaxed));
  return {.allowed = true, .before = before, .after = before + many, .reset_seconds = reset};
}

double Windows::LargestShare(std::int64_t now) const {
  double largest = 0;
  const absl::MutexLock lock(&mutex_);
  for (const auto& [client, window] : windows_) {
    const std::uint64_t seen = window->period_and_count.load(std::memory_order_relaxed);
    const std::uint32_t most = window->most.load(std::memory_order_relaxed);
    if (seen >> 32 == static_cast<std::uint64_t>(now / period_) && most > 0)
      largest = std::max(largest, static_cast<double>(static_cast<std::uint32_t>(seen)) / most);
  }
  return largest;
}

}  // namespace evenhand::gateway
