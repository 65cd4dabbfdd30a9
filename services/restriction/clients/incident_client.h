// Asks the incident service for the facts that a decision rests on.
#pragma once

#include <memory>

#include <grpcpp/channel.h>

#include "evenhand/incident/v1/incident_internal_service.grpc.pb.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

class IncidentClient final : public EvidenceSource {
 public:
  explicit IncidentClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(incident::v1::IncidentInternalService::NewStub(std::move(channel))) {}

  Outcome<Evidence> Facts(const Call& call, const std::set<std::string>& incident_ids) override;
  Outcome<std::vector<EvidenceFact>> OfPeople(const Call& call, const std::vector<std::string>& person_ids) override;

 private:
  std::unique_ptr<incident::v1::IncidentInternalService::Stub> stub_;
};

}  // namespace evenhand::restriction
