// Lists as PostgreSQL reads them: {"a","b"}.
#pragma once

#include <string>
#include <vector>

namespace evenhand::restriction {

inline std::string ArrayOf(const std::vector<std::string>& texts) {
  std::string array = "{";
  for (const std::string& text : texts) {
    if (array.size() > 1) array += ",";
    array += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

}  // namespace evenhand::restriction
