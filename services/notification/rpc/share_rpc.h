// The ledger over gRPC: a thin adapter.
#pragma once

#include "evenhand/notification/v1/share_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class ShareServiceRpc final : public v1::ShareService::Service {
 public:
  ShareServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListShares(grpc::ServerContext* context, const v1::ListSharesRequest* request, v1::ListSharesResponse* reply) override;
  grpc::Status CreateShare(grpc::ServerContext* context, const v1::CreateShareRequest* request, v1::ListSharesResponse* reply) override;
  grpc::Status DeclineShare(grpc::ServerContext* context, const v1::DeclineShareRequest* request, v1::ListSharesResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
