// A service's own part of what waits for a user.
#pragma once

#include <functional>

#include "evenhand/work/v1/work_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {

class OwnWorkRpc final : public work::v1::WorkInternalService::Service {
 public:
  using Find = std::function<Outcome<work::v1::ListOwnWorkResponse>(const Call& call, const work::v1::ListOwnWorkRequest& request)>;

  OwnWorkRpc(const Rpc& rpc, Find find) : rpc_(rpc), find_(std::move(find)) {}

  grpc::Status ListOwnWork(grpc::ServerContext* context, const work::v1::ListOwnWorkRequest* request,
                           work::v1::ListOwnWorkResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Find find_;
};

}  // namespace evenhand
