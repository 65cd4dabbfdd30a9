#include "services/notification/rpc/letter_rpc.h"

#include "services/notification/app/letter_calls.h"

namespace evenhand::notification {

grpc::Status LetterServiceRpc::ListLetters(grpc::ServerContext* context, const v1::ListLettersRequest* request,
                                           v1::ListLettersResponse* reply) {
  return rpc_.Unary(context, "ListLetters", *request, reply,
                    [&](const Call& call) { return notification::ListLetters(context_, call, *request); });
}

grpc::Status LetterServiceRpc::GetLetter(grpc::ServerContext* context, const v1::GetLetterRequest* request, v1::Letter* reply) {
  return rpc_.Unary(context, "GetLetter", *request, reply,
                    [&](const Call& call) { return notification::GetLetter(context_, call, *request); });
}

grpc::Status LetterServiceRpc::GetLetterPdf(grpc::ServerContext* context, const v1::GetLetterPdfRequest* request,
                                            grpc::ServerWriter<v1::LetterChunk>* writer) {
  return rpc_.Stream(
      context, "GetLetterPdf",
      [&](const Call& call) {
        return notification::GetLetterPdf(context_, call, *request, [&](const v1::LetterChunk& chunk) { return writer->Write(chunk); });
      },
      request);
}

grpc::Status LetterServiceRpc::PreviewLetter(grpc::ServerContext* context, const v1::PreviewLetterRequest* request,
                                             v1::PreviewLetterResponse* reply) {
  return rpc_.Unary(context, "PreviewLetter", *request, reply,
                    [&](const Call& call) { return notification::PreviewLetter(context_, call, *request); });
}

grpc::Status LetterServiceRpc::CreateLetter(grpc::ServerContext* context, const v1::CreateLetterRequest* request, v1::Letter* reply) {
  return rpc_.Unary(context, "CreateLetter", *request, reply,
                    [&](const Call& call) { return notification::CreateLetter(context_, call, *request); });
}

grpc::Status LetterServiceRpc::RecordTold(grpc::ServerContext* context, const v1::RecordToldRequest* request, v1::Letter* reply) {
  return rpc_.Unary(context, "RecordTold", *request, reply,
                    [&](const Call& call) { return notification::RecordTold(context_, call, *request); });
}

grpc::Status LetterServiceRpc::RecordPosted(grpc::ServerContext* context, const v1::RecordPostedRequest* request, v1::Letter* reply) {
  return rpc_.Unary(context, "RecordPosted", *request, reply,
                    [&](const Call& call) { return notification::RecordPosted(context_, call, *request); });
}

grpc::Status LetterServiceRpc::RetryLetter(grpc::ServerContext* context, const v1::RetryLetterRequest* request, v1::Letter* reply) {
  return rpc_.Unary(context, "RetryLetter", *request, reply,
                    [&](const Call& call) { return notification::RetryLetter(context_, call, *request); });
}

grpc::Status LetterServiceRpc::ConfirmAddress(grpc::ServerContext* context, const v1::ConfirmAddressRequest* request, v1::Letter* reply) {
  return rpc_.Unary(context, "ConfirmAddress", *request, reply,
                    [&](const Call& call) { return notification::ConfirmAddress(context_, call, *request); });
}

grpc::Status LetterServiceRpc::ListTemplates(grpc::ServerContext* context, const v1::ListTemplatesRequest* request,
                                             v1::ListTemplatesResponse* reply) {
  return rpc_.Unary(context, "ListTemplates", *request, reply,
                    [&](const Call& call) { return notification::ListTemplates(context_, call, *request); });
}

}  // namespace evenhand::notification
