// Looking at restrictions: those of one's own areas, never those about a colleague one works with; every look is audited (12.4).
#pragma once

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class ReadRestrictions {
 public:
  explicit ReadRestrictions(UnitOfWork& work) : work_(work) {}

  Outcome<v1::Restriction> Get(const Call& call, const v1::GetRestrictionRequest& request);
  Outcome<v1::ListRestrictionsResponse> List(const Call& call, const v1::ListRestrictionsRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
