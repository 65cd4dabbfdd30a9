#include "services/incident/app/neighbours.h"

#include <atomic>

#include <absl/time/clock.h>

#include "evenhand/appeal/v1/appeal_internal_service.grpc.pb.h"
#include "evenhand/restriction/v1/restriction_internal_service.grpc.pb.h"

namespace evenhand::incident {
namespace {

constexpr absl::Duration kLongestAsk = absl::Seconds(3);

Refusal Away() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = {},
          .detail = "Another part of the system can't be reached right now.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

class Grpc final : public Neighbours {
 public:
  Grpc(std::shared_ptr<grpc::Channel> restriction, std::shared_ptr<grpc::Channel> appeal)
      : restriction_(restriction::v1::RestrictionInternalService::NewStub(std::move(restriction))),
        appeal_(appeal::v1::AppealInternalService::NewStub(std::move(appeal))) {}

  FoundPerson FindPerson(const Call& call, const std::string& id_or_reference) const override {
    restriction::v1::GetPersonFactsRequest request;
    request.set_person_id(id_or_reference);
    restriction::v1::PersonFacts facts;
    grpc::ClientContext context;
    Prepare(context, call);
    const grpc::Status status = restriction_->GetPersonFacts(&context, request, &facts);
    if (status.ok()) return {FoundPerson::Answer::kRegistered, facts.person_id()};
    const bool none = status.error_code() == grpc::StatusCode::NOT_FOUND || status.error_code() == grpc::StatusCode::INVALID_ARGUMENT;
    return {none ? FoundPerson::Answer::kUnknown : FoundPerson::Answer::kAway, ""};
  }

  // Asked at every look: once the register was away nobody waits for it again for a moment.
  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(
      const Call& call, const restriction::v1::ListCloseColleaguesRequest& request) const override {
    if (absl::Now() < absl::FromUnixNanos(away_until_.load())) return Away();
    restriction::v1::ListCloseColleaguesResponse reply;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + absl::Seconds(1))));
    if (restriction_->ListCloseColleagues(&context, request, &reply).ok()) return reply;
    away_until_ = absl::ToUnixNanos(absl::Now() + absl::Milliseconds(300));
    return Away();
  }

  Outcome<restriction::v1::StatisticsPart> RestrictionFigures(const Call& call, const std::string& from, const std::string& to,
                                                              const std::string& by) const override {
    restriction::v1::GetStatisticsPartRequest request;
    request.set_from(from);
    request.set_to(to);
    request.set_by(by);
    restriction::v1::StatisticsPart part;
    grpc::ClientContext context;
    Prepare(context, call);
    if (!restriction_->GetStatisticsPart(&context, request, &part).ok()) return Away();
    return part;
  }

  Outcome<appeal::v1::CountAppealsResponse> AppealFigures(const Call& call, const std::string& from, const std::string& to) const override {
    appeal::v1::CountAppealsRequest request;
    request.set_from(from);
    request.set_to(to);
    appeal::v1::CountAppealsResponse reply;
    grpc::ClientContext context;
    Prepare(context, call);
    if (!appeal_->CountAppeals(&context, request, &reply).ok()) return Away();
    return reply;
  }

 private:
  static void Prepare(grpc::ClientContext& context, const Call& call) {
    context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kLongestAsk)));
  }

  mutable std::atomic<std::int64_t> away_until_ = 0;
  std::unique_ptr<restriction::v1::RestrictionInternalService::Stub> restriction_;
  std::unique_ptr<appeal::v1::AppealInternalService::Stub> appeal_;
};

}  // namespace

std::unique_ptr<Neighbours> OverGrpc(std::shared_ptr<grpc::Channel> restriction, std::shared_ptr<grpc::Channel> appeal) {
  return std::make_unique<Grpc>(std::move(restriction), std::move(appeal));
}

}  // namespace evenhand::incident
