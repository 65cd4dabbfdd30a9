// One list over all services of what waits for the caller: each is asked with the caller's own token and answers by its own rules.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "evenhand/work/v1/work_service.grpc.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {

// Wired in one process only. A service that is away leaves its kinds in `missing`; the others' are told.
class WorkRpc final : public work::v1::WorkService::Service {
 public:
  using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>>;  // service → channel, this one's own included

  WorkRpc(const Rpc& rpc, UnitOfWork& unit_of_work, const Channels& channels);

  grpc::Status ListWork(grpc::ServerContext* context, const work::v1::ListWorkRequest* request, work::v1::ListWorkResponse* reply) override;

 private:
  work::v1::ListWorkResponse Gather(const Call& call, const work::v1::ListWorkRequest& request) const;

  const Rpc& rpc_;
  UnitOfWork& unit_of_work_;
  std::map<std::string, std::unique_ptr<work::v1::WorkInternalService::Stub>> stubs_;
};

}  // namespace evenhand
