#include "services/notification/send/mime_part.h"

#include <algorithm>
#include <optional>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>

namespace evenhand::notification {
namespace {

constexpr std::size_t kMostHeaders = 200;
constexpr std::size_t kLongestValue = 4096;
constexpr std::size_t kMostParts = 16;
constexpr std::size_t kLongestBoundary = 70;  // RFC 2046
constexpr std::size_t kMostParameters = 16;

// Without its line end, CRLF or LF.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A boundary may be followed by blanks (RFC 2046).
std::string_view WithoutBlanks(std::string_view line) { return line.substr(0, line.find_last_not_of(" \t") + 1); }

std::string Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string Lower(std::string_view text) { return absl::AsciiStrToLower(std::string(text)); }

// A token or a quoted string, up to the next ';'.
std::string TakeValue(std::string_view& text) {
  std::string value;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || text[at] != ';'); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
    } else {
      if (quoted && text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
  }
  text.remove_prefix(std::min(at + 1, text.size()));
  return Trimmed(value);
}

int HexOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string FromQuotedPrintable(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool ends = text.find('\n') != std::string_view::npos;
    std::string_view line = TakeLine(text);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool coded = line[i] == '=' && i + 2 < line.size() && HexOf(line[i + 1]) >= 0 && HexOf(line[i + 2]) >= 0;
      plain += coded ? static_cast<char>(HexOf(line[i + 1]) * 16 + HexOf(line[i + 2])) : line[i];
      if (coded) i += 2;
    }
    if (!soft && ends) plain += '\n';
  }
  return plain;
}

}  // namespace

MimeHeaders TakeHeaders(std::string_view& text) {
  MimeHeaders headers;
  bool keeping = false;  // the line before was a header that is kept: a folded line goes on with it
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      if (keeping && headers.back().second.size() + line.size() <= kLongestValue) headers.back().second.append(line);
      continue;
    }
    const std::size_t colon = line.find(':');
    keeping = colon != std::string_view::npos && colon > 0 && line.size() <= kLongestValue && headers.size() < kMostHeaders;
    if (keeping) headers.emplace_back(Lower(Trimmed(line.substr(0, colon))), std::string(line.substr(colon + 1)));
  }
  for (auto& [name, value] : headers) value = Trimmed(value);
  return headers;
}

std::string HeaderOf(const MimeHeaders& headers, std::string_view name) {
  for (const auto& [known, value] : headers)
    if (known == name) return value;
  return "";
}

std::string MimeType::Parameter(std::string_view wanted) const {
  for (const auto& [known, value] : parameters)
    if (known == wanted) return value;
  return "";
}

MimeType TypeOf(const MimeHeaders& headers) {
  const std::string whole = HeaderOf(headers, "content-type");
  std::string_view text = whole;
  MimeType type;
  type.name = Lower(TakeValue(text));
  while (!text.empty() && type.parameters.size() < kMostParameters) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) break;
    std::string name = Lower(Trimmed(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    type.parameters.emplace_back(std::move(name), TakeValue(text));
  }
  return type;
}

std::vector<std::string_view> PartsOf(std::string_view body, const std::string& boundary) {
  std::vector<std::string_view> parts;
  if (boundary.empty() || boundary.size() > kLongestBoundary) return parts;
  const std::string open = "--" + boundary, close = open + "--";
  std::optional<std::size_t> begin;  // of the part that is open
  for (std::size_t at = 0; at < body.size() && parts.size() < kMostParts;) {
    std::string_view rest = body.substr(at);
    const std::string_view line = WithoutBlanks(TakeLine(rest));
    const std::size_t next = body.size() - rest.size();
    if (line == open || line == close) {
      if (begin) parts.push_back(body.substr(*begin, at - *begin));
      if (line == close) return parts;
      begin = next;
    }
    at = next;
  }
  if (begin && parts.size() < kMostParts) parts.push_back(body.substr(*begin));
  return parts;
}

std::string Decoded(const MimeHeaders& headers, std::string_view body) {
  const std::string encoding = Lower(HeaderOf(headers, "content-transfer-encoding"));
  if (encoding == "quoted-printable") return FromQuotedPrintable(body);
  std::string plain;
  if (encoding == "base64") return absl::Base64Unescape(Trimmed(body), &plain) ? plain : "";
  return std::string(body);
}

}  // namespace evenhand::notification
