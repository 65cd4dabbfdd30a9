// The door to the council's service areas.
#pragma once

#include "evenhand/restriction/v1/service_area_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/service_areas.h"

namespace evenhand::restriction {

class ServiceAreaRpc final : public v1::ServiceAreaService::Service {
 public:
  ServiceAreaRpc(const Rpc& rpc, ServiceAreas areas) : rpc_(rpc), areas_(std::move(areas)) {}

  grpc::Status ListServiceAreas(grpc::ServerContext* context, const v1::ListServiceAreasRequest* request,
                                v1::ListServiceAreasResponse* reply) override;
  grpc::Status PutServiceArea(grpc::ServerContext* context, const v1::PutServiceAreaRequest* request, v1::ServiceArea* reply) override;

 private:
  const Rpc& rpc_;
  ServiceAreas areas_;
};

}  // namespace evenhand::restriction
