// A JSON text as a rapidjson document whose numbers are exact. rapidjson 1.1.0 counts the leading zeros of zero in "0e38" and reads
// 18446744073709551616, and its trimming of long decimals is its own; here each number is read from its text, whatever its length.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <absl/strings/charconv.h>
#include <rapidjson/document.h>
#include <rapidjson/stream.h>

#include "gateway/route/utf8.h"

namespace evenhand::gateway {

// Hands every event on to the document, numbers as what their text says.
class ExactNumbers {
 public:
  using Ch = char;
  using Size = rapidjson::SizeType;

  explicit ExactNumbers(rapidjson::Document& document) : to_(document) {}

  bool Null() { return to_.Null(); }
  bool Bool(bool value) { return to_.Bool(value); }
  bool String(const char* text, Size size, bool copy) { return to_.String(text, size, copy); }
  bool StartObject() { return to_.StartObject(); }
  bool Key(const char* text, Size size, bool copy) { return to_.Key(text, size, copy); }
  bool EndObject(Size count) { return to_.EndObject(count); }
  bool StartArray() { return to_.StartArray(); }
  bool EndArray(Size count) { return to_.EndArray(count); }

  bool RawNumber(const char* text, Size size, bool) {
    const char* end = text + size;
    std::int64_t whole;
    if (const auto read = std::from_chars(text, end, whole); read.ec == std::errc() && read.ptr == end) return to_.Int64(whole);
    std::uint64_t natural;
    if (const auto read = std::from_chars(text, end, natural); read.ec == std::errc() && read.ptr == end) return to_.Uint64(natural);
    double real = 0;
    const auto read = absl::from_chars(text, end, real);
    // Too small is zero, as everywhere; too large is no number that a double holds.
    return !(read.ec == std::errc::result_out_of_range && (real > 1 || real < -1)) && to_.Double(real);
  }

  // Numbers come as text; the parser asks for these all the same.
  bool Int(int value) { return to_.Int(value); }
  bool Uint(unsigned value) { return to_.Uint(value); }
  bool Int64(std::int64_t value) { return to_.Int64(value); }
  bool Uint64(std::uint64_t value) { return to_.Uint64(value); }
  bool Double(double value) { return to_.Double(value); }

 private:
  rapidjson::Document& to_;
};

// A text and the values in it, whose strings stand in the document's own copy of the text. A check's fits into `space_` and costs the
// heap nothing.
class ExactDocument {
 public:
  // Once. What went wrong, and where, is in the result. `text` holds no zero byte: the parser takes one for the end.
  rapidjson::ParseResult Parse(std::string_view text) {
    char* const copy = static_cast<char*>(pool_.Malloc(text.size() + kBeyond));
    text.copy(copy, text.size());
    std::memset(copy + text.size(), 0, kBeyond);
    // Iterative, so that a million brackets cost memory in proportion and no stack.
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseInsituFlag;
    // Of a text that is UTF-8 throughout, so is every string; the parser's own look, byte by byte, is for saying where it is not.
    constexpr unsigned kLooking = kFlags | rapidjson::kParseValidateEncodingFlag;
    return IsUtf8(text) ? Fill<kFlags>(copy) : Fill<kLooking>(copy);
  }

  rapidjson::Document& root() { return document_; }

 private:
  // At a text that ends within a character the parser looks for the rest of it before it sees that it is missing.
  static constexpr std::size_t kBeyond = 4;

  template <unsigned kFlags>
  rapidjson::ParseResult Fill(char* text) {
    rapidjson::ParseResult result;
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::MemoryPoolAllocator<>> reader(&pool_);
    auto generate = [&](rapidjson::Document& into) {
      rapidjson::InsituStringStream stream(text);
      ExactNumbers handler(into);
      result = reader.Parse<kFlags>(stream, handler);
      return !result.IsError();
    };
    document_.Populate(generate);
    return result;
  }

  char space_[4096];
  rapidjson::MemoryPoolAllocator<> pool_{space_, sizeof space_};
  rapidjson::CrtAllocator heap_;  // for the values that wait for their list's end: it can grow in place
  rapidjson::Document document_{&pool_, 1024, &heap_};
};

}  // namespace evenhand::gateway
