#include "services/restriction/check/check_contact.h"

#include <optional>

namespace evenhand::restriction::check {
namespace {

Steady::time_point WaitUntil(const Call& call) {
  const Steady::time_point longest = Steady::now() + kLongestWait;
  if (call.deadline == absl::InfiniteFuture()) return longest;
  return std::min(longest, Steady::now() + absl::ToChronoNanoseconds(call.deadline - absl::Now()));
}

// What one bad contact of a batch is told.
v1::ContactError ErrorOf(const Refusal& no) {
  v1::ContactError error;
  using Code = v1::ContactError::Code;
  error.set_code(no.kind == RefusalKind::kInvalid        ? Code::INVALID_ARGUMENT
                 : no.kind == RefusalKind::kNotPermitted ? Code::PERMISSION_DENIED
                                                         : Code::FAILED_PRECONDITION);
  if (!no.violations.empty()) error.set_field(no.violations.front().field);
  error.set_message(no.violations.empty() ? no.detail : no.violations.front().message);
  return error;
}

}  // namespace

Outcome<v1::CheckContactResponse> CheckContact::operator()(const Call& call, const v1::CheckContactRequest& request) {
  ContactQuery query;
  if (auto no = RefusalToAsk(*call.areas, call.actor, request, query)) return *std::move(no);
  CheckState::Readiness readiness = CheckState::Readiness::kReady;
  if (query.at_least) readiness = state_.Await(*query.at_least, WaitUntil(call));
  CheckBatchAnswers answers(state_, spool_, clock_);
  v1::CheckContactResponse answer;
  answers.AnswerInto(query, {call.actor, call.trace_id}, readiness != CheckState::Readiness::kReady, answer);
  if (!answers.Keep().ok()) return SpoolRefusal();
  return answer;
}

Outcome<v1::BatchCheckContactsResponse> CheckContact::operator()(const Call& call, const v1::BatchCheckContactsRequest& request) {
  if (request.requests_size() > kMostInBatch) return Invalid({{"", "requests", "Send at most 1,000 contacts at a time."}});
  const auto size = static_cast<std::size_t>(request.requests_size());
  std::vector<ContactQuery> queries(size);
  std::vector<std::optional<Refusal>> faults(size);
  std::vector<CheckState::Readiness> readiness(size, CheckState::Readiness::kReady);
  const Steady::time_point until = WaitUntil(call);
  for (std::size_t i = 0; i < size; ++i) {
    faults[i] = RefusalToAsk(*call.areas, call.actor, request.requests(static_cast<int>(i)), queries[i]);
    if (!faults[i] && queries[i].at_least) readiness[i] = state_.Await(*queries[i].at_least, until);
  }
  // What the edge couldn't read comes here as an empty request; what was wrong with it stands beside.
  for (const common::v1::ItemFault& fault : request.faults())
    if (fault.index() < size) faults[fault.index()] = Invalid({{"", fault.field(), fault.message()}});
  CheckBatchAnswers answers(state_, spool_, clock_);
  v1::BatchCheckContactsResponse reply;
  for (std::size_t i = 0; i < size; ++i) {
    v1::CheckContactResponse& answer = *reply.add_replies();
    if (faults[i]) {
      *answer.mutable_error() = ErrorOf(*faults[i]);
    } else {
      answers.AnswerInto(queries[i], {call.actor, call.trace_id}, readiness[i] != CheckState::Readiness::kReady, answer);
    }
  }
  if (!answers.Keep().ok()) return SpoolRefusal();
  return reply;
}

}  // namespace evenhand::restriction::check
