#include "services/restriction/rpc/restriction_rpc.h"

namespace evenhand::restriction {

grpc::Status RestrictionRpc::ProposeRestriction(grpc::ServerContext* context, const v1::ProposeRestrictionRequest* request,
                                                v1::Restriction* reply) {
  return rpc_.Unary(context, "ProposeRestriction", *request, reply,
                    [&](const Call& call) { return propose_(call, request->restriction()); });
}

grpc::Status RestrictionRpc::GetRestriction(grpc::ServerContext* context, const v1::GetRestrictionRequest* request,
                                            v1::Restriction* reply) {
  return rpc_.Unary(context, "GetRestriction", *request, reply, [&](const Call& call) { return read_.Get(call, *request); });
}

grpc::Status RestrictionRpc::ListRestrictions(grpc::ServerContext* context, const v1::ListRestrictionsRequest* request,
                                              v1::ListRestrictionsResponse* reply) {
  return rpc_.Unary(context, "ListRestrictions", *request, reply, [&](const Call& call) { return read_.List(call, *request); });
}

grpc::Status RestrictionRpc::ImposeRestriction(grpc::ServerContext* context, const v1::ImposeRestrictionRequest* request,
                                               v1::Restriction* reply) {
  return rpc_.Unary(context, "ImposeRestriction", *request, reply, [&](const Call& call) { return decide_.Impose(call, *request); });
}

grpc::Status RestrictionRpc::UpdateRestriction(grpc::ServerContext* context, const v1::UpdateRestrictionRequest* request,
                                               v1::Restriction* reply) {
  return rpc_.Unary(context, "UpdateRestriction", *request, reply, [&](const Call& call) { return propose_.Correct(call, *request); });
}

grpc::Status RestrictionRpc::ReturnRestriction(grpc::ServerContext* context, const v1::ReturnRestrictionRequest* request,
                                               v1::Restriction* reply) {
  return rpc_.Unary(context, "ReturnRestriction", *request, reply, [&](const Call& call) { return decide_.Return(call, *request); });
}

grpc::Status RestrictionRpc::DeclineRestriction(grpc::ServerContext* context, const v1::DeclineRestrictionRequest* request,
                                                v1::Restriction* reply) {
  return rpc_.Unary(context, "DeclineRestriction", *request, reply, [&](const Call& call) { return decide_.Decline(call, *request); });
}

grpc::Status RestrictionRpc::WithdrawRestriction(grpc::ServerContext* context, const v1::WithdrawRestrictionRequest* request,
                                                 v1::Restriction* reply) {
  return rpc_.Unary(context, "WithdrawRestriction", *request, reply, [&](const Call& call) { return decide_.Withdraw(call, *request); });
}

grpc::Status RestrictionRpc::VaryRestriction(grpc::ServerContext* context, const v1::VaryRestrictionRequest* request,
                                             v1::Restriction* reply) {
  return rpc_.Unary(context, "VaryRestriction", *request, reply, [&](const Call& call) { return decide_.Vary(call, *request); });
}

grpc::Status RestrictionRpc::ReviewRestriction(grpc::ServerContext* context, const v1::ReviewRestrictionRequest* request,
                                               v1::Restriction* reply) {
  return rpc_.Unary(context, "ReviewRestriction", *request, reply, [&](const Call& call) { return decide_.Review(call, *request); });
}

grpc::Status RestrictionRpc::LiftRestriction(grpc::ServerContext* context, const v1::LiftRestrictionRequest* request,
                                             v1::Restriction* reply) {
  return rpc_.Unary(context, "LiftRestriction", *request, reply, [&](const Call& call) { return decide_.Lift(call, *request); });
}

grpc::Status RestrictionRpc::SetLegalHold(grpc::ServerContext* context, const v1::SetLegalHoldRequest* request, v1::Restriction* reply) {
  return rpc_.Unary(context, "SetLegalHold", *request, reply, [&](const Call& call) { return decide_.SetLegalHold(call, *request); });
}

}  // namespace evenhand::restriction
