// A socket's bytes, plain or under TLS: what a client's connection and one to another process have in common.
#pragma once

#include <optional>
#include <utility>

#include "gateway/http/asio.h"

namespace evenhand::gateway {

template <class Socket>
class ByteStream {
 public:
  explicit ByteStream(Socket socket) : socket_(std::move(socket)) {}

  template <class Handler>  // void(ErrorCode, std::size_t)
  void ReadSome(asio::mutable_buffer buffer, Handler handler) {
    if (tls_) {
      tls_->async_read_some(buffer, std::move(handler));
    } else {
      socket_.async_read_some(buffer, std::move(handler));
    }
  }

  // What can be written without waiting, at once: most of what is said fits the socket's buffer, and a completion handler less is a loop
  // less.
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

  void Close() {
    ErrorCode ignored;
    static_cast<void>(socket_.close(ignored));
  }

 protected:
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> tls_;  // made where the socket does not move any more
};

}  // namespace evenhand::gateway
