// Evidence's door: streams in and out.
#pragma once

#include "evenhand/incident/v1/evidence_service.grpc.pb.h"
#include "services/incident/app/evidence.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::incident {

class EvidenceRpc final : public v1::EvidenceService::Service {
 public:
  EvidenceRpc(Rpc& rpc, EvidenceDesk& desk) : rpc_(rpc), desk_(desk) {}
  grpc::Status AddEvidence(grpc::ServerContext* context, grpc::ServerReader<v1::AddEvidenceRequest>* stream, v1::Evidence* reply) override;
  grpc::Status GetEvidenceContent(grpc::ServerContext* context, const v1::GetEvidenceContentRequest* request,
                                  grpc::ServerWriter<v1::EvidenceContent>* stream) override;
  grpc::Status GetEvidence(grpc::ServerContext* context, const v1::GetEvidenceRequest* request, v1::Evidence* reply) override;

 private:
  Rpc& rpc_;
  EvidenceDesk& desk_;
};

}  // namespace evenhand::incident
