#include "services/appeal/rpc/appeal_rpc.h"

#include "services/appeal/app/decide_appeal.h"
#include "services/appeal/app/lodge_appeal.h"
#include "services/appeal/app/read_appeals.h"
#include "services/appeal/app/steps.h"

namespace evenhand::appeal {

grpc::Status AppealServiceRpc::LodgeAppeal(grpc::ServerContext* context, const v1::LodgeAppealRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "LodgeAppeal", *request, reply,
                    [&](const Call& call) { return appeal::LodgeAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::GetAppeal(grpc::ServerContext* context, const v1::GetAppealRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "GetAppeal", *request, reply, [&](const Call& call) { return appeal::GetAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::AcknowledgeAppeal(grpc::ServerContext* context, const v1::AcknowledgeAppealRequest* request,
                                                 v1::Appeal* reply) {
  return rpc_.Unary(context, "AcknowledgeAppeal", *request, reply,
                    [&](const Call& call) { return appeal::AcknowledgeAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::AssignAppeal(grpc::ServerContext* context, const v1::AssignAppealRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "AssignAppeal", *request, reply,
                    [&](const Call& call) { return appeal::AssignAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::RequestInformation(grpc::ServerContext* context, const v1::RequestInformationRequest* request,
                                                  v1::Appeal* reply) {
  return rpc_.Unary(context, "RequestInformation", *request, reply,
                    [&](const Call& call) { return appeal::RequestInformation(context_, call, *request); });
}

grpc::Status AppealServiceRpc::ReceiveInformation(grpc::ServerContext* context, const v1::ReceiveInformationRequest* request,
                                                  v1::Appeal* reply) {
  return rpc_.Unary(context, "ReceiveInformation", *request, reply,
                    [&](const Call& call) { return appeal::ReceiveInformation(context_, call, *request); });
}

grpc::Status AppealServiceRpc::AcceptLateAppeal(grpc::ServerContext* context, const v1::AcceptLateAppealRequest* request,
                                                v1::Appeal* reply) {
  return rpc_.Unary(context, "AcceptLateAppeal", *request, reply,
                    [&](const Call& call) { return appeal::AcceptLateAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::RefuseAppeal(grpc::ServerContext* context, const v1::RefuseAppealRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "RefuseAppeal", *request, reply,
                    [&](const Call& call) { return appeal::RefuseAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::CorrectReceipt(grpc::ServerContext* context, const v1::CorrectReceiptRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "CorrectReceipt", *request, reply,
                    [&](const Call& call) { return appeal::CorrectReceipt(context_, call, *request); });
}

grpc::Status AppealServiceRpc::DecideAppeal(grpc::ServerContext* context, const v1::DecideAppealRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "DecideAppeal", *request, reply,
                    [&](const Call& call) { return appeal::DecideAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::WithdrawAppeal(grpc::ServerContext* context, const v1::WithdrawAppealRequest* request, v1::Appeal* reply) {
  return rpc_.Unary(context, "WithdrawAppeal", *request, reply,
                    [&](const Call& call) { return appeal::WithdrawAppeal(context_, call, *request); });
}

grpc::Status AppealServiceRpc::ListAppeals(grpc::ServerContext* context, const v1::ListAppealsRequest* request,
                                           v1::ListAppealsResponse* reply) {
  return rpc_.Unary(context, "ListAppeals", *request, reply,
                    [&](const Call& call) { return appeal::ListAppeals(context_, call, *request); });
}

}  // namespace evenhand::appeal
