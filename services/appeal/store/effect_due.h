// Whether the effect of a decided appeal waits to be carried to its restriction, asked in one round trip.
#pragma once

#include <absl/time/time.h>

#include "services/platform/pg/pool.h"

namespace evenhand::appeal {

// True also while the database is away: who goes on finds that out and says so.
bool EffectIsDue(Pool& pool, absl::Time now);

}  // namespace evenhand::appeal
