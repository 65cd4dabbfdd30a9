// A refusal as RFC 9457 has it: application/problem+json.
#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "evenhand/common/v1/error.pb.h"
#include "gateway/http/response.h"
#include "services/platform/base/refusal.h"

namespace evenhand::gateway {

struct Problem {
  common::v1::ErrorReason::Value reason = common::v1::ErrorReason::INTERNAL_FAULT;
  int status = 500;
  std::string code;    // the gRPC name: "PERMISSION_DENIED"
  std::string detail;  // one sentence for people
  std::string clause;  // or source, as in Violation
  Refusals violations;
  std::string other_id, other_reference;
};

// Of a reason that the gateway itself refuses with.
Problem ProblemOf(common::v1::ErrorReason::Value reason, std::string detail, Refusals violations = {});
// Of what a service answered; its own reason where it gave one.
Problem ProblemOf(const grpc::Status& status);
// Of a request whose shape is wrong, by HTTP status.
Problem ProblemOf(int http_status, std::string detail);

// What HTTP calls a reason, and its one line title. For /openapi.json too.
int HttpStatusOf(common::v1::ErrorReason::Value reason);
std::string TitleOf(common::v1::ErrorReason::Value reason);

// `instance` is the path of the request, `trace_id` finds it in the log.
std::string ToJson(const Problem& problem, std::string_view instance, std::string_view trace_id);
Response ToResponse(const Problem& problem, std::string_view instance, std::string_view trace_id);

}  // namespace evenhand::gateway
