// base64url (RFC 7515, section 2) as it must be before libcjose sees it: its decoder ends the process on what is not.
#pragma once

#include <algorithm>
#include <string_view>

namespace evenhand {

// Not empty, without padding, of a length that bytes can have.
inline bool IsBase64Url(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() % 4 != 1 && std::ranges::all_of(text, fits);
}

// Three base64url parts with dots between: the compact form of a JWS.
inline bool IsCompactJws(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return false;
  return IsBase64Url(token.substr(0, first)) && IsBase64Url(token.substr(first + 1, second - first - 1)) &&
         IsBase64Url(token.substr(second + 1));
}

}  // namespace evenhand
