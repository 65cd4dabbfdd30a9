// A connection's bytes, plain or under TLS.
#pragma once

#include <memory>
#include <optional>

#include "gateway/http/asio.h"

namespace evenhand::gateway {

class Wire {
 public:
  // `tls` null: plain. It is kept, so that a reload does not take it away from a connection.
  Wire(tcp::socket socket, std::shared_ptr<asio::ssl::context> tls) : socket_(std::move(socket)), context_(std::move(tls)) {}

  template <class Handler>  // void(ErrorCode)
  void Open(Handler handler) {
    if (context_ == nullptr) return handler(ErrorCode{});
    tls_.emplace(socket_, *context_);  // here, where the socket does not move any more
    tls_->async_handshake(asio::ssl::stream_base::server, std::move(handler));
  }

  template <class Handler>  // void(ErrorCode, std::size_t)
  void ReadSome(asio::mutable_buffer buffer, Handler handler) {
    if (tls_) {
      tls_->async_read_some(buffer, std::move(handler));
    } else {
      socket_.async_read_some(buffer, std::move(handler));
    }
  }

  // What can be written without waiting, at once: most replies fit the socket's buffer, and a completion handler less is a loop less.
  std::size_t TryWrite(asio::const_buffer buffer) {
    if (tls_) return 0;
    ErrorCode error;
    const std::size_t written = socket_.write_some(buffer, error);
    return error ? 0 : written;
  }

  template <class Handler>  // void(ErrorCode, std::size_t)
  void WriteSome(asio::const_buffer buffer, Handler handler) {
    if (tls_) {
      tls_->async_write_some(buffer, std::move(handler));
    } else {
      socket_.async_write_some(buffer, std::move(handler));
    }
  }

  // No more from us; the client may still be sending and must get the chance to read what we said.
  void ShutdownSend() {
    ErrorCode ignored;
    static_cast<void>(socket_.shutdown(tcp::socket::shutdown_send, ignored));
  }

  void Close() {
    ErrorCode ignored;
    static_cast<void>(socket_.close(ignored));
  }

  tcp::socket& socket() { return socket_; }

 private:
  tcp::socket socket_;
  std::shared_ptr<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
};

}  // namespace evenhand::gateway
