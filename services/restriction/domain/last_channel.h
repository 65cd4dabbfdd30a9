// The last channel that a person can use with their adjustments is not closed until an alternative is named: policy 5.4 and 6.7.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"
#include "services/wording/measure_words.h"

namespace evenhand::restriction {

struct LastChannelFacts {
  // The channels each adjustment leaves usable; an adjustment that names none limits nothing.
  std::vector<wording::Channels> usable_by_adjustment;
  std::span<const MeasureFacts> measures;  // what is to hold
  wording::Channels closed_already;        // channels that other restrictions in force close
  std::string alternative_channel;         // the way that is named to stay open: a channel or a description
};

// The channels that a set of measures closes.
wording::Channels ClosedBy(std::span<const MeasureFacts> measures);

Refusals RefusalsToCloseLastChannel(const LastChannelFacts& facts);

}  // namespace evenhand::restriction
