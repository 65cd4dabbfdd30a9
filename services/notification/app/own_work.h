// Tasks, shares to acknowledge and letters that wait for the caller: their part of GET /v1/work.
#pragma once

#include "services/notification/app/context.h"
#include "services/work/work_list.h"

namespace evenhand::notification {

// `acknowledge_within`: after that a share that nobody acknowledged escalates.
Outcome<work::v1::ListOwnWorkResponse> OwnWork(const Context& context, const Authority& authority, absl::Duration acknowledge_within,
                                               const Call& call, const work::v1::ListOwnWorkRequest& request);

}  // namespace evenhand::notification
