#include "services/platform/rpc/message_stream.h"

#include <cstring>

#include <absl/base/internal/endian.h>
#include <nghttp2/nghttp2.h>

namespace evenhand {
namespace {

// Messages are small and wanted at once: the windows shall never be what they wait for.
constexpr std::int32_t kWindow = 8 << 20;
constexpr std::uint32_t kMostMessageBytes = 16 << 20;
constexpr std::size_t kPrefix = 5;  // of a message: a flag (compressed) and four bytes of length, big-endian
constexpr std::size_t kMostFields = 64;

nghttp2_nv Field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) { return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data())); };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::string_view Text(const std::uint8_t* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

}  // namespace

// What nghttp2 calls back. None of it ends the session: it must not die within its own call.
struct MessageStream::Callbacks {
  static MessageStream& Of(void* it) { return *static_cast<MessageStream*>(it); }

  static int OnData(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data, std::size_t size, void* it) {
    if (stream == Of(it).stream_) Of(it).in_.append(Text(data, size));
    return 0;
  }

  static int OnField(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                     const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* it) {
    const std::string_view key = Text(name, name_size), text = Text(value, value_size);
    if (nghttp2_session_check_server_session(session) != 0) {
      if (Of(it).stream_ == 0 || Of(it).stream_ == frame->hd.stream_id) {
        if (Of(it).fields_.size() < kMostFields) Of(it).fields_.emplace_back(key, text);
      }
    } else if (key == "grpc-status" || key == "grpc-message" || (key == ":status" && text != "200")) {
      Of(it).why_.append(key).append(" ").append(text).append(" ");
    }
    return 0;
  }

  static int OnFrame(nghttp2_session* session, const nghttp2_frame* frame, void* it) {
    const bool server = nghttp2_session_check_server_session(session) != 0;
    if (frame->hd.type == NGHTTP2_GOAWAY && Of(it).why_.empty()) Of(it).why_ = "the other end goes away";
    if (!server || frame->hd.stream_id == 0) return 0;
    if (frame->hd.type == NGHTTP2_HEADERS && Of(it).stream_ == 0) {
      Of(it).stream_ = frame->hd.stream_id;
      Of(it).Answer();
    } else if (frame->hd.type == NGHTTP2_HEADERS && frame->hd.stream_id != Of(it).stream_) {
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
    }
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
      Of(it).Finish();
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* it) {
    if (stream == Of(it).stream_ && Of(it).why_.empty()) Of(it).why_ = std::string("closed: ") + nghttp2_http2_strerror(code);
    return 0;
  }

  static ssize_t ReadBody(nghttp2_session* session, std::int32_t stream, std::uint8_t* space, std::size_t size, std::uint32_t* flags,
                          nghttp2_data_source* source, void*) {
    MessageStream& it = *static_cast<MessageStream*>(source->ptr);
    const std::size_t bytes = std::min(size, it.unsent_.size() - it.taken_);
    std::memcpy(space, it.unsent_.data() + it.taken_, bytes);
    it.taken_ += bytes;
    if (it.taken_ == it.unsent_.size()) it.unsent_.clear(), it.taken_ = 0;
    if (it.finishing_ && it.unsent_.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const nghttp2_nv status = Field("grpc-status", "0");
      nghttp2_submit_trailer(session, stream, &status, 1);
    } else if (bytes == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(bytes);
  }
};

void MessageStream::Open(bool server) {
  nghttp2_session_callbacks* callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnField);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnStreamClose);
  if (server) {
    nghttp2_session_server_new(&session_, callbacks, this);
  } else {
    nghttp2_session_client_new(&session_, callbacks, this);
  }
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow}, {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1}, {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, server ? 2 : 3);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
}

