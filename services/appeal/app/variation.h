// The new terms of a partly upheld appeal, in the restriction service's own words.
#pragma once

#include "evenhand/appeal/v1/appeal.pb.h"
#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/platform/base/refusal.h"

namespace evenhand::appeal {

// What the restriction service could not read, each with its field.
Refusals RefusalsOf(const v1::Variation& variation);

restriction::v1::Variation ToRestriction(const v1::Variation& variation);

}  // namespace evenhand::appeal
