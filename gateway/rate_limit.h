// How much one client may ask in a minute. Generous by default: it is there for the loop that went wild, not for the busy CRM.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/http/response.h"
#include "gateway/windows.h"

namespace evenhand::gateway {

class RateLimit {
 public:
  RateLimit(std::uint32_t per_minute, std::size_t threads);  // 0: off

  struct Verdict {
    bool allowed = true;
    std::uint32_t remaining = 0;
    std::uint32_t reset_seconds = 0;
  };
  // Counts one request of `client` at `now` (seconds since the epoch), on the thread of this number.
  Verdict Take(std::size_t thread, const std::string& client, std::int64_t now);

  bool on() const { return per_minute_ > 0; }
  // draft-ietf-httpapi-ratelimit-headers, and the three older names that most clients know.
  void Describe(const Verdict& verdict, Response* response) const;

 private:
  const std::uint32_t per_minute_;
  const std::string limit_, policy_;  // as the headers say them
  Windows windows_;
};

}  // namespace evenhand::gateway
