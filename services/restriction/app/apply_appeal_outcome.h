// The outcome of an appeal takes effect here, once for each appeal, whatever happened to the restriction meanwhile (7.3, scenario 14).
#pragma once

#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class AppealEffect {
 public:
  explicit AppealEffect(UnitOfWork& work) : work_(work) {}

  Outcome<v1::ApplyAppealOutcomeResponse> operator()(const Call& call, const v1::ApplyAppealOutcomeRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
