// The door to what is kept for how long.
#pragma once

#include "evenhand/retention/v1/retention_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/retain_records.h"

namespace evenhand::restriction {

class RetentionRpc final : public retention::v1::RetentionService::Service {
 public:
  RetentionRpc(const Rpc& rpc, RetainRecords retain) : rpc_(rpc), retain_(std::move(retain)) {}

  grpc::Status ListRetentionRecords(grpc::ServerContext* context, const retention::v1::ListRetentionRecordsRequest* request,
                                    retention::v1::ListRetentionRecordsResponse* reply) override;

 private:
  const Rpc& rpc_;
  RetainRecords retain_;
};

}  // namespace evenhand::restriction
