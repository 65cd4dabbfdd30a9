// The new terms of a partly upheld appeal.
#pragma once

#include "evenhand/restriction/v1/terms.pb.h"
#include "services/platform/base/refusal.h"

namespace evenhand::appeal {

// What is wrong with them whatever the restriction; the restriction service judges the rest.
Refusals RefusalsOf(const restriction::v1::Terms& variation);

}  // namespace evenhand::appeal
