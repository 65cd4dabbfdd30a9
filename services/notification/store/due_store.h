// Whether anything waits to be done here, asked in one round trip.
#pragma once

#include <optional>

#include <absl/time/time.h>

#include "services/platform/pg/pool.h"

namespace evenhand::notification {

struct Due {
  bool occasions = false;
  bool emails = false;
  bool webhooks = false;
  bool letters = false;
  bool leases = false;  // a sender was cut off
};

// Nothing while the database is away.
std::optional<Due> WhatIsDue(Pool& pool, absl::Time now);

}  // namespace evenhand::notification
