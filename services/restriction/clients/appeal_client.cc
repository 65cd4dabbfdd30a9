#include "services/restriction/clients/appeal_client.h"

#include <algorithm>

#include <absl/time/clock.h>

namespace evenhand::restriction {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

v1::ExportedAppeal Exported(const appeal::v1::Appeal& appeal) {
  v1::ExportedAppeal out;
  out.set_reference(appeal.reference());
  out.set_restriction_reference(appeal.restriction_reference());
  out.set_received_on(appeal.received_on());
  out.set_grounds(appeal.grounds());
  out.set_state(appeal.state());
  if (appeal.has_decision()) {
    out.set_outcome(appeal.decision().outcome());
    out.set_reason(appeal.decision().reason());
  }
  return out;
}

}  // namespace

Outcome<std::vector<v1::ExportedAppeal>> AppealClient::Of(const Call& call, const std::string& person_id) {
  appeal::v1::GetAppealsOfRequest request;
  request.set_person_id(person_id);
  appeal::v1::GetAppealsOfResponse reply;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kPatience)));
  if (!stub_->GetAppealsOf(&context, request, &reply).ok())
    return Refusal{.kind = RefusalKind::kUnavailable,
                   .reason = ErrorReason::UNAVAILABLE,
                   .detail = "The appeals can't be looked at right now; please try again."};
  std::vector<v1::ExportedAppeal> appeals;
  for (const auto& appeal : reply.appeals()) appeals.push_back(Exported(appeal));
  return appeals;
}

}  // namespace evenhand::restriction
