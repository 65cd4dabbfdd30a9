// Letters over gRPC: a thin adapter.
#pragma once

#include "evenhand/notification/v1/letter_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class LetterServiceRpc final : public v1::LetterService::Service {
 public:
  LetterServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListLetters(grpc::ServerContext* context, const v1::ListLettersRequest* request, v1::ListLettersResponse* reply) override;
  grpc::Status GetLetter(grpc::ServerContext* context, const v1::GetLetterRequest* request, v1::Letter* reply) override;
  grpc::Status GetLetterPdf(grpc::ServerContext* context, const v1::GetLetterPdfRequest* request,
                            grpc::ServerWriter<v1::LetterChunk>* writer) override;
  grpc::Status PreviewLetter(grpc::ServerContext* context, const v1::PreviewLetterRequest* request,
                             v1::PreviewLetterResponse* reply) override;
  grpc::Status CreateLetter(grpc::ServerContext* context, const v1::CreateLetterRequest* request, v1::Letter* reply) override;
  grpc::Status RecordTold(grpc::ServerContext* context, const v1::RecordToldRequest* request, v1::Letter* reply) override;
  grpc::Status RecordPosted(grpc::ServerContext* context, const v1::RecordPostedRequest* request, v1::Letter* reply) override;
  grpc::Status RetryLetter(grpc::ServerContext* context, const v1::RetryLetterRequest* request, v1::Letter* reply) override;
  grpc::Status ConfirmAddress(grpc::ServerContext* context, const v1::ConfirmAddressRequest* request, v1::Letter* reply) override;
  grpc::Status ListTemplates(grpc::ServerContext* context, const v1::ListTemplatesRequest* request,
                             v1::ListTemplatesResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
