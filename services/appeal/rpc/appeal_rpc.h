// Appeals over gRPC: a thin adapter.
#pragma once

#include "evenhand/appeal/v1/appeal_service.grpc.pb.h"
#include "services/appeal/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::appeal {

class AppealServiceRpc final : public v1::AppealService::Service {
 public:
  AppealServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status LodgeAppeal(grpc::ServerContext* context, const v1::LodgeAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status GetAppeal(grpc::ServerContext* context, const v1::GetAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status AcknowledgeAppeal(grpc::ServerContext* context, const v1::AcknowledgeAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status AssignAppeal(grpc::ServerContext* context, const v1::AssignAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status RequestInformation(grpc::ServerContext* context, const v1::RequestInformationRequest* request, v1::Appeal* reply) override;
  grpc::Status ReceiveInformation(grpc::ServerContext* context, const v1::ReceiveInformationRequest* request, v1::Appeal* reply) override;
  grpc::Status AcceptLateAppeal(grpc::ServerContext* context, const v1::AcceptLateAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status RefuseAppeal(grpc::ServerContext* context, const v1::RefuseAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status CorrectReceipt(grpc::ServerContext* context, const v1::CorrectReceiptRequest* request, v1::Appeal* reply) override;
  grpc::Status DecideAppeal(grpc::ServerContext* context, const v1::DecideAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status WithdrawAppeal(grpc::ServerContext* context, const v1::WithdrawAppealRequest* request, v1::Appeal* reply) override;
  grpc::Status ListAppeals(grpc::ServerContext* context, const v1::ListAppealsRequest* request, v1::ListAppealsResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::appeal
