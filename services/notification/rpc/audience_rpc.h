// Audiences over gRPC: a thin adapter.
#pragma once

#include "evenhand/notification/v1/audience_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class AudienceServiceRpc final : public v1::AudienceService::Service {
 public:
  AudienceServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListAudiences(grpc::ServerContext* context, const v1::ListAudiencesRequest* request,
                             v1::ListAudiencesResponse* reply) override;
  grpc::Status GetAudience(grpc::ServerContext* context, const v1::GetAudienceRequest* request, v1::Audience* reply) override;
  grpc::Status PutAudience(grpc::ServerContext* context, const v1::PutAudienceRequest* request, v1::Audience* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
