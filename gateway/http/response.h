// A reply as the gateway's rooms make it; the session adds what every reply has.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenhand::gateway {

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // a literal, or see `headers`
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string_view cache_control =
      "no-store";  // nothing here is anybody's to keep but the caller's: personal data, and decisions that change
};

std::string_view ReasonPhrase(int status);

// What the session knows about the reply's place in the connection.
struct Framing {
  bool close = false;
  bool http10 = false;
  bool head_only = false;    // HEAD: the head of what GET would answer
  bool chunked = false;      // the body follows in chunks
  bool until_close = false;  // HTTP/1.0: the body ends with the connection
};

// The head and, unless it follows in pieces, the body: one piece of text for one write.
std::string Render(const Response& response, const Framing& framing, std::string_view request_id);

// "Tue, 03 Nov 2026 10:00:00 GMT", made once a second.
std::string_view HttpDate();

}  // namespace evenhand::gateway
