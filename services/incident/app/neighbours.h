// What incident-service asks of the others: is this person registered, and their part of the statistics.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "evenhand/appeal/v1/appeal_internal_service.pb.h"
#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/closure/closure.h"
#include "services/platform/base/refusal.h"
#include "services/platform/rpc/call.h"

namespace evenhand::incident {

struct FoundPerson {
  enum class Answer { kRegistered, kUnknown, kAway } answer = Answer::kAway;
  std::string person_id;  // the record that stands: a merged one answers its survivor
};

class Neighbours {
 public:
  virtual ~Neighbours() = default;
  virtual Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(
      const Call& call, const restriction::v1::ListCloseColleaguesRequest& request) const = 0;
  // Whose cases are closed to this caller (12.4).
  Closure ClosureOf(const Call& call) const {
    return Closure(call.actor, [this, &call](const auto& request) { return Colleagues(call, request); });
  }
  virtual FoundPerson FindPerson(const Call& call, const std::string& id_or_reference) const = 0;
  virtual Outcome<restriction::v1::StatisticsPart> RestrictionFigures(const Call& call, const std::string& from, const std::string& to,
                                                                      const std::string& by) const = 0;
  virtual Outcome<appeal::v1::CountAppealsResponse> AppealFigures(const Call& call, const std::string& from,
                                                                  const std::string& to) const = 0;
};

std::unique_ptr<Neighbours> OverGrpc(std::shared_ptr<grpc::Channel> restriction, std::shared_ptr<grpc::Channel> appeal);

}  // namespace evenhand::incident
