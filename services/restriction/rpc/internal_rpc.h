// The door for the other services.
#pragma once

#include "evenhand/restriction/v1/restriction_internal_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/apply_appeal_outcome.h"
#include "services/restriction/app/count_statistics.h"
#include "services/restriction/app/facts_for_services.h"

namespace evenhand::restriction {

class InternalRpc final : public v1::RestrictionInternalService::Service {
 public:
  InternalRpc(const Rpc& rpc, FactsForServices facts, AppealEffect apply, CountStatistics statistics)
      : rpc_(rpc), facts_(std::move(facts)), apply_(std::move(apply)), statistics_(std::move(statistics)) {}

  grpc::Status GetDecisionFacts(grpc::ServerContext* context, const v1::GetDecisionFactsRequest* request,
                                v1::DecisionFacts* reply) override;
  grpc::Status ApplyAppealOutcome(grpc::ServerContext* context, const v1::ApplyAppealOutcomeRequest* request,
                                  v1::ApplyAppealOutcomeResponse* reply) override;
  grpc::Status GetNotificationFacts(grpc::ServerContext* context, const v1::GetNotificationFactsRequest* request,
                                    v1::NotificationFacts* reply) override;
  grpc::Status GetPersonFacts(grpc::ServerContext* context, const v1::GetPersonFactsRequest* request, v1::PersonFacts* reply) override;
  grpc::Status ListCloseColleagues(grpc::ServerContext* context, const v1::ListCloseColleaguesRequest* request,
                                   v1::ListCloseColleaguesResponse* reply) override;
  grpc::Status GetStatisticsPart(grpc::ServerContext* context, const v1::GetStatisticsPartRequest* request,
                                 v1::StatisticsPart* reply) override;

 private:
  const Rpc& rpc_;
  FactsForServices facts_;
  AppealEffect apply_;
  CountStatistics statistics_;
};

}  // namespace evenhand::restriction
