// How long a text is to people: limits are in characters, not in bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace evenhand {

// Of UTF-8: every byte but those that go on with a character.
inline std::size_t CharactersIn(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace evenhand
