#include "gateway/http/response.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include "gateway/http/asio.h"

namespace evenhand::gateway {

std::string_view ReasonPhrase(int status) {
  if (status == 428) return "Precondition Required";
  if (status == 431) return "Request Header Fields Too Large";
  return View(http::obsolete_reason(static_cast<http::status>(status)));
}

std::string_view HttpDate() {
  thread_local std::int64_t made_at = 0;
  thread_local std::string text;
  const std::int64_t now = absl::GetCurrentTimeNanos() / 1'000'000'000;
  if (now != made_at) {
    made_at = now;
    text = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::FromUnixSeconds(now), absl::UTCTimeZone());
  }
  return text;
}

std::string Render(const Response& response, const Framing& framing, std::string_view request_id) {
  std::string out;
  out.reserve(384 + response.body.size());
  const auto add = [&](std::string_view a) { out.append(a); };
  const auto number = [&](std::size_t n) {
    const absl::AlphaNum digits(n);
    out.append(digits.data(), digits.size());
  };
  add("HTTP/1.1 ");
  number(static_cast<std::size_t>(response.status));
  add(" ");
  add(ReasonPhrase(response.status));
  add("\r\nDate: ");
  add(HttpDate());
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!response.content_type.empty() && !bodiless) add("\r\nContent-Type: "), add(response.content_type);
  if (framing.chunked) {
    add("\r\nTransfer-Encoding: chunked");
  } else if (!framing.until_close && !bodiless) {
    add("\r\nContent-Length: ");
    number(response.body.size());
  }
  add("\r\nCache-Control: "), add(response.cache_control);
  add("\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ");
  add(request_id);
  for (const auto& [name, value] : response.headers) {
    add("\r\n");
    add(name);
    add(": ");
    add(value);
  }
  if (framing.close) {
    add("\r\nConnection: close");
  } else if (framing.http10) {
    add("\r\nConnection: keep-alive");
  }
  add("\r\n\r\n");
  if (!framing.head_only && !bodiless) add(response.body);
  return out;
}

}  // namespace evenhand::gateway
