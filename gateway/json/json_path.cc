#include "gateway/json/json_path.h"

#include <algorithm>
#include <vector>

#include "gateway/route/utf8.h"

namespace evenhand::gateway {
namespace {

// A longer path helps nobody and would let a deep text blow up the reply.
constexpr std::size_t kMaxPathBytes = 200;

struct Level {
  bool array = false;
  bool key_next = true;  // in an object: the next string is a key
  std::size_t index = 0;
  std::string_view key;
};

// The end of the string that starts at `at` (a quote), or the text's end.
std::size_t EndOfString(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return text.size();
}

// Control characters and bytes that are no ASCII do not go into a reply about bad encoding.
void AppendSafely(std::string& path, std::string_view key) {
  for (const char c : key) path += c < 0x20 || c == 0x7f || c == '"' || c == '\\' ? '?' : c;
}

// A name that was read: cut between two characters; it may hold U+0000 and its like, and half of a surrogate pair.
void AppendName(std::string& path, std::string_view name) {
  if (!IsUtf8(name)) return AppendSafely(path, name.substr(0, kMaxPathBytes));
  std::size_t end = std::min(name.size(), kMaxPathBytes);
  while (end > 0 && end < name.size() && (name[end] & 0xc0) == 0x80) --end;
  for (const char c : name.substr(0, end)) path += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
}

std::string Spell(const std::vector<Level>& levels) {
  std::string path;
  for (const Level& level : levels) {
    if (level.array) {
      path += "[" + std::to_string(level.index) + "]";
    } else if (!level.key.empty()) {
      if (!path.empty()) path += '.';
      AppendSafely(path, level.key);
    }
    if (path.size() > kMaxPathBytes) return path.substr(0, kMaxPathBytes) + "...";
  }
  return path;
}

}  // namespace

std::string JsonPath::Text() const {
  std::string path;
  for (const Step& step : steps_) {
    if (step.name.data() == nullptr) {
      path += "[" + std::to_string(step.index) + "]";
    } else {
      if (!path.empty()) path += '.';
      AppendName(path, step.name);
    }
  }
  return path;
}

std::string PathAt(std::string_view text, std::size_t offset) {
  std::vector<Level> levels;
  const std::size_t end = std::min(offset, text.size());
  for (std::size_t i = 0; i < end; ++i) {
    switch (text[i]) {
      case '"': {
        const std::size_t close = EndOfString(text, i);
        if (close < end && !levels.empty() && !levels.back().array && levels.back().key_next) {
          levels.back().key = text.substr(i + 1, close - i - 1);
          levels.back().key_next = false;
        }
        i = close;
        break;
      }
      case '{':
      case '[':
        if (levels.size() > kMaxPathBytes) return Spell(levels);
        levels.push_back({text[i] == '[', true, 0, {}});
        break;
      case '}':
      case ']':
        if (!levels.empty()) levels.pop_back();
        break;
      case ',':
        if (levels.empty()) break;
        if (levels.back().array) ++levels.back().index;
        levels.back().key_next = true;
        break;
      default:
        break;
    }
  }
  return Spell(levels);
}

}  // namespace evenhand::gateway
