#include "services/appeal/app/restriction_peer.h"

#include <chrono>

#include <google/rpc/status.pb.h>

#include "evenhand/common/v1/error.pb.h"
#include "evenhand/restriction/v1/restriction_internal_service.grpc.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {
namespace {

constexpr absl::Duration kLongestAsk = absl::Seconds(5);

// The terms of a variation are refused there; the caller knows them as "variation.…".
Refusal TermsRefused(const grpc::Status& status) {
  google::rpc::Status whole;
  common::v1::ErrorDetail detail;
  if (!whole.ParseFromString(status.error_details()) || whole.details().empty() || !whole.details(0).UnpackTo(&detail)) detail.Clear();
  Refusals no;
  for (const common::v1::Violation& row : detail.violations()) {
    const bool known = row.field().empty() || row.field().starts_with("variation");
    no.push_back({row.clause().empty() ? row.source() : row.clause(), known ? row.field() : "variation." + row.field(), row.message()});
  }
  const std::string& by = detail.clause().empty() ? detail.source() : detail.clause();
  if (no.empty()) no.push_back({by.empty() ? "7.2" : by, "variation", status.error_message()});
  return Invalid(std::move(no));
}

Refusal From(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return TermsRefused(status);
    case grpc::StatusCode::NOT_FOUND:
      return NotFound("restriction");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNAVAILABLE:
      return {.kind = RefusalKind::kUnavailable,
              .reason = ErrorReason::UNAVAILABLE,
              .detail = "The restriction's record can't be reached right now. Nothing was changed; please try again."};
    default:
      return {.kind = RefusalKind::kInternal,
              .reason = ErrorReason::INTERNAL_FAULT,
              .detail = "Something went wrong on our side; nothing was changed."};
  }
}

class Grpc final : public RestrictionPeer {
 public:
  explicit Grpc(std::shared_ptr<grpc::Channel> channel) : stub_(restriction::v1::RestrictionInternalService::NewStub(std::move(channel))) {}

  Outcome<restriction::v1::DecisionFacts> Facts(const Call& call, const std::string& restriction_id,
                                                const std::string& decision_id) override {
    restriction::v1::GetDecisionFactsRequest request;
    request.set_restriction_id(restriction_id);
    request.set_decision_id(decision_id);
    restriction::v1::DecisionFacts reply;
    grpc::ClientContext context;
    Prepare(context, call);
    if (const grpc::Status status = stub_->GetDecisionFacts(&context, request, &reply); !status.ok()) return From(status);
    return reply;
  }

  Outcome<restriction::v1::ApplyAppealOutcomeResponse> Apply(const Call& call,
                                                             const restriction::v1::ApplyAppealOutcomeRequest& request) override {
    return Ask(call, request, /*try_out=*/false);
  }

  Outcome<restriction::v1::ApplyAppealOutcomeResponse> TryOut(const Call& call,
                                                              const restriction::v1::ApplyAppealOutcomeRequest& request) override {
    return Ask(call, request, /*try_out=*/true);
  }

  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call& call,
                                                                   const restriction::v1::ListCloseColleaguesRequest& request) override {
    restriction::v1::ListCloseColleaguesResponse reply;
    grpc::ClientContext context;
    Prepare(context, call);
    if (const grpc::Status status = stub_->ListCloseColleagues(&context, request, &reply); !status.ok()) return From(status);
    return reply;
  }

  Outcome<restriction::v1::PersonFacts> Person(const Call& call, const std::string& person_id) override {
    restriction::v1::GetPersonFactsRequest request;
    request.set_person_id(person_id);
    restriction::v1::PersonFacts reply;
    grpc::ClientContext context;
    Prepare(context, call);
    if (const grpc::Status status = stub_->GetPersonFacts(&context, request, &reply); !status.ok()) return From(status);
    return reply;
  }

 private:
  Outcome<restriction::v1::ApplyAppealOutcomeResponse> Ask(const Call& call, const restriction::v1::ApplyAppealOutcomeRequest& request,
                                                           bool try_out) {
    restriction::v1::ApplyAppealOutcomeResponse reply;
    grpc::ClientContext context;
    Prepare(context, call);
    if (try_out) context.AddMetadata("x-validate-only", "true");
    if (const grpc::Status status = stub_->ApplyAppealOutcome(&context, request, &reply); !status.ok()) return From(status);
    return reply;
  }

  static void Prepare(grpc::ClientContext& context, const Call& call) {
    context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kLongestAsk)));
    if (!call.traceparent.empty()) context.AddMetadata("traceparent", call.traceparent);
  }

  std::unique_ptr<restriction::v1::RestrictionInternalService::Stub> stub_;
};

}  // namespace

std::unique_ptr<RestrictionPeer> OverGrpc(std::shared_ptr<grpc::Channel> channel) { return std::make_unique<Grpc>(std::move(channel)); }

Call OwnCall(const std::string& why) {
  Call call;
  call.actor.id = "system:appeal";
  call.actor.name = "appeal-service";
  call.peer = "appeal";
  call.method = why;
  call.deadline = absl::Now() + absl::Seconds(10);
  return call;
}

}  // namespace evenhand::appeal
