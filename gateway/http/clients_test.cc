// Whose address a request has.
#include "gateway/http/clients.h"

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

std::string ClientOf(const char* trusted, const std::string& fields, const std::string& peer = "10.0.0.9") {
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  Head head;
  EXPECT_FALSE(ReadHead(text, head).has_value());
  return TrustedProxies(trusted).ClientOf(head, peer);
}

TEST(TrustedProxies, AreThoseThatAreNamed) {
  const TrustedProxies proxies("10.0.0.0/8, 192.0.2.7,2001:db8::/32");
  for (const char* yes : {"10.0.0.9", "10.255.255.255", "192.0.2.7", "2001:db8:1::2", "::ffff:10.1.2.3"})
    EXPECT_TRUE(proxies.Trusts(yes)) << yes;
  for (const char* no : {"11.0.0.1", "192.0.2.8", "2001:db9::1", "127.0.0.1", "", "proxy"}) EXPECT_FALSE(proxies.Trusts(no)) << no;
  EXPECT_FALSE(TrustedProxies("").Trusts("10.0.0.9"));
  for (const char* bad : {"10.0.0.0/33", "nginx", "10.0.0", "2001:db8::/200"}) EXPECT_THROW(TrustedProxies{bad}, std::runtime_error) << bad;
}

TEST(TrustedProxies, NameTheirClient) {
  EXPECT_EQ(ClientOf("10.0.0.0/8", "X-Forwarded-For: 203.0.113.5\r\n"), "203.0.113.5");
  EXPECT_EQ(ClientOf("10.0.0.0/8", "x-forwarded-for: 203.0.113.5, 10.1.1.1\r\n"), "203.0.113.5");
  EXPECT_EQ(ClientOf("10.0.0.0/8", "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-For: 10.1.1.1\r\n"), "203.0.113.5");
  EXPECT_EQ(ClientOf("10.0.0.0/8", ""), "10.0.0.9");
}

// What stands to the left of the nearest stranger, that stranger wrote.
TEST(TrustedProxies, NobodyChoosesTheirOwnAddress) {
  EXPECT_EQ(ClientOf("10.0.0.0/8", "X-Forwarded-For: 198.51.100.1, 203.0.113.5\r\n"), "203.0.113.5");
  EXPECT_EQ(ClientOf("10.0.0.0/8", "X-Forwarded-For: 198.51.100.1, junk, 10.1.1.1\r\n"), "10.1.1.1");
  EXPECT_EQ(ClientOf("10.0.0.0/8", "X-Forwarded-For: junk\r\n"), "10.0.0.9");
}

}  // namespace
}  // namespace evenhand::gateway
