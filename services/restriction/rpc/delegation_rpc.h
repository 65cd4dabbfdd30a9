// The door to authority that is lent.
#pragma once

#include "evenhand/delegation/v1/delegation_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/delegate_authority.h"

namespace evenhand::restriction {

class DelegationRpc final : public delegation::v1::DelegationService::Service {
 public:
  DelegationRpc(const Rpc& rpc, DelegateAuthority delegate) : rpc_(rpc), delegate_(std::move(delegate)) {}

  grpc::Status CreateDelegation(grpc::ServerContext* context, const delegation::v1::CreateDelegationRequest* request,
                                delegation::v1::Delegation* reply) override;
  grpc::Status ListDelegations(grpc::ServerContext* context, const delegation::v1::ListDelegationsRequest* request,
                               delegation::v1::ListDelegationsResponse* reply) override;
  grpc::Status RevokeDelegation(grpc::ServerContext* context, const delegation::v1::RevokeDelegationRequest* request,
                                delegation::v1::Delegation* reply) override;

 private:
  const Rpc& rpc_;
  DelegateAuthority delegate_;
};

}  // namespace evenhand::restriction
