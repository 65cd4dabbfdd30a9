#include "services/notification/app/peers.h"

#include <algorithm>

#include "evenhand/appeal/v1/appeal_internal_service.grpc.pb.h"
#include "evenhand/incident/v1/incident_internal_service.grpc.pb.h"
#include "evenhand/restriction/v1/restriction_internal_service.grpc.pb.h"

namespace evenhand::notification {
namespace {

constexpr absl::Duration kLongestAsk = absl::Seconds(5);

Refusal From(const grpc::Status& status, const char* what) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND:
      return NotFound(what);
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNAVAILABLE:
      return {.kind = RefusalKind::kUnavailable,
              .reason = ErrorReason::UNAVAILABLE,
              .detail = "Another part of the system can't be reached right now. Nothing was changed; please try again."};
    default:
      return {.kind = RefusalKind::kInternal,
              .reason = ErrorReason::INTERNAL_FAULT,
              .detail = "Something went wrong on our side; nothing was changed."};
  }
}

class Grpc final : public Peers {
 public:
  explicit Grpc(const PeerChannels& channels)
      : restrictions_(restriction::v1::RestrictionInternalService::NewStub(channels.restriction)),
        appeals_(appeal::v1::AppealInternalService::NewStub(channels.appeal)),
        incidents_(incident::v1::IncidentInternalService::NewStub(channels.incident)) {}

  Outcome<restriction::v1::NotificationFacts> Restriction(const Call& call, const std::string& restriction_id,
                                                          const std::string& decision_id) override {
    restriction::v1::GetNotificationFactsRequest request;
    request.set_restriction_id(restriction_id);
    request.set_decision_id(decision_id);
    auto facts = Ask<restriction::v1::NotificationFacts>(
        call, "restriction", [&](auto* context, auto* reply) { return restrictions_->GetNotificationFacts(context, request, reply); });
    if (!facts.ok() || !facts->physical_threat()) return facts;
    // A threat is for every service that has met the person (12.5), the one whose incident is no ground of this restriction too.
    const auto person = Person(call, facts->person_id());
    if (!person.ok()) return person.refusal();
    for (const std::string& area : person->services_with_contact()) {
      const auto& known = facts->services_with_contact();
      if (std::ranges::find(known, area) == known.end()) facts->add_services_with_contact(area);
    }
    return facts;
  }

  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call& call,
                                                                   const restriction::v1::ListCloseColleaguesRequest& request) override {
    return Ask<restriction::v1::ListCloseColleaguesResponse>(
        call, "person", [&](auto* context, auto* reply) { return restrictions_->ListCloseColleagues(context, request, reply); });
  }

  Outcome<restriction::v1::PersonFacts> Person(const Call& call, const std::string& person_id) override {
    restriction::v1::GetPersonFactsRequest request;
    request.set_person_id(person_id);
    return Ask<restriction::v1::PersonFacts>(
        call, "person", [&](auto* context, auto* reply) { return restrictions_->GetPersonFacts(context, request, reply); });
  }

  Outcome<appeal::v1::Appeal> Appeal(const Call& call, const std::string& appeal_id) override {
    appeal::v1::GetAppealLetterFactsRequest request;
    request.set_appeal_id(appeal_id);
    return Ask<appeal::v1::Appeal>(call, "appeal",
                                   [&](auto* context, auto* reply) { return appeals_->GetAppealLetterFacts(context, request, reply); });
  }

  Outcome<incident::v1::GroundsFacts> Incident(const Call& call, const std::string& incident_id) override {
    incident::v1::GetGroundsFactsRequest request;
    request.add_incident_ids(incident_id);
    auto reply = Ask<incident::v1::GetGroundsFactsResponse>(
        call, "incident", [&](auto* context, auto* out) { return incidents_->GetGroundsFacts(context, request, out); });
    if (!reply.ok()) return reply.refusal();
    if (reply->incidents().empty()) return NotFound("incident");
    return reply->incidents(0);
  }

 private:
  template <typename Reply, typename Send>
  Outcome<Reply> Ask(const Call& call, const char* what, Send send) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kLongestAsk)));
    if (!call.traceparent.empty()) context.AddMetadata("traceparent", call.traceparent);
    Reply reply;
    if (const grpc::Status status = send(&context, &reply); !status.ok()) return From(status, what);
    return reply;
  }

  std::unique_ptr<restriction::v1::RestrictionInternalService::Stub> restrictions_;
  std::unique_ptr<appeal::v1::AppealInternalService::Stub> appeals_;
  std::unique_ptr<incident::v1::IncidentInternalService::Stub> incidents_;
};

}  // namespace

std::unique_ptr<Peers> OverGrpc(const PeerChannels& channels) { return std::make_unique<Grpc>(channels); }

}  // namespace evenhand::notification
