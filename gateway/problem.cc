#include "gateway/problem.h"

#include <absl/strings/ascii.h>
#include <google/rpc/status.pb.h>

#include "gateway/json/json_writer.h"
#include "gateway/route/utf8.h"

namespace evenhand::gateway {
namespace {

namespace v1 = common::v1;

struct Row {
  v1::ErrorReason::Value reason;
  int status;
  grpc::StatusCode code;
  std::string_view title;
};

// What each reason is to HTTP, to gRPC and to people.
constexpr Row kRows[] = {
    {v1::ErrorReason::UNAUTHENTICATED, 401, grpc::UNAUTHENTICATED, "Not signed in"},
    {v1::ErrorReason::UNREADABLE_REQUEST, 400, grpc::INVALID_ARGUMENT, "The request is not readable"},
    {v1::ErrorReason::NOT_PERMITTED, 403, grpc::PERMISSION_DENIED, "Not permitted"},
    {v1::ErrorReason::NOT_FOUND, 404, grpc::NOT_FOUND, "Not found"},
    {v1::ErrorReason::ETAG_MISSING, 428, grpc::FAILED_PRECONDITION, "If-Match is missing"},
    {v1::ErrorReason::ETAG_STALE, 412, grpc::ABORTED, "Changed since it was read"},
    {v1::ErrorReason::INVALID_CONTENT, 400, grpc::INVALID_ARGUMENT, "The content falls short"},
    {v1::ErrorReason::WRONG_STATE, 409, grpc::FAILED_PRECONDITION, "Not possible in this state"},
    {v1::ErrorReason::ALREADY_IN_FORCE, 409, grpc::ALREADY_EXISTS, "Already in force"},
    {v1::ErrorReason::ALREADY_APPEALED, 409, grpc::ALREADY_EXISTS, "Already appealed"},
    {v1::ErrorReason::IDEMPOTENCY_KEY_REUSED, 422, grpc::INVALID_ARGUMENT, "The Idempotency-Key was used for another request"},
    {v1::ErrorReason::IDEMPOTENCY_IN_FLIGHT, 409, grpc::ABORTED, "The first request with this Idempotency-Key is still running"},
    {v1::ErrorReason::ACKNOWLEDGEMENT_REQUIRED, 428, grpc::FAILED_PRECONDITION, "An acknowledgement is needed"},
    {v1::ErrorReason::TOO_MANY_REQUESTS, 429, grpc::RESOURCE_EXHAUSTED, "Too many requests"},
    {v1::ErrorReason::UNAVAILABLE, 503, grpc::UNAVAILABLE, "Away for a moment"},
    {v1::ErrorReason::DEADLINE_PASSED, 504, grpc::DEADLINE_EXCEEDED, "Took too long"},
    {v1::ErrorReason::INTERNAL_FAULT, 500, grpc::INTERNAL, "A fault of ours"},
    {v1::ErrorReason::ALREADY_EXISTS, 409, grpc::ALREADY_EXISTS, "Exists already"},
    {v1::ErrorReason::TOO_LARGE, 413, grpc::INVALID_ARGUMENT, "Too large"},
    {v1::ErrorReason::UNSUPPORTED_MEDIA_TYPE, 415, grpc::INVALID_ARGUMENT, "Media type not taken"},
    {v1::ErrorReason::EVIDENCE_UNREADABLE, 409, grpc::FAILED_PRECONDITION, "The evidence is not readable"},
    {v1::ErrorReason::METHOD_NOT_ALLOWED, 405, grpc::INVALID_ARGUMENT, "Not a method of this address"},
};

const Row& RowOf(v1::ErrorReason::Value reason) {
  for (const Row& row : kRows) {
    if (row.reason == reason) return row;
  }
  return kRows[16];
}

std::string_view NameOf(grpc::StatusCode code) {
  constexpr std::string_view kNames[] = {"OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
                                         "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
                                         "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
                                         "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && code < static_cast<int>(std::size(kNames)) ? kNames[code] : "UNKNOWN";
}

// The reason of a status that carries none: a transport's, or a fault.
v1::ErrorReason::Value ReasonOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::INVALID_ARGUMENT:
    case grpc::OUT_OF_RANGE:
      return v1::ErrorReason::INVALID_CONTENT;
    case grpc::DEADLINE_EXCEEDED:
      return v1::ErrorReason::DEADLINE_PASSED;
    case grpc::NOT_FOUND:
      return v1::ErrorReason::NOT_FOUND;
    case grpc::ALREADY_EXISTS:
      return v1::ErrorReason::ALREADY_EXISTS;
    case grpc::PERMISSION_DENIED:
      return v1::ErrorReason::NOT_PERMITTED;
    case grpc::UNAUTHENTICATED:
      return v1::ErrorReason::UNAUTHENTICATED;
    case grpc::FAILED_PRECONDITION:
    case grpc::ABORTED:
      return v1::ErrorReason::WRONG_STATE;
    case grpc::RESOURCE_EXHAUSTED:  // gRPC's own (threads, sizes): our limits say so in a detail, and the caller did nothing wrong
    case grpc::UNAVAILABLE:
    case grpc::CANCELLED:
      return v1::ErrorReason::UNAVAILABLE;
    default:
      return v1::ErrorReason::INTERNAL_FAULT;
  }
}

bool FromDetail(const grpc::Status& status, Problem* problem) {
  google::rpc::Status carried;
  v1::ErrorDetail detail;
  if (status.error_details().empty() || !carried.ParseFromString(status.error_details())) return false;
  for (const auto& any : carried.details()) {
    if (!any.UnpackTo(&detail)) continue;
    *problem = ProblemOf(detail.reason(), status.error_message());
    problem->code = NameOf(status.error_code());
    problem->clause = detail.clause().empty() ? detail.source() : detail.clause();
    problem->other_id = detail.other_id();
    problem->other_reference = detail.other_reference();
    for (const auto& row : detail.violations())
      problem->violations.push_back({row.clause().empty() ? row.source() : row.clause(), row.field(), row.message()});
    return true;
  }
  return false;
}

void Member(std::string_view name, std::string_view value, std::string* out) {
  if (value.empty()) return;
  if (out->back() != '{') *out += ',';
  out->append(1, '"').append(name).append("\":");
  WriteQuoted(IsUtf8(value) ? value : "?", out);
}

// What refuses: a clause of the policy, or another source.
void Authority(std::string_view clause, std::string* out) { Member(IsPolicyClause(clause) ? "clause" : "source", clause, out); }

}  // namespace

