// What each measure must say to mean something at a contact: policy 7.2, 7.12 and 9.8.
#pragma once

#include <span>

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"
#include "services/wording/measure_words.h"

namespace evenhand::restriction {

// As the letter and the desk spell it.
wording::MeasureWords WordsOf(const MeasureFacts& measure);

Refusals FaultsOfMeasures(std::span<const MeasureFacts> measures);

// Does any of them limit use of the complaints process (9.8)? No other measure touches that route: people may always complain (5.2).
bool LimitsComplaints(std::span<const MeasureFacts> measures);

}  // namespace evenhand::restriction
