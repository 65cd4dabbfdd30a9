// A time from … to … as lists and statistics take it: days in Europe/London, or instants.
#pragma once

#include <optional>
#include <string>

#include <absl/time/time.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/refusal.h"

namespace evenhand::incident {

struct Period {
  std::optional<absl::Time> from;    // included
  std::optional<absl::Time> before;  // excluded
};

// A day `to` is included as a whole; an instant `to` is not.
inline Period ReadPeriod(const std::string& from, const std::string& to, Refusals& no) {
  Period period;
  if (!from.empty()) {
    if (const auto day = ParseDate(from))
      period.from = StartOf(*day);
    else if (const auto instant = ParseInstant(from))
      period.from = *instant;
    else
      no.push_back({"council rule", "from", "This is neither a day (YYYY-MM-DD) nor an instant (RFC 3339)."});
  }
  if (!to.empty()) {
    if (const auto day = ParseDate(to))
      period.before = EndOf(*day);
    else if (const auto instant = ParseInstant(to))
      period.before = *instant;
    else
      no.push_back({"council rule", "to", "This is neither a day (YYYY-MM-DD) nor an instant (RFC 3339)."});
  }
  return period;
}

}  // namespace evenhand::incident
