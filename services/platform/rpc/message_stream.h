// One long gRPC call with messages both ways, alone on its connection and without gRPC's threads (PROTOCOL-HTTP2.md of the gRPC project;
// HTTP/2 itself is nghttp2's). It knows bytes and messages, no sockets: the owner reads and writes, one call at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/message_lite.h>

struct nghttp2_session;

namespace evenhand {

class MessageStream {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  using Take = std::function<bool(std::string_view message)>;  // false: it can't be read; the stream ends

  // The caller's end. `fields` are the call's metadata.
  static std::unique_ptr<MessageStream> Call(std::string_view path, std::string_view authority, bool secure, const Fields& fields);
  // The service's end, for the call `path` alone. `admit` sees the metadata; what it answers, if anything, is a gRPC status's text.
  using Admit = std::function<std::string(const Fields& fields)>;
  static std::unique_ptr<MessageStream> Serve(std::string path, Admit admit);

  ~MessageStream();
  MessageStream(const MessageStream&) = delete;
  MessageStream& operator=(const MessageStream&) = delete;

  // What came. Whole messages go to `take`. False: the call is over, and why() says how.
  bool Receive(std::string_view bytes, const Take& take);
  void Send(const google::protobuf::MessageLite& message);
  // The service's last word: OK, after all messages sent.
  void Finish();
  // Appends what is to be written now. False: it can't go on.
  bool Drain(std::string* out);

  const std::string& why() const { return why_; }

 private:
  struct Callbacks;
  MessageStream() = default;
  void Open(bool server);
  void Answer();
  bool TakeMessages(const Take& take);
  void Fail(std::string why);

  nghttp2_session* session_ = nullptr;
  std::int32_t stream_ = 0;  // the call's
  std::string path_;         // served
  Admit admit_;
  Fields fields_;           // of a call that arrives
  std::string unsent_;      // messages that HTTP/2 has not taken yet: its window is the back-pressure
  std::size_t taken_ = 0;   // of unsent_
  bool finishing_ = false;  // nothing follows what is unsent
  std::string in_;          // received, not yet a whole message
  std::string why_;
};

}  // namespace evenhand
