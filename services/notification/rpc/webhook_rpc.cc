#include "services/notification/rpc/webhook_rpc.h"

#include "services/notification/app/event_types.h"
#include "services/notification/app/webhooks.h"

namespace evenhand::notification {

grpc::Status WebhookServiceRpc::ListEventTypes(grpc::ServerContext* context, const v1::ListEventTypesRequest* request,
                                               v1::ListEventTypesResponse* reply) {
  return rpc_.Unary(context, "ListEventTypes", *request, reply,
                    [&](const Call& call) { return notification::ListEventTypes(context_, call, *request); });
}

grpc::Status WebhookServiceRpc::CreateWebhook(grpc::ServerContext* context, const v1::CreateWebhookRequest* request, v1::Webhook* reply) {
  return rpc_.Unary(context, "CreateWebhook", *request, reply,
                    [&](const Call& call) { return notification::CreateWebhook(context_, call, request->webhook()); });
}

grpc::Status WebhookServiceRpc::ListWebhooks(grpc::ServerContext* context, const v1::ListWebhooksRequest* request,
                                             v1::ListWebhooksResponse* reply) {
  return rpc_.Unary(context, "ListWebhooks", *request, reply,
                    [&](const Call& call) { return notification::ListWebhooks(context_, call, *request); });
}

grpc::Status WebhookServiceRpc::GetWebhook(grpc::ServerContext* context, const v1::GetWebhookRequest* request, v1::Webhook* reply) {
  return rpc_.Unary(context, "GetWebhook", *request, reply,
                    [&](const Call& call) { return notification::GetWebhook(context_, call, *request); });
}

grpc::Status WebhookServiceRpc::DeleteWebhook(grpc::ServerContext* context, const v1::DeleteWebhookRequest* request, v1::Webhook* reply) {
  return rpc_.Unary(context, "DeleteWebhook", *request, reply,
                    [&](const Call& call) { return notification::DeleteWebhook(context_, call, *request); });
}

grpc::Status WebhookServiceRpc::ReplayWebhook(grpc::ServerContext* context, const v1::ReplayWebhookRequest* request,
                                              v1::ReplayWebhookResponse* reply) {
  return rpc_.Unary(context, "ReplayWebhook", *request, reply,
                    [&](const Call& call) { return notification::ReplayWebhook(context_, call, *request); });
}

grpc::Status WebhookServiceRpc::ListWebhookDeliveries(grpc::ServerContext* context, const v1::ListWebhookDeliveriesRequest* request,
                                                      v1::ListWebhookDeliveriesResponse* reply) {
  return rpc_.Unary(context, "ListWebhookDeliveries", *request, reply,
                    [&](const Call& call) { return notification::ListWebhookDeliveries(context_, call, *request); });
}

grpc::Status WebhookServiceRpc::RollWebhookSecret(grpc::ServerContext* context, const v1::RollWebhookSecretRequest* request,
                                                  v1::Webhook* reply) {
  return rpc_.Unary(context, "RollWebhookSecret", *request, reply,
                    [&](const Call& call) { return notification::RollWebhookSecret(context_, call, *request); });
}

}  // namespace evenhand::notification
