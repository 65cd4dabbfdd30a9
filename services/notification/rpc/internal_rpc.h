// What other services ask: a thin adapter.
#pragma once

#include "evenhand/notification/v1/notification_internal_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class NotificationInternalServiceRpc final : public v1::NotificationInternalService::Service {
 public:
  NotificationInternalServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status GetToldAbout(grpc::ServerContext* context, const v1::GetToldAboutRequest* request, v1::GetToldAboutResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
