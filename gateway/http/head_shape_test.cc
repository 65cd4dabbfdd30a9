// Request heads that two programs could read differently.
#include "gateway/http/head_shape.h"

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

constexpr std::string_view kGood = "POST /v1/contacts:check?x=%20 HTTP/1.1\r\nHost: a\r\n";

int StatusOf(const std::string& fields, std::string_view start = kGood) {
  const auto fault = FaultOfHead(std::string(start) + fields + "\r\n");
  return fault ? fault->status : 200;
}

TEST(HeadShape, OrdinaryHeadsPass) {
  EXPECT_EQ(StatusOf(""), 200);
  EXPECT_EQ(StatusOf("Content-Length: 12\r\nAccept: */*\r\nX-A:\r\nX-Tab:\ta\tb\r\n"), 200);
  EXPECT_EQ(StatusOf("Transfer-Encoding: Chunked\r\n"), 200);
  EXPECT_EQ(StatusOf("", "GET / HTTP/1.0\r\n"), 200);
}

TEST(HeadShape, SmugglingShapesAreRefused) {
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

TEST(HeadShape, RequestLines) {
  for (const char* line :
       {"GET / HTTP/1.1\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n", "GET /a b HTTP/1.1\r\nHost: a\r\n", "GET / http/1.1\r\nHost: a\r\n",
        "GET /\x80 HTTP/1.1\r\nHost: a\r\n", "GET /#a HTTP/1.1\r\nHost: a\r\n", "GET /\r\nHost: a\r\n", "\r\n"}) {
    EXPECT_EQ(StatusOf("", line), 400) << line;
  }
  EXPECT_EQ(StatusOf("", "GET / HTTP/2.0\r\nHost: a\r\n"), 505);
  EXPECT_EQ(StatusOf("", "GET / HTTP/0.9\r\nHost: a\r\n"), 505);
}

TEST(HeadShape, CountsFields) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  EXPECT_EQ(StatusOf(many), 431);
}

}  // namespace
}  // namespace evenhand::gateway
