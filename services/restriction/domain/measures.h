// What each measure must say to mean something at a contact: policy 7.2, 7.12 and 9.8.
#pragma once

#include <span>

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

Refusals FaultsOfMeasures(std::span<const MeasureFacts> measures);

// Does any of them limit use of the complaints process (9.8)? No other measure touches that route: people may always complain (5.2); a
// measure in words of its own that speaks of complaints does the same by another name.
bool LimitsComplaints(std::span<const MeasureFacts> measures);

}  // namespace evenhand::restriction
