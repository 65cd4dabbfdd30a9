#include "gateway/http/head_shape.h"

#include <algorithm>
#include <array>

#include <absl/strings/match.h>

namespace evenhand::gateway {
namespace {

bool Is(std::string_view a, std::string_view lower) { return absl::EqualsIgnoreCase({a.data(), a.size()}, {lower.data(), lower.size()}); }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Headers that decide who asks for what: one value, or nobody knows which counts.
constexpr std::array<std::string_view, 9> kSingle = {"host",     "content-length",  "transfer-encoding", "authorization", "content-type",
                                                     "if-match", "idempotency-key", "traceparent",       "expect"};

// Without a way out of the loop: a token has a thousand characters, and the compiler takes sixteen at a time.
bool HoldsControl(std::string_view line) {
  bool found = false;
  for (const char c : line) found |= (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  return found;
}

struct Seen {
  std::array<bool, kSingle.size()> single{};
  std::size_t count = 0;
};

std::optional<HeadFault> FaultOfField(std::string_view line, Seen* seen) {
  if (++seen->count > kMaxHeaders) return HeadFault{431, "There are too many header fields."};
  if (line.front() == ' ' || line.front() == '\t') return HeadFault{400, "A header field continues on a second line."};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return HeadFault{400, "A header line has no name."};
  const std::string_view name = line.substr(0, colon), value = Trim(line.substr(colon + 1));
  if (name.back() == ' ' || name.back() == '\t') return HeadFault{400, "There is space between a header's name and its colon."};
  for (std::size_t i = 0; i < kSingle.size(); ++i) {
    if (!Is(name, kSingle[i])) continue;
    if (seen->single[i]) return HeadFault{400, "A header field that may stand once stands twice."};
    seen->single[i] = true;
  }
  if (Is(name, "content-length")) {
    const bool digits =
        !value.empty() && value.size() <= 18 && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return HeadFault{400, "Content-Length is not a number."};
  }
  if (Is(name, "transfer-encoding") && !Is(value, "chunked"))
    return HeadFault{501, "Only the transfer encoding \"chunked\" is understood."};
  return std::nullopt;
}

std::optional<HeadFault> FaultOfRequestLine(std::string_view line) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last == first) return HeadFault{400, "The request line is not readable."};
  const std::string_view target = line.substr(first + 1, last - first - 1), version = line.substr(last + 1);
  if (target.empty() || target.find(' ') != std::string_view::npos) return HeadFault{400, "The request line is not readable."};
  for (const char c : target) {
    if (c <= 0x20 || c == 0x7f || static_cast<unsigned char>(c) >= 0x80 || c == '#')
      return HeadFault{400, "The request target holds a character that must be escaped."};
  }
  if (!version.starts_with("HTTP/")) return HeadFault{400, "The request line is not readable."};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return HeadFault{505, "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
  return std::nullopt;
}

}  // namespace

std::optional<HeadFault> FaultOfHead(std::string_view head) {
  Seen seen;
  bool request_line = true, old = false;
  while (true) {
    const std::size_t end = head.find('\n');
    if (end == std::string_view::npos) return HeadFault{400, "The head does not end."};
    if (end == 0 || head[end - 1] != '\r') return HeadFault{400, "A line does not end with CR LF."};
    const std::string_view line = head.substr(0, end - 1);
    head.remove_prefix(end + 1);
    if (line.empty()) break;
    if (HoldsControl(line)) return HeadFault{400, "A control character stands in the head."};
    if (auto fault = request_line ? FaultOfRequestLine(line) : FaultOfField(line, &seen)) return fault;
    if (request_line) old = line.ends_with("HTTP/1.0");
    request_line = false;
  }
  if (request_line) return HeadFault{400, "The request line is missing."};
  if (seen.single[1] && seen.single[2]) return HeadFault{400, "Content-Length and Transfer-Encoding exclude each other."};
  if (old && seen.single[2]) return HeadFault{400, "HTTP/1.0 has no Transfer-Encoding."};
  if (!old && !seen.single[0]) return HeadFault{400, "The Host header is missing."};
  return std::nullopt;
}

}  // namespace evenhand::gateway
