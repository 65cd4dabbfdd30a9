// This service's figures for monitoring by management and trade unions (13): numbers alone, no person, no case.
#pragma once

#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class CountStatistics {
 public:
  explicit CountStatistics(UnitOfWork& work) : work_(work) {}

  Outcome<v1::StatisticsPart> operator()(const Call& call, const v1::GetStatisticsPartRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
