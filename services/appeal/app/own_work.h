// The appeals that wait for the caller: their part of GET /v1/work.
#pragma once

#include "services/appeal/app/context.h"
#include "services/work/work_list.h"

namespace evenhand::appeal {

Outcome<work::v1::ListOwnWorkResponse> OwnWork(const Context& context, const Authority& authority, const Call& call,
                                               const work::v1::ListOwnWorkRequest& request);

}  // namespace evenhand::appeal
