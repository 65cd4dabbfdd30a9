#include "services/restriction/check/contact_stream.h"

#include <deque>

#include "services/platform/auth/token_verifier.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/peer.h"

namespace evenhand::restriction::check {
namespace {

constexpr char kMethod[] = "evenhand.restriction.v1.ContactService/CheckContact";
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

Refusal Unauthenticated() {
  return {.kind = RefusalKind::kUnauthenticated,
          .reason = "UNAUTHENTICATED",
          .detail = "Send a token of the council's identity provider that holds."};
}

// A caller of this stream, by the number that the gateway gave their token.
struct Caller {
  std::string jwt;
  std::shared_ptr<const Actor> actor;
  std::optional<Refusal> refusal;
  Steady::time_point verified = Steady::time_point::min();
};

}  // namespace

// One stream. gRPC calls OnReadDone and OnWriteDone one after the other each, but both at once; late answers come from the follower.
class CheckStream final : public grpc::ServerBidiReactor<v1::CheckBatch, v1::CheckBatchReply> {
 public:
  CheckStream(const CheckStreamParts& parts, ContactStreamRpc& owner) : parts_(parts), owner_(owner), link_(std::make_shared<Link>()) {
    link_->stream = this;
    StartRead(&batch_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Close();
    AnswerBatch();
    StartRead(&batch_);
  }

  void OnWriteDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) closing_ = true;
    Continue();
  }

  void OnDone() override {
    {
      const absl::MutexLock lock(&link_->mutex);
      link_->stream = nullptr;
    }
    owner_.Gone(this);
    delete this;
  }

  // After what has been answered so far is written.
  void Close() {
    const absl::MutexLock lock(&mutex_);
    closing_ = true;
    Continue();
  }

 private:
  // Outlives the stream for as long as a check waits.
  struct Link {
    absl::Mutex mutex;
    CheckStream* stream ABSL_GUARDED_BY(mutex) = nullptr;
  };

  void AnswerBatch();
  bool AnswerItem(const v1::CheckItem& item, CheckBatchAnswers& answers, v1::CheckResult& result);
  const Caller& CallerOf(std::uint32_t number);
  void Defer(const v1::CheckItem& item, const Caller& caller, const Revision& at_least);
  static v1::CheckBatchReply LateAnswer(const CheckStreamParts& parts, const v1::CheckItem& item, const Actor& actor,
                                        CheckState::Readiness readiness);

  void Send(v1::CheckBatchReply reply) {
    const absl::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(reply));
    Continue();
  }

  // Writes the next reply, or finishes.
  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (!waiting_.empty()) {
      sending_ = std::move(waiting_.front());
      waiting_.pop_front();
      writing_ = true;
      StartWrite(&sending_);
    } else if (closing_) {
      finished_ = true;
      Finish(grpc::Status::OK);
    }
  }

  const CheckStreamParts& parts_;
  ContactStreamRpc& owner_;
  const std::shared_ptr<Link> link_;
  v1::CheckBatch batch_;
  v1::CheckContactRequest request_;  // used again and again: keeps its memory
  std::vector<Caller> callers_;
  std::vector<std::pair<int, v1::CheckResult*>> guidance_;  // of the batch at hand: refused when the spool is full
  absl::Mutex mutex_;
  std::deque<v1::CheckBatchReply> waiting_ ABSL_GUARDED_BY(mutex_);
  v1::CheckBatchReply sending_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

const Caller& CheckStream::CallerOf(std::uint32_t number) {
  static const Caller kNobody{.jwt = {}, .actor = nullptr, .refusal = Unauthenticated()};
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
    caller.refusal = Unauthenticated();
  }
  return caller;
}

bool CheckStream::AnswerItem(const v1::CheckItem& item, CheckBatchAnswers& answers, v1::CheckResult& result) {
  result.set_id(item.id());
  const Caller& caller = CallerOf(item.token_number());
  if (caller.refusal) {
    result.set_status(StatusBytes(*caller.refusal, item.traceparent()));
    return true;
  }
  ContactQuery query;
  Refusals no;
  if (!request_.ParseFromString(item.request())) {
    no.push_back({"", "", "This request can't be read."});
  } else {
    no = ReadQuery(request_, query);
  }
  if (!no.empty()) {
    result.set_status(StatusBytes(Invalid(std::move(no)), item.traceparent()));
    return true;
  }
  if (!answers.NewEnoughFor(query)) {
    Defer(item, caller, *query.at_least);
    return false;
  }
  result.set_response(answers.Answer(query, {*caller.actor, TraceIdOf(item.traceparent())}));
  return true;
}

