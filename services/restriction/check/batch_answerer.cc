#include "services/restriction/check/batch_answerer.h"

#include "services/platform/obs/metrics.h"

namespace evenhand::restriction::check {
namespace {

// Strings, as the metrics want them: made once.
const std::string kMethod = "evenhand.restriction.v1.ContactService/CheckContact", kOk = "OK";
constexpr std::uint32_t kMostTokens = 4096;
// A token is asked for again this often: it may have expired meanwhile.
constexpr std::chrono::milliseconds kTrustTokenFor{1000};

std::string_view TraceIdOf(std::string_view traceparent) {
  return traceparent.size() >= 35 ? traceparent.substr(3, 32) : std::string_view();
}

// The serialised google.rpc.Status of a refusal.
std::string StatusBytes(const Refusal& refusal, std::string_view traceparent) {
  return ToStatus(refusal, std::string(TraceIdOf(traceparent))).error_details();
}

v1::CheckBatchReply LateAnswer(const CheckStreamParts& parts, const v1::CheckItem& item, const Actor& actor,
                               CheckState::Readiness readiness) {
  v1::CheckBatchReply reply;
  reply.set_late(true);
  v1::CheckResult& result = *reply.add_results();
  result.set_id(item.id());
  v1::CheckContactRequest request;
  ContactQuery query;
  request.ParseFromString(item.request());
  ReadQuery(parts.areas, request, query);
  CheckBatchAnswers answers(parts.state, parts.spool, parts.clock);
  answers.Answer(query, {actor, TraceIdOf(item.traceparent())}, readiness != CheckState::Readiness::kReady, *result.mutable_response());
  if (!answers.Keep().ok()) result.set_status(StatusBytes(SpoolRefusal(), item.traceparent()));
  parts.metrics.ObserveMany(kMethod, kOk, absl::ZeroDuration(), 1);
  return reply;
}

}  // namespace

const BatchAnswerer::Caller& BatchAnswerer::CallerOf(std::uint32_t number) {
  static const Caller kNobody{.jwt = {}, .actor = nullptr, .refusal = RefusalOfToken(absl::UnauthenticatedError("none"))};
  if (number >= callers_.size() || callers_[number].jwt.empty()) return kNobody;
  Caller& caller = callers_[number];
  const Steady::time_point now = Steady::now();
  if (caller.verified + kTrustTokenFor > now) return caller;
  caller.verified = now;
  caller.refusal.reset();
  const auto actor = parts_.tokens.Verify(caller.jwt);
  if (actor.ok()) {
    caller.actor = *actor;
    caller.refusal = RefusalByRole(*parts_.rule, **actor);
  } else {
    caller.refusal = RefusalOfToken(actor.status());
  }
  return caller;
}

bool BatchAnswerer::AnswerItem(const v1::CheckItem& item, CheckBatchAnswers& answers, v1::CheckResult& result) {
  result.set_id(item.id());
  const Caller& caller = CallerOf(item.token_number());
  if (caller.refusal) {
    result.set_status(StatusBytes(*caller.refusal, item.traceparent()));
    return true;
  }
  ContactQuery query;
  const auto no = request_.ParseFromString(item.request()) ? RefusalToAsk(parts_.areas, *caller.actor, request_, query)
                                                           : Invalid({{"", "", "This request can't be read."}});
  if (no) {
    result.set_status(StatusBytes(*no, item.traceparent()));
    return true;
  }
  if (!answers.NewEnoughFor(query)) {
    Defer(item, caller, *query.at_least);
    return false;
  }
  answers.Answer(query, {*caller.actor, TraceIdOf(item.traceparent())}, false, *result.mutable_response());
  return true;
}

void BatchAnswerer::Learn(v1::CheckBatch& batch) {
  for (v1::StreamToken& token : *batch.mutable_tokens()) {
    if (token.number() >= kMostTokens) continue;
    if (token.number() >= callers_.size()) callers_.resize(token.number() + 1);
    callers_[token.number()] = Caller{.jwt = std::move(*token.mutable_jwt()), .actor = nullptr, .refusal = std::nullopt};
  }
}

void BatchAnswerer::Answer(v1::CheckBatch& batch, v1::CheckBatchReply& reply) {
  const Steady::time_point start = Steady::now();
  Learn(batch);
  CheckBatchAnswers answers(parts_.state, parts_.spool, parts_.clock);
  reply.Clear();
  reply.mutable_results()->Reserve(batch.items_size());
  guidance_.clear();
  for (int i = 0; i < batch.items_size(); ++i) {
    v1::CheckResult& result = *reply.add_results();
    if (!AnswerItem(batch.items(i), answers, result)) {
      reply.mutable_results()->RemoveLast();
    } else if (result.has_response() && answers.gave_guidance()) {
      guidance_.emplace_back(i, &result);
    }
  }
  if (!answers.Keep().ok()) {
    for (const auto& [item, result] : guidance_) result->set_status(StatusBytes(SpoolRefusal(), batch.items(item).traceparent()));
  }
  parts_.metrics.ObserveMany(kMethod, kOk, absl::FromChrono(Steady::now() - start), reply.results_size());
}

void BatchAnswerer::Defer(const v1::CheckItem& item, const Caller& caller, const Revision& at_least) {
  parts_.state.WhenAsNewAs(at_least, Steady::now() + kLongestWait,
                           [&parts = parts_, late = late_, item, actor = caller.actor](CheckState::Readiness readiness) {
                             late(LateAnswer(parts, item, *actor, readiness));
                           });
}

}  // namespace evenhand::restriction::check
