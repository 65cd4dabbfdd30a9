// The decider may impose something milder than was proposed, never something stricter: the least restrictive way that is enough (6.2).
#pragma once

#include <span>

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

// Whatever `proposed` leaves to the person `wanted` leaves as well.
bool NoStricter(const MeasureFacts& wanted, const MeasureFacts& proposed);

// Each measure that is wanted is no stricter than one that was proposed. What was proposed may be left out.
Refusals FaultsOfMilder(std::span<const MeasureFacts> wanted, std::span<const MeasureFacts> proposed);

}  // namespace evenhand::restriction
