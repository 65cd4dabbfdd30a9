// Asks the appeal service for a person's appeals, for their right of access.
#pragma once

#include <memory>

#include <grpcpp/channel.h>

#include "evenhand/appeal/v1/appeal_internal_service.grpc.pb.h"
#include "services/restriction/app/appeals.h"

namespace evenhand::restriction {

class AppealClient final : public AppealSource {
 public:
  explicit AppealClient(std::shared_ptr<grpc::Channel> channel) : stub_(appeal::v1::AppealInternalService::NewStub(std::move(channel))) {}

  Outcome<std::vector<v1::ExportedAppeal>> Of(const Call& call, const std::string& person_id) override;

 private:
  std::unique_ptr<appeal::v1::AppealInternalService::Stub> stub_;
};

}  // namespace evenhand::restriction
