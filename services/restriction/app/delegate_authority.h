// A senior manager lends their authority in their own area, with start, end and by whom (4.1, 4.2).
#pragma once

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class DelegateAuthority {
 public:
  explicit DelegateAuthority(UnitOfWork& work) : work_(work) {}

  Outcome<v1::Delegation> Create(const Call& call, const v1::CreateDelegationRequest& request);
  Outcome<v1::ListDelegationsResponse> List(const Call& call, const v1::ListDelegationsRequest& request);
  Outcome<v1::Delegation> Revoke(const Call& call, const v1::RevokeDelegationRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
