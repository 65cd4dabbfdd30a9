#include "services/restriction/check/change_clock.h"

#include <algorithm>
#include <atomic>

namespace evenhand::restriction {
namespace {

std::atomic<const Clock*> clock_of_changes{nullptr};

}  // namespace

void DateChangesBy(const Clock* clock) { clock_of_changes = clock; }

absl::Time InstantOfChange(absl::Time began) {
  const Clock* clock = clock_of_changes;
  return clock == nullptr ? began : std::max(began, clock->Now());
}

}  // namespace evenhand::restriction
