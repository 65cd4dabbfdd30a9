#include "services/incident/rpc/evidence_rpc.h"

namespace evenhand::incident {

grpc::Status EvidenceRpc::AddEvidence(grpc::ServerContext* context, grpc::ServerReader<v1::AddEvidenceRequest>* stream,
                                      v1::Evidence* reply) {
  return rpc_.Stream(context, "AddEvidence", [&](const Call& call) -> std::optional<Refusal> {
    v1::AddEvidenceRequest piece;
    if (!stream->Read(&piece)) return NotFound("incident");
    auto upload = desk_.Begin(call, piece);
    if (!upload.ok()) return upload.refusal();
    do {
      if (auto no = (*upload)->Take(piece.chunk())) return no;
    } while (stream->Read(&piece));
    if (context->IsCancelled()) return std::nullopt;  // broken off: the upload leaves nothing behind
    auto kept = (*upload)->Finish();
    if (!kept.ok()) return kept.refusal();
    call.found = (*upload)->found();
    *reply = std::move(kept).value();
    return std::nullopt;
  });
}

grpc::Status EvidenceRpc::GetEvidenceContent(grpc::ServerContext* context, const v1::GetEvidenceContentRequest* request,
                                             grpc::ServerWriter<v1::EvidenceContent>* stream) {
  return rpc_.Stream(
      context, "GetEvidenceContent",
      [&](const Call& call) { return desk_.Open(call, *request, [&](const v1::EvidenceContent& piece) { return stream->Write(piece); }); },
      request);
}

grpc::Status EvidenceRpc::GetEvidence(grpc::ServerContext* context, const v1::GetEvidenceRequest* request, v1::Evidence* reply) {
  return rpc_.Unary(context, "GetEvidence", *request, reply, [&](const Call& call) { return desk_.Get(call, *request); });
}

}  // namespace evenhand::incident
