// Webhooks over gRPC: a thin adapter.
#pragma once

#include "evenhand/notification/v1/webhook_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class WebhookServiceRpc final : public v1::WebhookService::Service {
 public:
  WebhookServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListEventTypes(grpc::ServerContext* context, const v1::ListEventTypesRequest* request,
                              v1::ListEventTypesResponse* reply) override;
  grpc::Status CreateWebhook(grpc::ServerContext* context, const v1::CreateWebhookRequest* request, v1::Webhook* reply) override;
  grpc::Status ListWebhooks(grpc::ServerContext* context, const v1::ListWebhooksRequest* request, v1::ListWebhooksResponse* reply) override;
  grpc::Status GetWebhook(grpc::ServerContext* context, const v1::GetWebhookRequest* request, v1::Webhook* reply) override;
  grpc::Status DeleteWebhook(grpc::ServerContext* context, const v1::DeleteWebhookRequest* request, v1::Webhook* reply) override;
  grpc::Status ReplayWebhook(grpc::ServerContext* context, const v1::ReplayWebhookRequest* request,
                             v1::ReplayWebhookResponse* reply) override;
  grpc::Status ListWebhookDeliveries(grpc::ServerContext* context, const v1::ListWebhookDeliveriesRequest* request,
                                     v1::ListWebhookDeliveriesResponse* reply) override;
  grpc::Status RollWebhookSecret(grpc::ServerContext* context, const v1::RollWebhookSecretRequest* request, v1::Webhook* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
