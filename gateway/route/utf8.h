// Is this text UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF)?
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace evenhand::gateway {

inline bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    // Mostly ASCII: eight bytes at once.
    std::uint64_t eight;
    if (text.size() - i >= sizeof eight && (std::memcpy(&eight, text.data() + i, sizeof eight), (eight & 0x8080808080808080) == 0)) {
      i += sizeof eight;
      continue;
    }
    const unsigned char lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return false;
    char32_t point = lead & (0xff >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const unsigned char next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    const char32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    i += length;
  }
  return true;
}

}  // namespace evenhand::gateway
