#include "services/restriction/rpc/marker_rpc.h"

namespace evenhand::restriction {

grpc::Status MarkerRpc::ProposeMarker(grpc::ServerContext* context, const marker::v1::ProposeMarkerRequest* request,
                                      marker::v1::Marker* reply) {
  return rpc_.Unary(context, "ProposeMarker", *request, reply, [&](const Call& call) { return keep_.Propose(call, *request); });
}

grpc::Status MarkerRpc::GetMarker(grpc::ServerContext* context, const marker::v1::GetMarkerRequest* request, marker::v1::Marker* reply) {
  return rpc_.Unary(context, "GetMarker", *request, reply, [&](const Call& call) { return keep_.Get(call, *request); });
}

grpc::Status MarkerRpc::ConfirmMarker(grpc::ServerContext* context, const marker::v1::ConfirmMarkerRequest* request,
                                      marker::v1::Marker* reply) {
  return rpc_.Unary(context, "ConfirmMarker", *request, reply, [&](const Call& call) { return keep_.Confirm(call, *request); });
}

grpc::Status MarkerRpc::ReviewMarker(grpc::ServerContext* context, const marker::v1::ReviewMarkerRequest* request,
                                     marker::v1::Marker* reply) {
  return rpc_.Unary(context, "ReviewMarker", *request, reply, [&](const Call& call) { return keep_.Review(call, *request); });
}

grpc::Status MarkerRpc::RemoveMarker(grpc::ServerContext* context, const marker::v1::RemoveMarkerRequest* request,
                                     marker::v1::Marker* reply) {
  return rpc_.Unary(context, "RemoveMarker", *request, reply, [&](const Call& call) { return keep_.Remove(call, *request); });
}

}  // namespace evenhand::restriction
