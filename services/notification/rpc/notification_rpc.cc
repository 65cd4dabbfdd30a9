#include "services/notification/rpc/notification_rpc.h"

#include "services/notification/app/notifications.h"

namespace evenhand::notification {

grpc::Status NotificationServiceRpc::ListNotifications(grpc::ServerContext* context, const v1::ListNotificationsRequest* request,
                                                       v1::ListNotificationsResponse* reply) {
  return rpc_.Unary(context, "ListNotifications", *request, reply,
                    [&](const Call& call) { return notification::ListNotifications(context_, call, *request); });
}

grpc::Status NotificationServiceRpc::GetNotification(grpc::ServerContext* context, const v1::GetNotificationRequest* request,
                                                     v1::Notification* reply) {
  return rpc_.Unary(context, "GetNotification", *request, reply,
                    [&](const Call& call) { return notification::GetNotification(context_, call, *request); });
}

grpc::Status NotificationServiceRpc::AcknowledgeNotification(grpc::ServerContext* context,
                                                             const v1::AcknowledgeNotificationRequest* request, v1::Notification* reply) {
  return rpc_.Unary(context, "AcknowledgeNotification", *request, reply,
                    [&](const Call& call) { return notification::AcknowledgeNotification(context_, call, *request); });
}

grpc::Status NotificationServiceRpc::RetryNotification(grpc::ServerContext* context, const v1::RetryNotificationRequest* request,
                                                       v1::Notification* reply) {
  return rpc_.Unary(context, "RetryNotification", *request, reply,
                    [&](const Call& call) { return notification::RetryNotification(context_, call, *request); });
}

grpc::Status NotificationServiceRpc::RecordReturned(grpc::ServerContext* context, const v1::RecordReturnedRequest* request,
                                                    v1::Notification* reply) {
  return rpc_.Unary(context, "RecordReturned", *request, reply,
                    [&](const Call& call) { return notification::RecordReturned(context_, call, *request); });
}

grpc::Status NotificationServiceRpc::RecordReceipt(grpc::ServerContext* context, const v1::RecordReceiptRequest* request,
                                                   v1::Notification* reply) {
  return rpc_.Unary(context, "RecordReceipt", *request, reply,
                    [&](const Call& call) { return notification::RecordReceipt(context_, call, *request); });
}

grpc::Status NotificationServiceRpc::ResolveEscalation(grpc::ServerContext* context, const v1::ResolveEscalationRequest* request,
                                                       v1::Notification* reply) {
  return rpc_.Unary(context, "ResolveEscalation", *request, reply,
                    [&](const Call& call) { return notification::ResolveEscalation(context_, call, *request); });
}

}  // namespace evenhand::notification
