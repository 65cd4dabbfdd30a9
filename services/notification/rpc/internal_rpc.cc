#include "services/notification/rpc/internal_rpc.h"

#include "services/notification/app/notifications.h"

namespace evenhand::notification {

grpc::Status NotificationInternalServiceRpc::GetToldAbout(grpc::ServerContext* context, const v1::GetToldAboutRequest* request,
                                                          v1::GetToldAboutResponse* reply) {
  return rpc_.Unary(context, "GetToldAbout", *request, reply,
                    [&](const Call& call) { return notification::GetToldAbout(context_, call, *request); });
}

}  // namespace evenhand::notification
