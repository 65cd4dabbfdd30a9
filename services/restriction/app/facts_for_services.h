// What the other services may ask: facts of decisions for appeals, facts of letters and shares for notifications. No narrative.
#pragma once

#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

class FactsForServices {
 public:
  FactsForServices(UnitOfWork& work, EvidenceSource& evidence) : work_(work), evidence_(evidence) {}

  Outcome<v1::DecisionFacts> OfDecision(const Call& call, const v1::GetDecisionFactsRequest& request);
  Outcome<v1::NotificationFacts> OfNotification(const Call& call, const v1::GetNotificationFactsRequest& request);
  Outcome<v1::PersonFacts> OfPerson(const Call& call, const v1::GetPersonFactsRequest& request);
  Outcome<v1::ListCloseColleaguesResponse> OfColleagues(const Call& call, const v1::ListCloseColleaguesRequest& request);

 private:
  UnitOfWork& work_;
  EvidenceSource& evidence_;
};

}  // namespace evenhand::restriction
