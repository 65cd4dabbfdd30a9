#include "services/restriction/check/local_streams.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "services/platform/obs/log.h"
#include "services/platform/rpc/message_stream.h"
#include "services/platform/rpc/turns.h"
#include "services/platform/rpc/unix_listener.h"

namespace evenhand::restriction::check {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr timeval kLongestWrite{5, 0};  // a gateway that takes nothing for so long is gone

std::string PathBeside(const std::string& listen) {
  constexpr std::string_view kUnix = "unix:";
  return listen.starts_with(kUnix) ? listen.substr(kUnix.size()) + ".checks" : std::string();
}

std::string_view Find(const MessageStream::Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &MessageStream::Fields::value_type::first);
  return found == fields.end() ? std::string_view() : found->second;
}

// Only the gateway asks for others: who is behind each item is verified by the item's own token. This runs on the stream's own thread,
// which from then on stays beside the gateway's.
std::string AdmitCall(const MessageStream::Fields& fields) {
  if (Find(fields, "x-evenhand-peer") != "gateway") return "only the gateway asks here";
  const std::string_view text = Find(fields, "x-evenhand-processor");
  int processor = -1;
  if (std::from_chars(text.data(), text.data() + text.size(), processor).ec == std::errc()) StayOnProcessor(processor);
  return {};
}

}  // namespace

// One stream and its thread. Late answers come from the follower's thread: what both write with is guarded.
class LocalStreams::Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(LocalStreams& owner, int fd) : owner_(owner), fd_(fd) {
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kLongestWrite, sizeof kLongestWrite);
  }
  ~Stream() { close(fd_); }

  void Run() {
    BatchAnswerer answerer(owner_.parts_, [link = weak_from_this()](const v1::CheckBatchReply& reply) {
      if (const auto stream = link.lock()) stream->SendReply(reply);
    });
    std::array<char, kReadBytes> space;
    for (bool on = true; on;) {
      const ssize_t bytes = recv(fd_, space.data(), space.size(), 0);
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes <= 0) break;
      on = Take({space.data(), static_cast<std::size_t>(bytes)});
      // Not under the lock: a check that need not wait after all is answered from within.
      for (std::size_t i = 0; i < arrived_; ++i) {
        answerer.Answer(batches_[i], reply_);
        on = SendReply(reply_) && on;
      }
      batches_.resize(1);  // one at a time is usual: that one keeps its memory
    }
    const absl::MutexLock lock(&mutex_);
    call_->Finish();
    Write();
  }

  // What has arrived is still answered.
  void End() { shutdown(fd_, SHUT_RD); }

 private:
  bool Take(std::string_view bytes) {
    const absl::MutexLock lock(&mutex_);
    arrived_ = 0;
    const bool on = call_->Receive(bytes, [&](std::string_view message) {
      if (arrived_ == batches_.size()) batches_.emplace_back();
      const bool whole = batches_[arrived_].ParseFromArray(message.data(), static_cast<int>(message.size()));
      arrived_ += whole ? 1 : 0;
      return whole;
    });
    // What HTTP/2 itself has to say goes with the replies, if there are any.
    return (arrived_ > 0 || Write()) && on;
  }

  bool SendReply(const v1::CheckBatchReply& reply) {
    const absl::MutexLock lock(&mutex_);
    call_->Send(reply);
    return Write();
  }

  bool Write() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!call_->Drain(&out_)) return false;
    std::size_t sent = 0;
    while (sent < out_.size()) {
      const ssize_t bytes = send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes <= 0) return false;
      sent += static_cast<std::size_t>(bytes);
    }
    out_.clear();
    return true;
  }

  LocalStreams& owner_;
  const int fd_;
  absl::Mutex mutex_;
  std::unique_ptr<MessageStream> call_ ABSL_GUARDED_BY(mutex_) =
      MessageStream::Serve("/evenhand.restriction.v1.ContactStreamService/CheckContacts", AdmitCall);
  std::string out_ ABSL_GUARDED_BY(mutex_);
  // The stream's thread alone.
  std::vector<v1::CheckBatch> batches_{1};
  std::size_t arrived_ = 0;  // of batches_
  v1::CheckBatchReply reply_;
};

LocalStreams::LocalStreams(const CheckStreamParts& parts, const std::string& listen) : parts_(parts), path_(PathBeside(listen)) {}

void LocalStreams::Start() {
  if (path_.empty()) return;
  listening_ = ListenLocally(path_);
  if (listening_ < 0) return Log(Level::kWarning, "no local check streams", {{"path", path_}});
  thread_ = std::thread([this] { Accept(); });
}

void LocalStreams::Accept() {
  for (int fd; (fd = AcceptLocally(listening_, 0)) >= 0;) Admit(fd);
}

void LocalStreams::Admit(int fd) {
  const auto stream = std::make_shared<Stream>(*this, fd);
  {
    const absl::MutexLock lock(&mutex_);
    if (draining_ || streams_.size() >= kMostStreams) return;
    streams_.insert(stream.get());
  }
  try {
    std::thread([this, stream] {
      TakeTurns();
      stream->Run();
      Gone(stream.get());
    }).detach();
  } catch (const std::system_error&) {  // no thread to be had: this caller comes again, the others go on
    Log(Level::kError, "no thread for a check stream");
    Gone(stream.get());
  }
}

void LocalStreams::Gone(Stream* stream) {
  const absl::MutexLock lock(&mutex_);
  streams_.erase(stream);
}

void LocalStreams::Drain() {
  if (!thread_.joinable()) return;
  shutdown(listening_, SHUT_RDWR);
  thread_.join();
  close(listening_);
  unlink(path_.c_str());
  const absl::MutexLock lock(&mutex_);
  draining_ = true;
  for (Stream* stream : streams_) stream->End();
  mutex_.Await(absl::Condition(+[](absl::flat_hash_set<Stream*>* streams) { return streams->empty(); }, &streams_));
}

}  // namespace evenhand::restriction::check
