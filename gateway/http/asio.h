// Boost 1.74's asio wants <utility> first with g++ 12; nothing else includes asio or Beast directly.
#pragma once

#include <utility>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

namespace evenhand::gateway {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

inline std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }
inline boost::beast::string_view Beast(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace evenhand::gateway
