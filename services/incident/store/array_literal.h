// PostgreSQL array literals: libpqxx 6.4 binds no vectors, and a set-based insert needs one parameter a column.
#pragma once

#include <string>
#include <string_view>

namespace evenhand::incident {

class ArrayLiteral {
 public:
  void Add(std::string_view text) {
    Separate();
    literal_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') literal_ += '\\';
      literal_ += c;
    }
    literal_ += '"';
  }
  void AddNull() {
    Separate();
    literal_ += "NULL";
  }
  void AddBytes(std::string_view bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    Separate();
    literal_ += "\"\\\\x";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      literal_ += kHex[byte >> 4];
      literal_ += kHex[byte & 15];
    }
    literal_ += '"';
  }
  std::string Done() const { return literal_ + "}"; }

 private:
  void Separate() {
    if (literal_.size() > 1) literal_ += ',';
  }
  std::string literal_ = "{";
};

template <typename List>
std::string TextArray(const List& list) {
  ArrayLiteral array;
  for (const auto& one : list) array.Add(one);
  return array.Done();
}

}  // namespace evenhand::incident
