#include "gateway/call/check_link.h"

#include <absl/base/internal/endian.h>

namespace evenhand::gateway {
namespace {

constexpr char kPath[] = "/evenhand.restriction.v1.ContactStreamService/CheckContacts";
// Replies are small and wanted at once: the windows shall never be what they wait for.
constexpr std::int32_t kWindow = 8 << 20;
constexpr std::uint32_t kMostReplyBytes = 16 << 20;
constexpr std::size_t kPrefix = 5;  // of a gRPC message: a flag (compressed) and four bytes of length, big-endian

nghttp2_nv Field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) { return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data())); };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

// What nghttp2 calls back. None of it ends the link at once: the session must not die within its own call.
struct CheckLink::Callbacks {
  static CheckLink& Of(void* link) { return *static_cast<CheckLink*>(link); }

  static int OnData(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* data, std::size_t size, void* link) {
    Of(link).in_.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }

  static int OnField(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                     std::size_t value_size, std::uint8_t, void* link) {
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    if (key == "grpc-status" || key == "grpc-message" ||
        (key == ":status" && std::string_view(reinterpret_cast<const char*>(value), value_size) != "200"))
      Of(link).why_.append(key).append(" ").append(reinterpret_cast<const char*>(value), value_size).append(" ");
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, std::int32_t, std::uint32_t code, void* link) {
    if (Of(link).why_.empty()) Of(link).why_ = std::string("stream closed: ") + nghttp2_http2_strerror(code);
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* link) {
    if (frame->hd.type == NGHTTP2_GOAWAY && Of(link).why_.empty()) Of(link).why_ = "the service goes away";
    return 0;
  }

  static ssize_t ReadBody(nghttp2_session*, std::int32_t, std::uint8_t* space, std::size_t size, std::uint32_t*,
                          nghttp2_data_source* source, void*) {
    CheckLink& link = *static_cast<CheckLink*>(source->ptr);
    const std::size_t bytes = std::min(size, link.unsent_.size() - link.unsent_at_);
    if (bytes == 0) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(space, link.unsent_.data() + link.unsent_at_, bytes);
    link.unsent_at_ += bytes;
    if (link.unsent_at_ == link.unsent_.size()) link.unsent_.clear(), link.unsent_at_ = 0;
    return static_cast<ssize_t>(bytes);
  }
};

CheckLink::CheckLink(Owner* owner, asio::io_context& io, const std::string& address, const Settings& settings)
    : owner_(owner), wire_(io, address, settings) {}

CheckLink::~CheckLink() { nghttp2_session_del(session_); }

void CheckLink::Start() {
  wire_.Connect([self = shared_from_this()](ErrorCode error) {
    if (error) return self->Break("can't connect: " + error.message());
    if (self->broken_) return;
    self->OpenStream();
    self->Read();
    self->linked_ = true;
    if (self->owner_ != nullptr) self->owner_->OnLinked();
  });
}

void CheckLink::OpenStream() {
  nghttp2_session_callbacks* callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnField);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnStreamClose);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
  const nghttp2_nv head[] = {Field(":method", "POST"),
                             Field(":scheme", wire_.secure() ? "https" : "http"),
                             Field(":path", kPath),
                             Field(":authority", wire_.authority()),
                             Field("content-type", "application/grpc"),
                             Field("te", "trailers"),
                             Field("user-agent", "evenhand-gateway"),
                             Field("x-evenhand-peer", "gateway")};
  nghttp2_data_provider body{.source = {.ptr = this}, .read_callback = Callbacks::ReadBody};
  stream_ = nghttp2_submit_request(session_, nullptr, head, std::size(head), &body, nullptr);
  Pump();
}

void CheckLink::Send(const restriction::v1::CheckBatch& batch) {
  const std::size_t size = batch.ByteSizeLong(), at = unsent_.size();
  unsent_.resize(at + kPrefix + size);
  unsent_[at] = 0;
  absl::big_endian::Store32(unsent_.data() + at + 1, static_cast<std::uint32_t>(size));
  batch.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(unsent_.data() + at + kPrefix));
  nghttp2_session_resume_data(session_, stream_);
  Pump();
}

// What HTTP/2 wants to say, to the wire.
void CheckLink::Pump() {
  const std::uint8_t* bytes;
  for (ssize_t size; (size = nghttp2_session_mem_send(session_, &bytes)) != 0;) {
    if (size < 0) return Break(nghttp2_strerror(static_cast<int>(size)));
    out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  Write();
}

void CheckLink::Write() {
  if (writing_ || broken_) return;
  if (written_ == writing_out_.size()) {
    writing_out_.clear();
    written_ = 0;
    std::swap(writing_out_, out_);
    if (writing_out_.empty()) return;
    written_ = wire_.TryWrite(asio::buffer(writing_out_));
    if (written_ == writing_out_.size()) return;
  }
  writing_ = true;
  wire_.WriteSome(asio::buffer(writing_out_) + written_, [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    self->writing_ = false;
    if (error) return self->Break("can't write: " + error.message());
    self->written_ += bytes;
    self->Write();
  });
}

void CheckLink::Read() {
  wire_.ReadSome(asio::buffer(space_), [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    if (self->broken_) return;
    if (error) return self->Break("the connection ended: " + error.message());
    if (self->Take(bytes)) self->Read();
  });
}

bool CheckLink::Take(std::size_t bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(space_.data()), bytes);
  if (taken < 0) return Break(nghttp2_strerror(static_cast<int>(taken))), false;
  Pump();
  if (!TakeMessages() || broken_) return false;
  if (!why_.empty()) return Break(why_), false;
  return true;
}

bool CheckLink::TakeMessages() {
  std::size_t at = 0;
  while (in_.size() - at >= kPrefix) {
    const std::uint32_t size = absl::big_endian::Load32(in_.data() + at + 1);
    if (in_[at] != 0 || size > kMostReplyBytes) return Break("a reply that can't be read"), false;
    if (in_.size() - at < kPrefix + size) break;
    if (!reply_.ParseFromArray(in_.data() + at + kPrefix, static_cast<int>(size))) return Break("a reply that can't be read"), false;
    at += kPrefix + size;
    if (owner_ != nullptr) owner_->OnReply(reply_);
    if (broken_) return false;
  }
  in_.erase(0, at);
  return true;
}

void CheckLink::Break(const std::string& why) {
  if (broken_) return;
  const auto self = shared_from_this();
  broken_ = true;
  wire_.Close();
  if (Owner* owner = std::exchange(owner_, nullptr)) owner->OnBroken(why);
}

void CheckLink::Forget() {
  owner_ = nullptr;
  Break("");
}

}  // namespace evenhand::gateway
