// The clock by which changes are dated that a contact check sees: read under the lock of the revision row, a moment before the commit.
// However long a transaction waited for others, nobody was told of it earlier, and a replay says so.
#pragma once

#include "services/platform/base/clock.h"

namespace evenhand::restriction {

// Once, at start; it outlives every change. Without one a change is dated by its transaction's own time.
void DateChangesBy(const Clock* clock);

// The instant of a change whose transaction began at `began`.
absl::Time InstantOfChange(absl::Time began);

}  // namespace evenhand::restriction
