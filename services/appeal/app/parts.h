// Who had which part in what is appealed, asked of the restriction service for the appeal at hand.
#pragma once

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/app/context.h"
#include "services/appeal/domain/conflicts.h"

namespace evenhand::appeal {

// The decision's facts as they are now: a review may have been decided since the appeal was lodged.
Outcome<restriction::v1::DecisionFacts> FactsOfDecision(const Context& context, const Call& call, const std::string& appeal_id);

Parts PartsIn(const restriction::v1::DecisionFacts& facts);

}  // namespace evenhand::appeal
