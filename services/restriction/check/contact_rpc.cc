#include "services/restriction/check/contact_rpc.h"

namespace evenhand::restriction::check {

grpc::Status ContactRpc::CheckContact(grpc::ServerContext* context, const v1::CheckContactRequest* request,
                                      v1::CheckContactResponse* reply) {
  return rpc_.Unary(context, "CheckContact", *request, reply, [&](const Call& call) { return check_(call, *request); });
}

grpc::Status ContactRpc::BatchCheckContacts(grpc::ServerContext* context, const v1::BatchCheckContactsRequest* request,
                                            v1::BatchCheckContactsResponse* reply) {
  return rpc_.Unary(context, "BatchCheckContacts", *request, reply, [&](const Call& call) { return check_(call, *request); });
}

grpc::Status ContactRpc::RecordContact(grpc::ServerContext* context, const v1::CheckContactRequest* request,
                                       v1::CheckContactResponse* reply) {
  return rpc_.Unary(context, "RecordContact", *request, reply, [&](const Call& call) { return record_(call, *request); });
}

grpc::Status ContactRpc::ReplayContact(grpc::ServerContext* context, const v1::ReplayContactRequest* request,
                                       v1::ReplayContactResponse* reply) {
  return rpc_.Unary(context, "ReplayContact", *request, reply, [&](const Call& call) { return replay_(call, *request); });
}

}  // namespace evenhand::restriction::check
