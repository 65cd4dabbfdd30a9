// The follow-ups that wait for the caller: their part of GET /v1/work.
#pragma once

#include "services/incident/app/neighbours.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/work/work_list.h"

namespace evenhand::incident {

Outcome<work::v1::ListOwnWorkResponse> OwnWork(UnitOfWork& work, const Neighbours& neighbours, const Authority& authority, const Call& call,
                                               const work::v1::ListOwnWorkRequest& request);

}  // namespace evenhand::incident
