#include "gateway/route/path_template.h"

#include <algorithm>

#include "gateway/route/utf8.h"

namespace evenhand::gateway {
namespace {

bool IsName(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

int HexOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<SplitPath> Split(std::string_view path) {
  if (path.size() < 2 || path.front() != '/') return std::nullopt;
  std::optional<SplitPath> split(std::in_place);
  auto& segments = split->segments;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segments.size() == kMaxSegments) return std::nullopt;
    segments.push_back(segment);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  std::string_view& last = segments.back();
  if (const std::size_t colon = last.rfind(':'); colon != std::string_view::npos) {
    split->verb = last.substr(colon + 1);
    last = last.substr(0, colon);
    if (split->verb.empty() || last.empty()) return std::nullopt;
  }
  return split;
}

std::optional<PathTemplate> PathTemplate::Parse(std::string_view text) {
  const auto split = Split(text);
  if (!split) return std::nullopt;
  PathTemplate result{.text = {}, .segments = {}, .verb = std::string(split->verb)};
  if (!split->verb.empty() && !IsWord(split->verb)) return std::nullopt;
  for (const std::string_view segment : split->segments) {
    if (segment.front() != '{') {
      if (!IsWord(segment)) return std::nullopt;
      result.segments.push_back({std::string(segment), "", ""});
      result.text.append("/").append(segment);
      continue;
    }
    if (segment.back() != '}') return std::nullopt;
    std::string_view name = segment.substr(1, segment.size() - 2);
    if (name.ends_with("=*")) name.remove_suffix(2);
    if (!IsName(name)) return std::nullopt;
    const std::string_view last = name.substr(name.rfind('.') + 1);
    const bool twice = std::any_of(result.segments.begin(), result.segments.end(), [&](const Segment& s) { return s.name == last; });
    if (twice) return std::nullopt;
    result.segments.push_back({"", std::string(name), std::string(last)});
    result.text.append("/{").append(last).append("}");
  }
  if (!result.verb.empty()) result.text.append(":").append(result.verb);
  return result;
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexOf(text[i + 1]), low = HexOf(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    out += c;
  }
  if (!IsUtf8(out)) return std::nullopt;
  return out;
}

}  // namespace evenhand::gateway
