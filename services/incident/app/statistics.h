// Numbers for management and trade unions (13).
#pragma once

#include "evenhand/incident/v1/statistics_service.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

Outcome<v1::Statistics> GetStatistics(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                      const v1::GetStatisticsRequest& request);

}  // namespace evenhand::incident
