#include "services/restriction/check/contact_stream.h"

#include <deque>

#include "services/platform/obs/log.h"
#include "services/platform/rpc/peer.h"

namespace evenhand::restriction::check {

// One stream. gRPC calls OnReadDone and OnWriteDone one after the other each, but both at once; late answers come from the follower.
class CheckStream final : public grpc::ServerBidiReactor<v1::CheckBatch, v1::CheckBatchReply> {
 public:
  CheckStream(const CheckStreamParts& parts, ContactStreamRpc& owner)
      : owner_(owner), link_(std::make_shared<Link>()), answerer_(parts, [link = link_](const v1::CheckBatchReply& reply) {
          const absl::MutexLock lock(&link->mutex);
          if (link->stream != nullptr) link->stream->Send(reply);
        }) {
    link_->stream = this;
    StartRead(&batch_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Close();
    v1::CheckBatchReply reply;
    answerer_.Answer(batch_, reply);
    Send(std::move(reply));
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

  ContactStreamRpc& owner_;
  const std::shared_ptr<Link> link_;
  BatchAnswerer answerer_;
  v1::CheckBatch batch_;
  absl::Mutex mutex_;
  std::deque<v1::CheckBatchReply> waiting_ ABSL_GUARDED_BY(mutex_);
  v1::CheckBatchReply sending_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

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
