// A client's connection.
#pragma once

#include <memory>

#include "gateway/http/byte_stream.h"

namespace evenhand::gateway {

class Wire : public ByteStream<tcp::socket> {
 public:
  // `tls` null: plain. It is kept, so that a reload does not take it away from a connection.
  Wire(tcp::socket socket, std::shared_ptr<asio::ssl::context> tls) : ByteStream(std::move(socket)), context_(std::move(tls)) {}

  template <class Handler>  // void(ErrorCode)
  void Open(Handler handler) {
    if (context_ == nullptr) return handler(ErrorCode{});
    tls_.emplace(socket_, *context_);
    tls_->async_handshake(asio::ssl::stream_base::server, std::move(handler));
  }

  // No more from us; the client may still be sending and must get the chance to read what we said.
  void ShutdownSend() {
    ErrorCode ignored;
    static_cast<void>(socket_.shutdown(tcp::socket::shutdown_send, ignored));
  }

 private:
  std::shared_ptr<asio::ssl::context> context_;
};

}  // namespace evenhand::gateway
