// Request heads that two programs could read differently.
#include "gateway/http/head.h"

#include <random>

#include <gtest/gtest.h>

#include "gateway/http/asio.h"

namespace evenhand::gateway {
namespace {

constexpr std::string_view kGood = "POST /v1/contacts:check?x=%20 HTTP/1.1\r\nHost: a\r\n";

int StatusOf(const std::string& fields, std::string_view start = kGood) {
  const std::string text = std::string(start) + fields + "\r\n";
  Head head;
  const auto fault = ReadHead(text, head);
  return fault ? fault->status : 200;
}

TEST(AHead, OrdinaryHeadsPass) {
  EXPECT_EQ(StatusOf(""), 200);
  EXPECT_EQ(StatusOf("Content-Length: 12\r\nAccept: */*\r\nX-A:\r\nX-Tab:\ta\tb\r\n"), 200);
  EXPECT_EQ(StatusOf("Transfer-Encoding: Chunked\r\n"), 200);
  EXPECT_EQ(StatusOf("", "GET / HTTP/1.0\r\n"), 200);
}

TEST(AHead, SmugglingShapesAreRefused) {
  for (const char* fields : {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                             "Content-Length: 1\r\nContent-Length: 1\r\n",
                             "Content-Length: 1\r\nContent-Length: 2\r\n",
                             "Content-Length: 1, 1\r\n",
                             "Content-Length: +1\r\n",
                             "Content-Length: -1\r\n",
                             "Content-Length: 0x1\r\n",
                             "Content-Length:\r\n",
                             "Content-Length: 99999999999999999999\r\n",
                             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                             "X-A: b\r\n folded\r\n",
                             "X-A: b\r\n\tfolded\r\n",
                             "X-A : b\r\n",
                             " X-A: b\r\n",
                             "X-A\r\n",
                             ": b\r\n",
                             "X A: b\r\n",
                             "X(A): b\r\n",
                             "X\xe9: b\r\n",
                             "X-A: b\nX-B: c\r\n",
                             "X-A: b\rX-B: c\r\n",
                             "X-A: \x01\r\n",
                             "Host: b\r\n",
                             "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
                             "If-Match: a\r\nIf-Match: b\r\n"}) {
    EXPECT_EQ(StatusOf(fields), 400) << fields;
  }
  EXPECT_EQ(StatusOf(std::string("X-A: \0b\r\n", 9)), 400);
  for (const char* coding : {"gzip", "chunked, chunked", "gzip, chunked", "xchunked", "chunked;a=b", "identity"}) {
    EXPECT_EQ(StatusOf("Transfer-Encoding: " + std::string(coding) + "\r\n"), 501) << coding;
  }
  EXPECT_EQ(StatusOf("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0\r\nHost: a\r\n"), 400);
}

TEST(AHead, RequestLines) {
  for (const char* line : {"GET / HTTP/1.1\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n", "GET /a b HTTP/1.1\r\nHost: a\r\n",
                           "GET / http/1.1\r\nHost: a\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n", "GET /\x80 HTTP/1.1\r\nHost: a\r\n",
                           "GET /#a HTTP/1.1\r\nHost: a\r\n", "GET /\r\nHost: a\r\n", "\r\n"}) {
    EXPECT_EQ(StatusOf("", line), 400) << line;
  }
  EXPECT_EQ(StatusOf("", "GET / HTTP/2.0\r\nHost: a\r\n"), 505);
  EXPECT_EQ(StatusOf("", "GET / HTTP/0.9\r\nHost: a\r\n"), 505);
}

TEST(AHead, TargetsThatAreNoPathOfOursAreRefused) {
  for (const char* target : {"gopher://x/healthz", "?a=://x/healthz", "x/healthz", "healthz", "test:443", "http:///healthz", "http://",
                             "https://?x=/healthz", "http://user@test/healthz", "file:///healthz", "//", "ftp://a/"}) {
    const std::string line = "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(StatusOf("", line), std::string_view(target) == "//" ? 200 : 400) << target;
  }
  for (const auto& [target, path] :
       {std::pair("/a?b=c", "/a?b=c"), {"http://test/a?b", "/a?b"}, {"HTTPS://test:8443/a", "/a"}, {"http://test", "/"}}) {
    const std::string text = "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    Head head;
    ASSERT_FALSE(ReadHead(text, head).has_value()) << target;
    EXPECT_EQ(head.path, path);
  }
}

// RFC 9110, 10.1.1.
TEST(AHead, KnowsOneExpectation) {
  EXPECT_EQ(StatusOf("Expect: 100-Continue\r\n"), 200);
  EXPECT_EQ(StatusOf("Expect: anything\r\n"), 417);
  EXPECT_EQ(StatusOf("Expect: 100-continue, x\r\n"), 417);
  EXPECT_EQ(StatusOf("Expect: anything\r\n", "POST / HTTP/1.0\r\n"), 200) << "HTTP/1.0 knows none";
}

TEST(AHead, SaysWhatStandsInIt) {
  const std::string text = "PUT /v1/a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 017\r\nX-A: \t first \r\nx-a: second\r\nX-Empty:\r\n\r\n";
  Head head;
  ASSERT_FALSE(ReadHead(text, head).has_value());
  EXPECT_EQ(head.method, "PUT");
  EXPECT_EQ(head.target, "/v1/a?b=c");
  EXPECT_EQ(head.content_length, 17U);
  EXPECT_FALSE(head.chunked);
  EXPECT_EQ(head.Field("x-A"), "first");
  EXPECT_EQ(head.Field("X-Empty"), "");
  EXPECT_EQ(head.Field("X-None"), "");
  EXPECT_EQ(head.fields.size(), 5U);
}

TEST(AHead, ConnectionDecidesWhetherAnotherRequestFollows) {
  const auto keeps = [](const std::string& version, const std::string& fields) {
    const std::string text = "GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n";
    Head head;
    EXPECT_FALSE(ReadHead(text, head).has_value()) << fields;
    return head.keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_TRUE(keeps("1.1", "Connection: keep-alive, TE\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: TE ,\tclose,\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: TE\r\nCONNECTION: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
  EXPECT_EQ(StatusOf("Connection: a b\r\n"), 400);
}

// A reader of other hands: whatever passes here, it reads to the same.
TEST(AHead, IsReadAsBeastReadsIt) {
  const std::string pieces[] = {"Content-Length: ",
                                "3",
                                "Connection: ",
                                "close",
                                "keep-alive",
                                ",",
                                " ",
                                "\t",
                                "X-A:",
                                "\r\n",
                                "a",
                                "Accept: */*",
                                "Transfer-Encoding: chunked",
                                "\x7f",
                                "\xe9",
                                ":",
                                "Expect: 100-continue"};
  const std::string starts[] = {"GET / HTTP/1.1\r\nHost: a\r\n", "POST /a?b HTTP/1.1\r\nHost: a\r\n", "PUT /%20 HTTP/1.0\r\n",
                                "M-X * HTTP/1.1\r\nHost:a\r\n"};
  std::mt19937 random(7);
  int passed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = starts[random() % std::size(starts)];
    for (std::size_t i = random() % 9; i > 0; --i) text += pieces[random() % std::size(pieces)];
    text += text.ends_with("\r\n") ? "\r\n" : "\r\n\r\n";
    text.resize(text.find("\r\n\r\n") + 4);
    Head head;
    if (ReadHead(text, head)) continue;
    ++passed;
    http::request_parser<http::empty_body> other;
    ErrorCode error;
    other.put(asio::buffer(text), error);
    ASSERT_TRUE((!error || error == http::error::need_more) && other.is_header_done()) << text << error.message();
    EXPECT_EQ(head.method, View(other.get().method_string()));
    EXPECT_EQ(head.target, View(other.get().target()));
    EXPECT_EQ(head.http10, other.get().version() == 10);
    EXPECT_EQ(head.chunked, other.chunked()) << text;
    EXPECT_EQ(head.content_length.value_or(0), other.content_length().value_or(0)) << text;
    // With both "close" and "keep-alive", 1.0 is kept by Beast and closed here: nothing is lost by closing.
    if (head.keep_alive || !head.http10) {
      EXPECT_EQ(head.keep_alive, other.keep_alive()) << text;
    }
    EXPECT_EQ(head.fields.size(), static_cast<std::size_t>(std::distance(other.get().begin(), other.get().end()))) << text;
    EXPECT_EQ(head.Field("x-a"), View(other.get()["X-A"])) << text;
  }
  EXPECT_GT(passed, 2'000);
}

TEST(AHead, CountsFields) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  EXPECT_EQ(StatusOf(many), 431);
}

}  // namespace
}  // namespace evenhand::gateway
