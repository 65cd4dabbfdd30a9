#include "gateway/rate_limit.h"

#include <absl/strings/str_cat.h>

namespace evenhand::gateway {

RateLimit::RateLimit(std::uint32_t per_minute, std::size_t threads)
    : per_minute_(per_minute),
      limit_(std::to_string(per_minute)),
      policy_("\"client\";q=" + limit_ + ";w=60"),
      windows_(std::chrono::minutes(1), threads) {}

RateLimit::Verdict RateLimit::Take(std::size_t thread, const std::string& client, std::int64_t now) {
  if (!on()) return {};
  const Windows::Taken taken = windows_.Take(thread, client, 1, per_minute_, now);
  return {.allowed = taken.allowed, .remaining = per_minute_ - taken.after, .reset_seconds = taken.reset_seconds};
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
