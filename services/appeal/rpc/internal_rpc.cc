#include "services/appeal/rpc/internal_rpc.h"

#include "services/appeal/app/read_appeals.h"

namespace evenhand::appeal {

grpc::Status AppealInternalServiceRpc::GetOpenAppeals(grpc::ServerContext* context, const v1::GetOpenAppealsRequest* request,
                                                      v1::GetOpenAppealsResponse* reply) {
  return rpc_.Unary(context, "GetOpenAppeals", *request, reply,
                    [&](const Call& call) { return appeal::GetOpenAppeals(context_, call, *request); });
}

grpc::Status AppealInternalServiceRpc::GetAppealsOf(grpc::ServerContext* context, const v1::GetAppealsOfRequest* request,
                                                    v1::GetAppealsOfResponse* reply) {
  return rpc_.Unary(context, "GetAppealsOf", *request, reply,
                    [&](const Call& call) { return appeal::GetAppealsOf(context_, call, *request); });
}

grpc::Status AppealInternalServiceRpc::GetAppealLetterFacts(grpc::ServerContext* context, const v1::GetAppealLetterFactsRequest* request,
                                                            v1::Appeal* reply) {
  return rpc_.Unary(context, "GetAppealLetterFacts", *request, reply,
                    [&](const Call& call) { return appeal::GetAppealLetterFacts(context_, call, *request); });
}

grpc::Status AppealInternalServiceRpc::CountAppeals(grpc::ServerContext* context, const v1::CountAppealsRequest* request,
                                                    v1::CountAppealsResponse* reply) {
  return rpc_.Unary(context, "CountAppeals", *request, reply,
                    [&](const Call& call) { return appeal::CountAppeals(context_, call, *request); });
}

}  // namespace evenhand::appeal
