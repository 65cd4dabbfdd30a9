// A JSON text as a rapidjson document whose numbers are exact. rapidjson 1.1.0 counts the leading zeros of zero in "0e38" and reads
// 18446744073709551616, and its trimming of long decimals is its own; here each number is read from its text, whatever its length.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>

#include <absl/strings/charconv.h>
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>

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

// Fills `document`; what went wrong, and where, is in the result.
template <unsigned kFlags>
rapidjson::ParseResult ParseExactly(std::string_view text, rapidjson::Document* document) {
  rapidjson::ParseResult result;
  rapidjson::Reader reader;
  auto generate = [&](rapidjson::Document& into) {
    rapidjson::MemoryStream bytes(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
    ExactNumbers handler(into);
    result = reader.Parse < kFlags | rapidjson::kParseNumbersAsStringsFlag > (stream, handler);
    return !result.IsError();
  };
  document->Populate(generate);
  return result;
}

}  // namespace evenhand::gateway
