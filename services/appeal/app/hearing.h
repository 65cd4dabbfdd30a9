// The facts of a hearing, asked of the restriction service for the appeal at hand.
#pragma once

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

// The decision's facts as they are now: a review may have been decided since the appeal was lodged.
Outcome<restriction::v1::DecisionFacts> FactsOfHearing(const Context& context, const Call& call, const std::string& appeal_id);

// Why `director` may not hear it; `field` names the request's field when it is not the caller.
Refusals RefusalsToHearIt(const restriction::v1::DecisionFacts& facts, const std::string& director, const std::string& field);

}  // namespace evenhand::appeal
