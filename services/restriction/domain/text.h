// Small helpers of the rules: is something said, is it the shape it should be.
#pragma once

#include <algorithm>
#include <cctype>
#include <string_view>

namespace evenhand::restriction {

inline bool Said(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c > ' '; });
}

// One word, as the identity provider writes them: a title or a name is none.
inline bool IsStaffNumber(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '@'; });
}

// "HH:MM" of a day, 00:00 to 24:00.
inline bool IsTimeOfDay(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return false;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  return minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0));
}

}  // namespace evenhand::restriction
