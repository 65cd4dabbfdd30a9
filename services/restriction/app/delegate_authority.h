// A senior manager lends their authority in their own area, with start, end and by whom (4.1, 4.2).
#pragma once

#include "evenhand/delegation/v1/delegation_service.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class DelegateAuthority {
 public:
  explicit DelegateAuthority(UnitOfWork& work) : work_(work) {}

  Outcome<delegation::v1::Delegation> Create(const Call& call, const delegation::v1::Delegation& request);
  Outcome<delegation::v1::ListDelegationsResponse> List(const Call& call, const delegation::v1::ListDelegationsRequest& request);
  Outcome<delegation::v1::Delegation> Revoke(const Call& call, const delegation::v1::RevokeDelegationRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
