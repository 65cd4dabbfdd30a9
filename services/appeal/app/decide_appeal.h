// The decision: by a director who had no part in what is appealed, with reasons; its effect is on its way until it is confirmed (7.3).
#pragma once

#include "evenhand/appeal/v1/appeal_service.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

Outcome<v1::Appeal> DecideAppeal(const Context& context, const Call& call, const v1::DecideAppealRequest& request);

}  // namespace evenhand::appeal
