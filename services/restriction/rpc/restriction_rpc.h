// The door to restrictions: converts nothing, since the contract's messages are the application's data.
#pragma once

#include "evenhand/restriction/v1/restriction_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/decide_restriction.h"
#include "services/restriction/app/propose_restriction.h"
#include "services/restriction/app/read_restrictions.h"

namespace evenhand::restriction {

class RestrictionRpc final : public v1::RestrictionService::Service {
 public:
  RestrictionRpc(const Rpc& rpc, RestrictionProposer propose, DecideRestriction decide, ReadRestrictions read)
      : rpc_(rpc), propose_(std::move(propose)), decide_(std::move(decide)), read_(std::move(read)) {}

  grpc::Status ProposeRestriction(grpc::ServerContext* context, const v1::ProposeRestrictionRequest* request,
                                  v1::Restriction* reply) override;
  grpc::Status GetRestriction(grpc::ServerContext* context, const v1::GetRestrictionRequest* request, v1::Restriction* reply) override;
  grpc::Status ListRestrictions(grpc::ServerContext* context, const v1::ListRestrictionsRequest* request,
                                v1::ListRestrictionsResponse* reply) override;
  grpc::Status ImposeRestriction(grpc::ServerContext* context, const v1::ImposeRestrictionRequest* request,
                                 v1::Restriction* reply) override;
  grpc::Status UpdateRestriction(grpc::ServerContext* context, const v1::UpdateRestrictionRequest* request,
                                 v1::Restriction* reply) override;
  grpc::Status ReturnRestriction(grpc::ServerContext* context, const v1::ReturnRestrictionRequest* request,
                                 v1::Restriction* reply) override;
  grpc::Status DeclineRestriction(grpc::ServerContext* context, const v1::DeclineRestrictionRequest* request,
                                  v1::Restriction* reply) override;
  grpc::Status WithdrawRestriction(grpc::ServerContext* context, const v1::WithdrawRestrictionRequest* request,
                                   v1::Restriction* reply) override;
  grpc::Status VaryRestriction(grpc::ServerContext* context, const v1::VaryRestrictionRequest* request, v1::Restriction* reply) override;
  grpc::Status ReviewRestriction(grpc::ServerContext* context, const v1::ReviewRestrictionRequest* request,
                                 v1::Restriction* reply) override;
  grpc::Status LiftRestriction(grpc::ServerContext* context, const v1::LiftRestrictionRequest* request, v1::Restriction* reply) override;
  grpc::Status SetLegalHold(grpc::ServerContext* context, const v1::SetLegalHoldRequest* request, v1::Restriction* reply) override;

 private:
  const Rpc& rpc_;
  RestrictionProposer propose_;
  DecideRestriction decide_;
  ReadRestrictions read_;
};

}  // namespace evenhand::restriction
