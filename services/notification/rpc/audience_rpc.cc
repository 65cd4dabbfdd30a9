#include "services/notification/rpc/audience_rpc.h"

#include "services/notification/app/audiences.h"

namespace evenhand::notification {

grpc::Status AudienceServiceRpc::ListAudiences(grpc::ServerContext* context, const v1::ListAudiencesRequest* request,
                                               v1::ListAudiencesResponse* reply) {
  return rpc_.Unary(context, "ListAudiences", *request, reply,
                    [&](const Call& call) { return notification::ListAudiences(context_, call, *request); });
}

grpc::Status AudienceServiceRpc::GetAudience(grpc::ServerContext* context, const v1::GetAudienceRequest* request, v1::Audience* reply) {
  return rpc_.Unary(context, "GetAudience", *request, reply,
                    [&](const Call& call) { return notification::GetAudience(context_, call, *request); });
}

grpc::Status AudienceServiceRpc::PutAudience(grpc::ServerContext* context, const v1::PutAudienceRequest* request, v1::Audience* reply) {
  return rpc_.Unary(context, "PutAudience", *request, reply,
                    [&](const Call& call) { return notification::PutAudience(context_, call, request->audience()); });
}

}  // namespace evenhand::notification
