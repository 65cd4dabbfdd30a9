// A connection to another process on a gateway thread's own loop: a UNIX socket, or TCP under mutual TLS (plain in dev mode alone).
// Unlike a gRPC channel it needs no thread and no wake-up of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>

#include "gateway/http/asio.h"
#include "services/platform/config/settings.h"

namespace evenhand::gateway {

// Where it is and how it is known: "unix:/path", "host:port" or "dns:///host:port", as in the settings.
struct UpstreamAddress {
  std::string path;        // of a UNIX socket; empty: TCP
  std::string host, port;  // of TCP
};
UpstreamAddress ParseUpstream(const std::string& text);

class UpstreamWire {
 public:
  using Connected = std::function<void(ErrorCode)>;

  UpstreamWire(asio::io_context& io, const std::string& address, const Settings& settings);

  // Calls back once; the wire must live until then. Certificates are read anew each time.
  void Connect(Connected then);

  template <class Handler>  // void(ErrorCode, std::size_t)
  void ReadSome(asio::mutable_buffer buffer, Handler handler) {
    if (tls_) {
      tls_->async_read_some(buffer, std::move(handler));
    } else {
      socket_.async_read_some(buffer, std::move(handler));
    }
  }

  // What can be written without waiting.
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

  void Close();

  const std::string& authority() const { return authority_; }
  bool secure() const { return tls_.has_value(); }

 private:
  using Socket = asio::generic::stream_protocol::socket;

  void TryNext(std::size_t at);
  void Handshake();

  const UpstreamAddress address_;
  const Settings& settings_;
  std::string authority_;
  tcp::resolver resolver_;
  std::vector<asio::generic::stream_protocol::endpoint> endpoints_;
  Socket socket_;
  std::optional<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<Socket&>> tls_;
  Connected then_;
};

}  // namespace evenhand::gateway
