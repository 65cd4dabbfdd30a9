#include "services/notification/rpc/share_rpc.h"

#include "services/notification/app/shares.h"

namespace evenhand::notification {

grpc::Status ShareServiceRpc::ListShares(grpc::ServerContext* context, const v1::ListSharesRequest* request,
                                         v1::ListSharesResponse* reply) {
  return rpc_.Unary(context, "ListShares", *request, reply,
                    [&](const Call& call) { return notification::ListShares(context_, call, *request); });
}

grpc::Status ShareServiceRpc::CreateShare(grpc::ServerContext* context, const v1::CreateShareRequest* request,
                                          v1::ListSharesResponse* reply) {
  return rpc_.Unary(context, "CreateShare", *request, reply,
                    [&](const Call& call) { return notification::CreateShare(context_, call, *request); });
}

grpc::Status ShareServiceRpc::DeclineShare(grpc::ServerContext* context, const v1::DeclineShareRequest* request,
                                           v1::ListSharesResponse* reply) {
  return rpc_.Unary(context, "DeclineShare", *request, reply,
                    [&](const Call& call) { return notification::DeclineShare(context_, call, *request); });
}

}  // namespace evenhand::notification
