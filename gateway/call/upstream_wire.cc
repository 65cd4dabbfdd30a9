#include "gateway/call/upstream_wire.h"

#include <boost/asio/local/stream_protocol.hpp>

namespace evenhand::gateway {
namespace {

// RFC 7301: the wire form of one protocol's name. A gRPC server wants it.
constexpr unsigned char kAlpn[] = {2, 'h', '2'};

asio::ssl::context ClientContext(const Settings& settings) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_protos(context.native_handle(), kAlpn, sizeof kAlpn);
  context.load_verify_file(settings.tls_ca);
  context.use_certificate_chain_file(settings.tls_certificate);
  context.use_private_key_file(settings.tls_key, asio::ssl::context::pem);
  context.set_verify_mode(asio::ssl::verify_peer);
  return context;
}

}  // namespace

UpstreamAddress ParseUpstream(const std::string& text) {
  constexpr std::string_view kUnix = "unix:", kDns = "dns:///";
  std::string_view rest = text;
  if (rest.starts_with(kUnix)) return {.path = std::string(rest.substr(kUnix.size())), .host = {}, .port = {}};
  if (rest.starts_with(kDns)) rest.remove_prefix(kDns.size());
  const std::size_t colon = rest.rfind(':');
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {.path = {}, .host = std::string(host), .port = std::string(colon == std::string_view::npos ? "" : rest.substr(colon + 1))};
}

UpstreamWire::UpstreamWire(asio::io_context& io, const std::string& address, const Settings& settings)
    : ByteStream(asio::generic::stream_protocol::socket(io)),
      address_(ParseUpstream(address)),
      settings_(settings),
      authority_(address_.path.empty() ? address_.host : "localhost"),
      resolver_(io) {}

void UpstreamWire::Connect(Connected then) {
  if (!address_.path.empty()) {
    // The service's socket for check streams alone, or the one for all calls (services/restriction/check/local_streams.h).
    endpoints_ = {asio::local::stream_protocol::endpoint(address_.path + ".checks"), asio::local::stream_protocol::endpoint(address_.path)};
    return TryNext(0, std::move(then));
  }
  const auto found = [this, then = std::move(then)](ErrorCode error, const tcp::resolver::results_type& entries) {
    if (error) return then(error);
    for (const auto& entry : entries) endpoints_.emplace_back(entry.endpoint());
    TryNext(0, then);
  };
  resolver_.async_resolve(address_.host, address_.port, found);
}

void UpstreamWire::TryNext(std::size_t at, Connected then) {
  socket_.async_connect(endpoints_[at], [this, at, then = std::move(then)](ErrorCode error) {
    if (error && error != asio::error::operation_aborted && at + 1 < endpoints_.size()) {
      ErrorCode ignored;
      socket_.close(ignored);
      return TryNext(at + 1, then);
    }
    if (error) return then(error);
    socket_.non_blocking(true, error);
    if (!address_.path.empty()) return then(ErrorCode{});
    socket_.set_option(tcp::no_delay(true), error);
    if (settings_.tls_certificate.empty()) return then(ErrorCode{});
    Handshake(then);
  });
}

void UpstreamWire::Handshake(Connected then) {
  try {
    context_.emplace(ClientContext(settings_));
  } catch (const boost::system::system_error& error) {
    return then(error.code());
  }
  tls_.emplace(socket_, *context_);
  SSL_set_tlsext_host_name(tls_->native_handle(), address_.host.c_str());
  tls_->set_verify_callback(asio::ssl::host_name_verification(address_.host));
  tls_->async_handshake(asio::ssl::stream_base::client, std::move(then));
}

void UpstreamWire::Close() {
  resolver_.cancel();
  ByteStream::Close();
}

}  // namespace evenhand::gateway
