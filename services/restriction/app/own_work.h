// The proposals and reviews that wait for the caller's decision: their part of GET /v1/work.
#pragma once

#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"
#include "services/work/work_list.h"

namespace evenhand::restriction {

Outcome<work::v1::ListOwnWorkResponse> OwnWork(UnitOfWork& work, EvidenceSource& evidence, const Authority& authority, const Call& call,
                                               const work::v1::ListOwnWorkRequest& request);

}  // namespace evenhand::restriction