void CheckStream::AnswerBatch() {
  const Steady::time_point start = Steady::now();
  for (v1::StreamToken& token : *batch_.mutable_tokens()) {
    if (token.number() >= kMostTokens) continue;
    if (token.number() >= callers_.size()) callers_.resize(token.number() + 1);
    callers_[token.number()] = Caller{.jwt = std::move(*token.mutable_jwt()), .actor = nullptr, .refusal = std::nullopt};
  }
  CheckBatchAnswers answers(parts_.state, parts_.spool, parts_.clock);
  v1::CheckBatchReply reply;
  reply.mutable_results()->Reserve(batch_.items_size());
  guidance_.clear();
  for (int i = 0; i < batch_.items_size(); ++i) {
    v1::CheckResult& result = *reply.add_results();
    if (!AnswerItem(batch_.items(i), answers, result)) {
      reply.mutable_results()->RemoveLast();
    } else if (result.has_response() && answers.gave_guidance()) {
      guidance_.emplace_back(i, &result);
    }
  }
  const int answered = reply.results_size();
  if (!answers.Keep().ok()) {
    for (const auto& [item, result] : guidance_) result->set_status(StatusBytes(SpoolRefusal(), batch_.items(item).traceparent()));
  }
  Send(std::move(reply));
  parts_.metrics.ObserveMany(kMethod, "OK", absl::FromChrono(Steady::now() - start), answered);
}

void CheckStream::Defer(const v1::CheckItem& item, const Caller& caller, const Revision& at_least) {
  parts_.state.WhenAsNewAs(at_least, Steady::now() + kLongestWait,
                           [&parts = parts_, link = link_, item, actor = caller.actor](CheckState::Readiness readiness) {
                             v1::CheckBatchReply reply = LateAnswer(parts, item, *actor, readiness);
                             const absl::MutexLock lock(&link->mutex);
                             if (link->stream != nullptr) link->stream->Send(std::move(reply));
                           });
}

v1::CheckBatchReply CheckStream::LateAnswer(const CheckStreamParts& parts, const v1::CheckItem& item, const Actor& actor,
                                            CheckState::Readiness readiness) {
  v1::CheckBatchReply reply;
  reply.set_late(true);
  v1::CheckResult& result = *reply.add_results();
  result.set_id(item.id());
  v1::CheckContactRequest request;
  ContactQuery query;
  request.ParseFromString(item.request());
  ReadQuery(request, query);
  if (readiness == CheckState::Readiness::kOtherEpoch) {
    result.set_status(StatusBytes(OtherEpochRefusal(), item.traceparent()));
    return reply;
  }
  CheckBatchAnswers answers(parts.state, parts.spool, parts.clock);
  result.set_response(answers.Answer(query, {actor, TraceIdOf(item.traceparent())}, readiness == CheckState::Readiness::kTooOld));
  if (!answers.Keep().ok()) result.set_status(StatusBytes(SpoolRefusal(), item.traceparent()));
  parts.metrics.ObserveMany(kMethod, "OK", absl::ZeroDuration(), 1);
  return reply;
}

namespace {

// A stream that ends before it begins.
class Refused final : public grpc::ServerBidiReactor<v1::CheckBatch, v1::CheckBatchReply> {
 public:
  explicit Refused(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerBidiReactor<v1::CheckBatch, v1::CheckBatchReply>* ContactStreamRpc::CheckContacts(grpc::CallbackServerContext* context) {
  Call call;
  call.method = "evenhand.restriction.v1.ContactStreamService/CheckContacts";
  if (const auto refusal = parts_.rpc.Admit(*context, call)) return new Refused(ToStatus(*refusal, ""));
  const absl::MutexLock lock(&mutex_);
  if (draining_) return new Refused(grpc::Status(grpc::StatusCode::UNAVAILABLE, "This process is about to end."));
  CheckStream* stream = new CheckStream(parts_, *this);
  streams_.insert(stream);
  Log(Level::kInfo, "contact stream opened", {{"peer", call.peer}});
  return stream;
}

void ContactStreamRpc::Drain() {
  const absl::MutexLock lock(&mutex_);
  draining_ = true;
  for (CheckStream* stream : streams_) stream->Close();
}

void ContactStreamRpc::Gone(CheckStream* stream) {
  const absl::MutexLock lock(&mutex_);
  streams_.erase(stream);
}

}  // namespace evenhand::restriction::check
