#include "services/restriction/rpc/delegation_rpc.h"

namespace evenhand::restriction {

grpc::Status DelegationRpc::CreateDelegation(grpc::ServerContext* context, const delegation::v1::CreateDelegationRequest* request,
                                             delegation::v1::Delegation* reply) {
  return rpc_.Unary(context, "CreateDelegation", *request, reply,
                    [&](const Call& call) { return delegate_.Create(call, request->delegation()); });
}

grpc::Status DelegationRpc::ListDelegations(grpc::ServerContext* context, const delegation::v1::ListDelegationsRequest* request,
                                            delegation::v1::ListDelegationsResponse* reply) {
  return rpc_.Unary(context, "ListDelegations", *request, reply, [&](const Call& call) { return delegate_.List(call, *request); });
}

grpc::Status DelegationRpc::RevokeDelegation(grpc::ServerContext* context, const delegation::v1::RevokeDelegationRequest* request,
                                             delegation::v1::Delegation* reply) {
  return rpc_.Unary(context, "RevokeDelegation", *request, reply, [&](const Call& call) { return delegate_.Revoke(call, *request); });
}

}  // namespace evenhand::restriction