int HttpStatusOf(v1::ErrorReason::Value reason) { return RowOf(reason).status; }

std::string TitleOf(v1::ErrorReason::Value reason) { return std::string(RowOf(reason).title); }

Problem ProblemOf(v1::ErrorReason::Value reason, std::string detail, Refusals violations) {
  const Row& row = RowOf(reason);
  if (detail.empty() && !violations.empty()) detail = Invalid(violations).detail;
  return {.reason = row.reason,
          .status = row.status,
          .code = std::string(NameOf(row.code)),
          .detail = std::move(detail),
          .clause = {},
          .violations = std::move(violations),
          .other_id = {},
          .other_reference = {}};
}

Problem ProblemOf(const grpc::Status& status) {
  Problem problem;
  if (FromDetail(status, &problem)) return problem;
  if (status.error_code() == grpc::UNIMPLEMENTED) return ProblemOf(501, "This is not served here.");
  const v1::ErrorReason::Value reason = ReasonOf(status.error_code());
  // Texts of gRPC name hosts and functions: they are for the log.
  if (reason == v1::ErrorReason::UNAVAILABLE)
    return ProblemOf(reason, "A part of the system is away. Nothing is known to have changed; try again.");
  if (reason == v1::ErrorReason::DEADLINE_PASSED) return ProblemOf(reason, "The request took longer than its deadline.");
  if (reason == v1::ErrorReason::INTERNAL_FAULT) return ProblemOf(reason, "Something went wrong here. The trace id finds it in our log.");
  return ProblemOf(reason, status.error_message());
}

Problem ProblemOf(int http_status, std::string detail) {
  const v1::ErrorReason::Value reason = http_status == 413   ? v1::ErrorReason::TOO_LARGE
                                        : http_status == 404 ? v1::ErrorReason::NOT_FOUND
                                        : http_status == 405 ? v1::ErrorReason::METHOD_NOT_ALLOWED
                                        : http_status == 501 ? v1::ErrorReason::UNAVAILABLE
                                        : http_status == 503 ? v1::ErrorReason::UNAVAILABLE
                                        : http_status == 429 ? v1::ErrorReason::TOO_MANY_REQUESTS
                                        : http_status == 415 ? v1::ErrorReason::UNSUPPORTED_MEDIA_TYPE
                                                             : v1::ErrorReason::UNREADABLE_REQUEST;
  Problem problem = ProblemOf(reason, std::move(detail));
  problem.status = http_status;
  if (http_status == 501) problem.code = "UNIMPLEMENTED";
  return problem;
}

std::string ToJson(const Problem& problem, std::string_view instance, std::string_view trace_id) {
  const std::string& name = v1::ErrorReason::Value_Name(problem.reason);
  std::string out = "{";
  Member("type", "/docs#" + name, &out);
  Member("title", HttpStatusOf(problem.reason) == problem.status ? RowOf(problem.reason).title : ReasonPhrase(problem.status), &out);
  out += ",\"status\":" + std::to_string(problem.status);
  Member("detail", problem.detail, &out);
  Member("instance", instance, &out);
  Member("code", problem.code, &out);
  Member("reason", name, &out);
  Authority(problem.clause, &out);
  Member("otherId", problem.other_id, &out);
  Member("otherReference", problem.other_reference, &out);
  if (!problem.violations.empty()) {
    out += ",\"violations\":[";
    for (const Violation& violation : problem.violations) {
      out += out.back() == '[' ? "{" : ",{";
      Member("field", violation.field, &out);
      Member("message", violation.message, &out);
      Authority(violation.clause, &out);
      out += '}';
    }
    out += ']';
  }
  Member("traceId", trace_id, &out);
  return out + "}";
}

Response ToResponse(const Problem& problem, std::string_view instance, std::string_view trace_id) {
  Response response{
      .status = problem.status, .content_type = "application/problem+json", .body = ToJson(problem, instance, trace_id), .headers = {}};
  if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"evenhand\"");
  if (problem.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace evenhand::gateway
