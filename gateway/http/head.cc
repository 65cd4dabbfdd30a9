#include "gateway/http/head.h"

#include <algorithm>
#include <array>

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>

namespace evenhand::gateway {
namespace {

bool Is(std::string_view a, std::string_view b) {
  return a.size() == b.size() && absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// RFC 9110, 5.6.2: what a method and a field's name are made of.
constexpr std::array<bool, 256> kTokenChars = [] {
  std::array<bool, 256> is{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    is[static_cast<unsigned char>(c)] = true;
  return is;
}();

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return kTokenChars[static_cast<unsigned char>(c)]; });
}

// Headers that decide who asks for what: one value, or nobody knows which counts.
constexpr std::array<std::string_view, 9> kSingle = {"host",     "content-length",  "transfer-encoding", "authorization", "content-type",
                                                     "if-match", "idempotency-key", "traceparent",       "expect"};
constexpr std::size_t kHost = 0, kContentLength = 1, kTransferEncoding = 2, kExpect = 8;
using Seen = std::array<bool, kSingle.size()>;

// Without a way out of the loop and in bytes alone: a token has a thousand of them, and the compiler takes sixteen at a time.
bool HoldsControl(std::string_view line) {
  unsigned char found = 0;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    const unsigned char low = byte < 0x20, tab = byte == '\t', del = byte == 0x7f;
    found |= static_cast<unsigned char>((low ^ tab) | del);
  }
  return found != 0;
}

// RFC 9110, 7.6.1: a list of tokens, in one field or several.
std::optional<HeadFault> ReadConnection(std::string_view list, bool& close, bool& keep) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view option = Trim(list.substr(0, comma));
    if (!option.empty() && !IsToken(option)) return HeadFault{400, "The Connection header is not readable."};
    close |= Is(option, "close");
    keep |= Is(option, "keep-alive");
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return std::nullopt;
}

std::optional<HeadFault> ReadLength(std::string_view value, Head& head) {
  std::uint64_t length = 0;
  const bool digits = !value.empty() && value.size() <= 18 && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || !absl::SimpleAtoi(absl::string_view(value.data(), value.size()), &length))
    return HeadFault{400, "Content-Length is not a number."};
  head.content_length = length;
  return std::nullopt;
}

std::optional<HeadFault> ReadField(std::string_view line, Seen& seen, Head& head) {
  if (head.fields.size() == kMaxHeaders) return HeadFault{431, "There are too many header fields."};
  if (line.front() == ' ' || line.front() == '\t') return HeadFault{400, "A header field continues on a second line."};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return HeadFault{400, "A header line has no name."};
  const std::string_view name = line.substr(0, colon), value = Trim(line.substr(colon + 1));
  if (!IsToken(name)) return HeadFault{400, "A header's name holds a space or another character that no name has."};
  head.fields.push_back({name, value});
  for (std::size_t i = 0; i < kSingle.size(); ++i) {
    if (!Is(name, kSingle[i])) continue;
    if (seen[i]) return HeadFault{400, "A header field that may stand once stands twice."};
    seen[i] = true;
    if (i == kContentLength) return ReadLength(value, head);
    if (i != kTransferEncoding) break;
    if (!Is(value, "chunked")) return HeadFault{501, "Only the transfer encoding \"chunked\" is understood."};
    head.chunked = true;
  }
  return std::nullopt;
}

// "/path?query" as it is, or behind http://host. Anything else is another program's to answer, or a way to write one address in two ways.
std::optional<std::string_view> PathOf(std::string_view target) {
  if (target.starts_with('/') || target == "*") return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!Is(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t path = target.find_first_of("/?");
    if (path == 0 || target.empty() || target.substr(0, path).find('@') != std::string_view::npos) return std::nullopt;
    if (path == std::string_view::npos) return "/";
    return target[path] == '/' ? std::optional(target.substr(path)) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<HeadFault> ReadRequestLine(std::string_view line, Head& head) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return HeadFault{400, "The request line is not readable."};
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(head.method) || head.target.empty() || head.target.find(' ') != std::string_view::npos)
    return HeadFault{400, "The request line is not readable."};
  for (const char c : head.target) {
    if (c <= 0x20 || c == 0x7f || static_cast<unsigned char>(c) >= 0x80 || c == '#')
      return HeadFault{400, "The request target holds a character that must be escaped."};
  }
  const auto path = PathOf(head.target);
  if (!path) return HeadFault{400, "The request target is neither a path nor an http address."};
  head.path = *path;
  if (!version.starts_with("HTTP/")) return HeadFault{400, "The request line is not readable."};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return HeadFault{505, "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
  head.http10 = version == "HTTP/1.0";
  return std::nullopt;
}

// What the fields say together.
std::optional<HeadFault> Conclude(const Seen& seen, Head& head) {
  if (seen[kContentLength] && seen[kTransferEncoding]) return HeadFault{400, "Content-Length and Transfer-Encoding exclude each other."};
  if (head.http10 && seen[kTransferEncoding]) return HeadFault{400, "HTTP/1.0 has no Transfer-Encoding."};
  if (!head.http10 && !seen[kHost]) return HeadFault{400, "The Host header is missing."};
  // RFC 9110, 10.1.1: there is one expectation, and HTTP/1.0 knows none.
  if (seen[kExpect] && !head.http10 && !Is(head.Field("expect"), "100-continue"))
    return HeadFault{417, "Only the expectation \"100-continue\" is understood."};
  bool close = false, keep = !head.http10;
  for (const HeadField& field : head.fields) {
    if (!Is(field.name, "connection")) continue;
    if (const auto fault = ReadConnection(field.value, close, keep)) return fault;
  }
  head.keep_alive = keep && !close;
  return std::nullopt;
}

}  // namespace

std::string_view Head::Field(std::string_view name) const {
  for (const HeadField& field : fields)
    if (Is(field.name, name)) return field.value;
  return {};
}

bool IsTrailer(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || HoldsControl(line)) return false;
  const std::string_view name = line.substr(0, colon);
  return IsToken(name) && !Is(name, "content-length") && !Is(name, "transfer-encoding") && !Is(name, "host");
}

std::optional<HeadFault> ReadHead(std::string_view text, Head& head) {
  Seen seen{};
  for (bool request_line = true;; request_line = false) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return HeadFault{400, "The head does not end."};
    if (end == 0 || text[end - 1] != '\r') return HeadFault{400, "A line does not end with CR LF."};
    const std::string_view line = text.substr(0, end - 1);
    text.remove_prefix(end + 1);
    if (line.empty() && request_line) return HeadFault{400, "The request line is missing."};
    if (line.empty()) return Conclude(seen, head);
    if (HoldsControl(line)) return HeadFault{400, "A control character stands in the head."};
    if (auto fault = request_line ? ReadRequestLine(line, head) : ReadField(line, seen, head)) return fault;
  }
}

}  // namespace evenhand::gateway
