// The door to restrictions: converts nothing, since the contract's messages are the application's data.
#pragma once

#include "evenhand/restriction/v1/restriction_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/decide_restriction.h"
#include "services/restriction/app/delegate_authority.h"
#include "services/restriction/app/propose_restriction.h"
#include "services/restriction/app/read_restrictions.h"
#include "services/restriction/app/retain_records.h"

namespace evenhand::restriction {

class RestrictionRpc final : public v1::RestrictionService::Service {
 public:
  RestrictionRpc(const Rpc& rpc, RestrictionProposer propose, DecideRestriction decide, ReadRestrictions read, DelegateAuthority delegate,
                 RetainRecords retain)
      : rpc_(rpc),
        propose_(std::move(propose)),
        decide_(std::move(decide)),
        read_(std::move(read)),
        delegate_(std::move(delegate)),
        retain_(std::move(retain)) {}

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
  grpc::Status CreateDelegation(grpc::ServerContext* context, const v1::CreateDelegationRequest* request, v1::Delegation* reply) override;
  grpc::Status ListDelegations(grpc::ServerContext* context, const v1::ListDelegationsRequest* request,
                               v1::ListDelegationsResponse* reply) override;
  grpc::Status RevokeDelegation(grpc::ServerContext* context, const v1::RevokeDelegationRequest* request, v1::Delegation* reply) override;
  grpc::Status ListRetentionRecords(grpc::ServerContext* context, const v1::ListRetentionRecordsRequest* request,
                                    v1::ListRetentionRecordsResponse* reply) override;

 private:
  const Rpc& rpc_;
  RestrictionProposer propose_;
  DecideRestriction decide_;
  ReadRestrictions read_;
  DelegateAuthority delegate_;
  RetainRecords retain_;
};

}  // namespace evenhand::restriction
