#include "services/restriction/rpc/retention_rpc.h"

namespace evenhand::restriction {

grpc::Status RetentionRpc::ListRetentionRecords(grpc::ServerContext* context, const retention::v1::ListRetentionRecordsRequest* request,
                                                retention::v1::ListRetentionRecordsResponse* reply) {
  return rpc_.Unary(context, "ListRetentionRecords", *request, reply, [&](const Call& call) { return retain_.List(call, *request); });
}

}  // namespace evenhand::restriction
