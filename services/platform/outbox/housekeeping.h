// What the platform's own tables need now and then: figures for the dashboards, and forgetting what has served its time.
#pragma once

#include "services/platform/pg/pool.h"

namespace evenhand {

// Gauges: events that wait, the age of the oldest, events that are parked, connections in use.
void MeasureOutbox(Pool& pool);

// Idempotency keys after a day, inbox ids after 30 days: longer than any sender tries again.
void ForgetOld(Pool& pool);

}  // namespace evenhand
