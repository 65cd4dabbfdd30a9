// What other services ask: a thin adapter.
#pragma once

#include "evenhand/appeal/v1/appeal_internal_service.grpc.pb.h"
#include "services/appeal/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::appeal {

class AppealInternalServiceRpc final : public v1::AppealInternalService::Service {
 public:
  AppealInternalServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status GetOpenAppeals(grpc::ServerContext* context, const v1::GetOpenAppealsRequest* request,
                              v1::GetOpenAppealsResponse* reply) override;
  grpc::Status GetAppealsOf(grpc::ServerContext* context, const v1::GetAppealsOfRequest* request, v1::GetAppealsOfResponse* reply) override;
  grpc::Status GetAppealLetterFacts(grpc::ServerContext* context, const v1::GetAppealLetterFactsRequest* request,
                                    v1::Appeal* reply) override;
  grpc::Status CountAppeals(grpc::ServerContext* context, const v1::CountAppealsRequest* request, v1::CountAppealsResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::appeal
