#include "gateway/probe.h"

#include "gateway/http/asio.h"

#include <boost/asio/read_until.hpp>

namespace evenhand::gateway {
namespace {

constexpr std::string_view kQuestion = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

template <typename Stream>
bool Ask(Stream& stream) {
  asio::write(stream, asio::buffer(kQuestion));
  std::string answer;
  asio::read_until(stream, asio::dynamic_buffer(answer), "\r\n");
  return answer.starts_with("HTTP/1.1 200");
}

}  // namespace

bool IsReady(const std::string& listen, bool tls) {
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host == "0.0.0.0") host = "127.0.0.1";
  try {
    asio::io_context io;
    tcp::socket socket(io);
    const timeval patience{3, 0};
    socket.connect({asio::ip::make_address(host), static_cast<std::uint16_t>(std::stoi(listen.substr(colon + 1)))});
    setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (!tls) return Ask(socket);
    asio::ssl::context context(asio::ssl::context::tls_client);
    asio::ssl::stream<tcp::socket&> stream(socket, context);
    stream.handshake(asio::ssl::stream_base::client);
    return Ask(stream);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace evenhand::gateway
