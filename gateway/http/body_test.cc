// Where a body ends, and what may stand around its chunks.
#include "gateway/http/body.h"

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

// The body, "broken", or "more" where it has not ended; in pieces of so many bytes, and what follows it must be left alone.
std::string BodyOf(std::string_view text, std::size_t piece) {
  BodyReader reader;
  Head head;
  head.chunked = true;
  reader.Begin(head);
  std::string body;
  std::size_t total = 0;
  for (std::size_t at = 0; at < text.size() && !reader.done(); at += piece) {
    const auto used = reader.Take(text.substr(at, piece), body);
    if (!used) return "broken";
    total += *used;
  }
  if (!reader.done()) return "more";
  return body + "|" + std::string(text.substr(total));
}

void Expect(std::string_view text, const std::string& body) {
  for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, text.size()}) EXPECT_EQ(BodyOf(text, piece), body) << text << " by " << piece;
}

TEST(ABody, IsReadOutOfItsChunks) {
  Expect("0\r\n\r\n", "|");
  Expect("2\r\nab\r\n0\r\n\r\nGET", "ab|GET");
  Expect("2;a=\"b c\"\r\nab\r\nA\r\n0123456789\r\n000\r\n\r\n", "ab0123456789|");
  Expect("1\r\na\r\n0\r\nX-Sum: 1\r\nX-B:\r\n\r\nrest", "a|rest");
  Expect("5\r\nab", "more");
  Expect("0\r\n", "more");
}

TEST(ABody, BrokenChunksAreNoBody) {
  for (const char* text :
       {"\r\n", "g\r\n", "-1\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "1\na\r\n", "1\r\nab\r\n", "1\r\na\n", ";a\r\n", "1\r\r\n", "0x1\r\n",
        "1;a\nb\r\na", "1;\x01\r\na", "FFFFFFFFFFFFFFFF\r\n", "ffffffffffffffffff\r\n", "0000000000001\r\na"})
    Expect(text, "broken");
}

TEST(ABody, TrailersSayNothingOfTheBodyAndHaveAnEnd) {
  for (const char* trailer :
       {"Content-Length: 3", "transfer-encoding: chunked", "Host: a", "no name", ": a", " folded: a", "X A: b", "X: \x01", "X: a\rb"})
    Expect("0\r\n" + std::string(trailer) + "\r\n\r\n", "broken");
  Expect("0\r\nX: a\n\r\n", "broken");
  Expect("0\r\nX: " + std::string(kMaxTrailerBytes, 'a') + "\r\n\r\n", "broken");
  Expect("1;" + std::string(kMaxExtensionBytes + 1, 'a') + "\r\na\r\n0\r\n\r\n", "broken");
  Expect("1;" + std::string(kMaxExtensionBytes, 'a') + "\r\na\r\n0\r\n\r\n", "a|");
}

}  // namespace
}  // namespace evenhand::gateway
