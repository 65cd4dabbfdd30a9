// What the notification service asks of the other services before it tells anybody.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "evenhand/appeal/v1/appeal.pb.h"
#include "evenhand/incident/v1/incident_internal_service.pb.h"
#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/platform/base/refusal.h"
#include "services/platform/rpc/call.h"

namespace evenhand::notification {

class Peers {
 public:
  virtual ~Peers() = default;
  // `decision_id` empty: the latest.
  virtual Outcome<restriction::v1::NotificationFacts> Restriction(const Call& call, const std::string& restriction_id,
                                                                  const std::string& decision_id) = 0;
  virtual Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call& call,
                                                                           const restriction::v1::ListCloseColleaguesRequest& request) = 0;
  virtual Outcome<restriction::v1::PersonFacts> Person(const Call& call, const std::string& person_id) = 0;
  virtual Outcome<appeal::v1::Appeal> Appeal(const Call& call, const std::string& appeal_id) = 0;
  virtual Outcome<incident::v1::GroundsFacts> Incident(const Call& call, const std::string& incident_id) = 0;
};

struct PeerChannels {
  std::shared_ptr<grpc::Channel> restriction, appeal, incident;
};
std::unique_ptr<Peers> OverGrpc(const PeerChannels& channels);

}  // namespace evenhand::notification
