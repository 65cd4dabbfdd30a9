// An appeal comes in: in time or late, it is recorded; a second one of the same decision points at the first (7.3).
#pragma once

#include "evenhand/appeal/v1/appeal_service.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

Outcome<v1::Appeal> LodgeAppeal(const Context& context, const Call& call, const v1::LodgeAppealRequest& request);

}  // namespace evenhand::appeal
