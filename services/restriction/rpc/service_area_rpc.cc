#include "services/restriction/rpc/service_area_rpc.h"

namespace evenhand::restriction {

grpc::Status ServiceAreaRpc::ListServiceAreas(grpc::ServerContext* context, const v1::ListServiceAreasRequest* request,
                                              v1::ListServiceAreasResponse* reply) {
  return rpc_.Unary(context, "ListServiceAreas", *request, reply, [&](const Call& call) { return areas_.List(call, *request); });
}

grpc::Status ServiceAreaRpc::PutServiceArea(grpc::ServerContext* context, const v1::PutServiceAreaRequest* request,
                                            v1::ServiceArea* reply) {
  return rpc_.Unary(context, "PutServiceArea", *request, reply,
                    [&](const Call& call) { return areas_.Put(call, request->service_area()); });
}

}  // namespace evenhand::restriction
