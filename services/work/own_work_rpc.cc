#include "services/work/own_work_rpc.h"

namespace evenhand {

grpc::Status OwnWorkRpc::ListOwnWork(grpc::ServerContext* context, const work::v1::ListOwnWorkRequest* request,
                                     work::v1::ListOwnWorkResponse* reply) {
  return rpc_.Unary(context, "ListOwnWork", *request, reply, [&](const Call& call) { return find_(call, *request); });
}

}  // namespace evenhand
