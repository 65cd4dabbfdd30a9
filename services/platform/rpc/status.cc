#include <absl/strings/str_cat.h>
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

// Details travel as base64 in gRPC's trailing metadata, bounded on both sides by kMaxMetadataBytes: a refusal must fit beside the rest.
constexpr std::size_t kMaxViolationBytes = 24 * 1024;
constexpr std::size_t kMaxSentence = 1000;  // of one violation or detail, which may quote what was sent

std::string Short(const std::string& text) {
  if (text.size() <= kMaxSentence) return text;
  std::size_t end = kMaxSentence;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // no character is cut in two
  return text.substr(0, end) + "…";
}

template <typename Message>
void PutClause(const std::string& clause, Message& message) {
  IsPolicyClause(clause) ? message.set_clause(clause) : message.set_source(Short(clause));
}

void PutViolations(const Refusals& violations, common::v1::ErrorDetail& detail) {
  std::size_t bytes = 0;
  for (const Violation& violation : violations) {
    common::v1::Violation row;
    PutClause(violation.clause, row);
    row.set_field(Short(violation.field));
    row.set_message(Short(violation.message));
    bytes += row.ByteSizeLong() + 4;
    if (bytes > kMaxViolationBytes) {
      detail.add_violations()->set_message(absl::StrCat("and ", violations.size() - (detail.violations_size() - 1), " more"));
      return;
    }
    *detail.add_violations() = std::move(row);
  }
}

}  // namespace

grpc::Status ToStatus(const Refusal& refusal, const std::string& trace_id) {
  common::v1::ErrorDetail detail;
  detail.set_reason(refusal.reason);
  PutClause(!refusal.clause.empty() || refusal.violations.empty() ? refusal.clause : refusal.violations.front().clause, detail);
  detail.set_other_id(refusal.other_id);
  detail.set_other_reference(refusal.other_reference);
  detail.set_trace_id(trace_id);
  PutViolations(refusal.violations, detail);
  google::rpc::Status status;
  const grpc::StatusCode code = CodeOf(refusal.kind);
  status.set_code(code);
  const std::string sentence = Short(refusal.detail);
  status.set_message(sentence);
  status.add_details()->PackFrom(detail);
  return grpc::Status(code, sentence, status.SerializeAsString());
}

}  // namespace evenhand
