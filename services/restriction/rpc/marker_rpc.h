// The door to the Potentially Violent Persons register.
#pragma once

#include "evenhand/marker/v1/marker_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/keep_register.h"

namespace evenhand::restriction {

class MarkerRpc final : public marker::v1::MarkerService::Service {
 public:
  MarkerRpc(const Rpc& rpc, KeepRegister keep) : rpc_(rpc), keep_(std::move(keep)) {}

  grpc::Status ProposeMarker(grpc::ServerContext* context, const marker::v1::ProposeMarkerRequest* request,
                             marker::v1::Marker* reply) override;
  grpc::Status GetMarker(grpc::ServerContext* context, const marker::v1::GetMarkerRequest* request, marker::v1::Marker* reply) override;
  grpc::Status ConfirmMarker(grpc::ServerContext* context, const marker::v1::ConfirmMarkerRequest* request,
                             marker::v1::Marker* reply) override;
  grpc::Status ReviewMarker(grpc::ServerContext* context, const marker::v1::ReviewMarkerRequest* request,
                            marker::v1::Marker* reply) override;
  grpc::Status RemoveMarker(grpc::ServerContext* context, const marker::v1::RemoveMarkerRequest* request,
                            marker::v1::Marker* reply) override;

 private:
  const Rpc& rpc_;
  KeepRegister keep_;
};

}  // namespace evenhand::restriction
