// Messages over gRPC: a thin adapter.
#pragma once

#include "evenhand/notification/v1/notification_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class NotificationServiceRpc final : public v1::NotificationService::Service {
 public:
  NotificationServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListNotifications(grpc::ServerContext* context, const v1::ListNotificationsRequest* request,
                                 v1::ListNotificationsResponse* reply) override;
  grpc::Status GetNotification(grpc::ServerContext* context, const v1::GetNotificationRequest* request, v1::Notification* reply) override;
  grpc::Status AcknowledgeNotification(grpc::ServerContext* context, const v1::AcknowledgeNotificationRequest* request,
                                       v1::Notification* reply) override;
  grpc::Status RetryNotification(grpc::ServerContext* context, const v1::RetryNotificationRequest* request,
                                 v1::Notification* reply) override;
  grpc::Status RecordReturned(grpc::ServerContext* context, const v1::RecordReturnedRequest* request, v1::Notification* reply) override;
  grpc::Status RecordReceipt(grpc::ServerContext* context, const v1::RecordReceiptRequest* request, v1::Notification* reply) override;
  grpc::Status ResolveEscalation(grpc::ServerContext* context, const v1::ResolveEscalationRequest* request,
                                 v1::Notification* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
