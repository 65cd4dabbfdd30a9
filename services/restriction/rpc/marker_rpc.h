// The door to the Potentially Violent Persons register.
#pragma once

#include "evenhand/restriction/v1/person_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/keep_register.h"

namespace evenhand::restriction {

class MarkerRpc final : public v1::MarkerService::Service {
 public:
  MarkerRpc(const Rpc& rpc, KeepRegister keep) : rpc_(rpc), keep_(std::move(keep)) {}

  grpc::Status ProposeMarker(grpc::ServerContext* context, const v1::ProposeMarkerRequest* request, v1::Marker* reply) override;
  grpc::Status GetMarker(grpc::ServerContext* context, const v1::GetMarkerRequest* request, v1::Marker* reply) override;
  grpc::Status ConfirmMarker(grpc::ServerContext* context, const v1::ConfirmMarkerRequest* request, v1::Marker* reply) override;
  grpc::Status ReviewMarker(grpc::ServerContext* context, const v1::ReviewMarkerRequest* request, v1::Marker* reply) override;
  grpc::Status RemoveMarker(grpc::ServerContext* context, const v1::RemoveMarkerRequest* request, v1::Marker* reply) override;

 private:
  const Rpc& rpc_;
  KeepRegister keep_;
};

}  // namespace evenhand::restriction
