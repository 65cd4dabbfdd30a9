#include <map>

#include <google/rpc/status.pb.h>

#include "evenhand/common/v1/error.pb.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {
namespace {

grpc::StatusCode CodeOf(RefusalKind kind) {
  switch (kind) {
    case RefusalKind::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case RefusalKind::kUnreadable:
    case RefusalKind::kInvalid:
    case RefusalKind::kIdempotencyKeyReused:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case RefusalKind::kNotPermitted:
      return grpc::StatusCode::PERMISSION_DENIED;
    case RefusalKind::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case RefusalKind::kEtagMissing:
    case RefusalKind::kConflict:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case RefusalKind::kEtagStale:
    case RefusalKind::kIdempotencyInFlight:
      return grpc::StatusCode::ABORTED;
    case RefusalKind::kTooMany:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case RefusalKind::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case RefusalKind::kDeadline:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case RefusalKind::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

}  // namespace

grpc::Status ToStatus(const Refusal& refusal, const std::string& trace_id) {
  common::v1::ErrorDetail detail;
  common::v1::ErrorReason reason = common::v1::INTERNAL_FAULT;
  common::v1::ErrorReason_Parse(refusal.reason, &reason);
  detail.set_reason(reason);
  detail.set_clause(!refusal.clause.empty() || refusal.violations.empty() ? refusal.clause : refusal.violations.front().clause);
  detail.set_other_id(refusal.other_id);
  detail.set_other_reference(refusal.other_reference);
  detail.set_trace_id(trace_id);
  for (const Violation& violation : refusal.violations) {
    common::v1::Violation& row = *detail.add_violations();
    row.set_clause(violation.clause);
    row.set_field(violation.field);
    row.set_message(violation.message);
  }
  google::rpc::Status status;
  const grpc::StatusCode code = CodeOf(refusal.kind);
  status.set_code(code);
  status.set_message(refusal.detail);
  status.add_details()->PackFrom(detail);
  return grpc::Status(code, refusal.detail, status.SerializeAsString());
}

}  // namespace evenhand
