#include "services/restriction/rpc/internal_rpc.h"

namespace evenhand::restriction {

grpc::Status InternalRpc::GetDecisionFacts(grpc::ServerContext* context, const v1::GetDecisionFactsRequest* request,
                                           v1::DecisionFacts* reply) {
  return rpc_.Unary(context, "GetDecisionFacts", *request, reply, [&](const Call& call) { return facts_.OfDecision(call, *request); });
}

grpc::Status InternalRpc::ApplyAppealOutcome(grpc::ServerContext* context, const v1::ApplyAppealOutcomeRequest* request,
                                             v1::ApplyAppealOutcomeResponse* reply) {
  return rpc_.Unary(context, "ApplyAppealOutcome", *request, reply, [&](const Call& call) { return apply_(call, *request); });
}

grpc::Status InternalRpc::GetNotificationFacts(grpc::ServerContext* context, const v1::GetNotificationFactsRequest* request,
                                               v1::NotificationFacts* reply) {
  return rpc_.Unary(context, "GetNotificationFacts", *request, reply,
                    [&](const Call& call) { return facts_.OfNotification(call, *request); });
}

grpc::Status InternalRpc::GetPersonFacts(grpc::ServerContext* context, const v1::GetPersonFactsRequest* request, v1::PersonFacts* reply) {
  return rpc_.Unary(context, "GetPersonFacts", *request, reply, [&](const Call& call) { return facts_.OfPerson(call, *request); });
}

grpc::Status InternalRpc::ListCloseColleagues(grpc::ServerContext* context, const v1::ListCloseColleaguesRequest* request,
                                              v1::ListCloseColleaguesResponse* reply) {
  return rpc_.Unary(context, "ListCloseColleagues", *request, reply, [&](const Call& call) { return facts_.OfColleagues(call, *request); });
}

grpc::Status InternalRpc::GetStatisticsPart(grpc::ServerContext* context, const v1::GetStatisticsPartRequest* request,
                                            v1::StatisticsPart* reply) {
  return rpc_.Unary(context, "GetStatisticsPart", *request, reply, [&](const Call& call) { return statistics_(call, *request); });
}

}  // namespace evenhand::restriction