std::unique_ptr<MessageStream> MessageStream::Call(std::string_view path, std::string_view authority, bool secure, const Fields& fields) {
  std::unique_ptr<MessageStream> it(new MessageStream);
  it->Open(false);
  std::vector<nghttp2_nv> head = {Field(":method", "POST"), Field(":scheme", secure ? "https" : "http"),
                                  Field(":path", path),     Field(":authority", authority),
                                  Field("te", "trailers"),  Field("content-type", "application/grpc")};
  for (const auto& [name, value] : fields) head.push_back(Field(name, value));
  nghttp2_data_provider body{.source = {.ptr = it.get()}, .read_callback = Callbacks::ReadBody};
  it->stream_ = nghttp2_submit_request(it->session_, nullptr, head.data(), head.size(), &body, nullptr);
  return it;
}

std::unique_ptr<MessageStream> MessageStream::Serve(std::string path, Admit admit) {
  std::unique_ptr<MessageStream> it(new MessageStream);
  it->path_ = std::move(path);
  it->admit_ = std::move(admit);
  it->Open(true);
  return it;
}

MessageStream::~MessageStream() { nghttp2_session_del(session_); }

// A call has arrived: its reply begins, or ends with the status that says why not.
void MessageStream::Answer() {
  std::string_view path;
  for (const auto& [name, value] : fields_) {
    if (name == ":path") path = value;
  }
  const bool known = path == path_;
  const std::string refusal = known ? admit_(fields_) : "this call is not served here";
  fields_.clear();
  if (refusal.empty()) {
    const nghttp2_nv head[] = {Field(":status", "200"), Field("content-type", "application/grpc")};
    nghttp2_data_provider body{.source = {.ptr = this}, .read_callback = Callbacks::ReadBody};
    nghttp2_submit_response(session_, stream_, head, std::size(head), &body);
    return;
  }
  constexpr std::string_view kPermissionDenied = "7", kUnimplemented = "12";
  const nghttp2_nv head[] = {Field(":status", "200"), Field("content-type", "application/grpc"),
                             Field("grpc-status", known ? kPermissionDenied : kUnimplemented), Field("grpc-message", refusal)};
  nghttp2_submit_response(session_, stream_, head, std::size(head), nullptr);
}

void MessageStream::Send(const google::protobuf::MessageLite& message) {
  const std::size_t size = message.ByteSizeLong(), at = unsent_.size();
  unsent_.resize(at + kPrefix + size);
  unsent_[at] = 0;
  absl::big_endian::Store32(unsent_.data() + at + 1, static_cast<std::uint32_t>(size));
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(unsent_.data() + at + kPrefix));
  nghttp2_session_resume_data(session_, stream_);
}

void MessageStream::Finish() {
  finishing_ = true;
  nghttp2_session_resume_data(session_, stream_);
}

bool MessageStream::Receive(std::string_view bytes, const Take& take) {
  const ssize_t taken = nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) return Fail(nghttp2_strerror(static_cast<int>(taken))), false;
  return TakeMessages(take) && why_.empty();
}

bool MessageStream::TakeMessages(const Take& take) {
  std::size_t at = 0;
  while (in_.size() - at >= kPrefix) {
    const std::uint32_t size = absl::big_endian::Load32(in_.data() + at + 1);
    if (in_[at] != 0 || size > kMostMessageBytes) return Fail("a message is compressed or too large"), false;
    if (in_.size() - at - kPrefix < size) break;
    if (!take(std::string_view(in_).substr(at + kPrefix, size))) return Fail("a message can't be read"), false;
    at += kPrefix + size;
  }
  in_.erase(0, at);
  return true;
}

bool MessageStream::Drain(std::string* out) {
  const std::uint8_t* bytes;
  for (ssize_t size; (size = nghttp2_session_mem_send(session_, &bytes)) != 0;) {
    if (size < 0) return Fail(nghttp2_strerror(static_cast<int>(size))), false;
    out->append(Text(bytes, static_cast<std::size_t>(size)));
  }
  return true;
}

void MessageStream::Fail(std::string why) {
  if (why_.empty()) why_ = std::move(why);
}

}  // namespace evenhand
