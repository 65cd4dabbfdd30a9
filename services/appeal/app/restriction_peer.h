// What the appeal service asks of the restriction service: the facts of a decision and of a person, and the effect of an outcome.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/platform/base/refusal.h"
#include "services/platform/rpc/call.h"

namespace evenhand::appeal {

class RestrictionPeer {
 public:
  virtual ~RestrictionPeer() = default;
  virtual Outcome<restriction::v1::DecisionFacts> Facts(const Call& call, const std::string& restriction_id,
                                                        const std::string& decision_id) = 0;
  virtual Outcome<restriction::v1::ApplyAppealOutcomeResponse> Apply(const Call& call,
                                                                     const restriction::v1::ApplyAppealOutcomeRequest& request) = 0;
  // What Apply would answer now; nothing is changed.
  virtual Outcome<restriction::v1::ApplyAppealOutcomeResponse> TryOut(const Call& call,
                                                                      const restriction::v1::ApplyAppealOutcomeRequest& request) = 0;
  virtual Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call& call,
                                                                           const restriction::v1::ListCloseColleaguesRequest& request) = 0;
  virtual Outcome<restriction::v1::PersonFacts> Person(const Call& call, const std::string& person_id) = 0;
};

std::unique_ptr<RestrictionPeer> OverGrpc(std::shared_ptr<grpc::Channel> channel);

}  // namespace evenhand::appeal
