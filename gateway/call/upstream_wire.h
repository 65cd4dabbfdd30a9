// A connection to another process on a gateway thread's own loop: a UNIX socket, or TCP under mutual TLS (plain in dev mode alone).
// Unlike a gRPC channel it needs no thread and no wake-up of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>

#include "gateway/http/byte_stream.h"
#include "services/platform/config/settings.h"

namespace evenhand::gateway {

// Where it is and how it is known: "unix:/path", "host:port" or "dns:///host:port", as in the settings.
struct UpstreamAddress {
  std::string path;        // of a UNIX socket; empty: TCP
  std::string host, port;  // of TCP
};
UpstreamAddress ParseUpstream(const std::string& text);

class UpstreamWire : public ByteStream<asio::generic::stream_protocol::socket> {
 public:
  using Connected = std::function<void(ErrorCode)>;

  UpstreamWire(asio::io_context& io, const std::string& address, const Settings& settings);

  // Calls back once; the wire must live until then, and keeps nothing of `then` itself, so that it may hold the wire's owner.
  // Certificates are read anew each time.
  void Connect(Connected then);

  void Close();

  const std::string& authority() const { return authority_; }
  bool secure() const { return tls_.has_value(); }

 private:
  void TryNext(std::size_t at, Connected then);
  void Handshake(Connected then);

  const UpstreamAddress address_;
  const Settings& settings_;
  std::string authority_;
  tcp::resolver resolver_;
  std::vector<asio::generic::stream_protocol::endpoint> endpoints_;
  std::optional<asio::ssl::context> context_;
};

}  // namespace evenhand::gateway
