#include "services/notification/domain/open_internet.h"

#include <gtest/gtest.h>

namespace evenhand::notification {
namespace {

bool Reaches(const char* address, const char* networks = "") { return AllowedNetworks::In(networks)->Reaches(*IpAddressIn(address)); }

TEST(OpenInternet, IsReached) {
  for (const char* open : {"8.8.8.8", "151.101.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2a00:1450::1"})
    EXPECT_TRUE(Reaches(open)) << open;
}

TEST(OpenInternet, WhatIsInsideIsNotInWhateverWayItIsWritten) {
  for (const char* inside : {"127.0.0.1",
                             "127.9.9.9",
                             "0.0.0.0",
                             "10.0.0.1",
                             "100.64.0.1",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "192.0.0.170",
                             "198.18.0.1",
                             "203.0.113.7",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "ff02::1",
                             "fec0::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::ffff:169.254.169.254",
                             "::10.0.0.1",
                             "64:ff9b::7f00:1",
                             "64:ff9b::a9fe:a9fe",
                             "64:ff9b:1::a00:1",
                             "2002:7f00:1::",
                             "2001:0:7f00:1::",
                             "2001:db8::1",
                             "fd00:ec2::254"})
    EXPECT_FALSE(Reaches(inside)) << inside;
}

TEST(OpenInternet, ASettingOpensTheNetworksThatItNamesAndNoOther) {
  EXPECT_TRUE(Reaches("10.20.3.4", "10.20.0.0/16, fd00:1::/64"));
  EXPECT_TRUE(Reaches("fd00:1::5", "10.20.0.0/16, fd00:1::/64"));
  EXPECT_FALSE(Reaches("10.21.0.1", "10.20.0.0/16"));
  EXPECT_TRUE(Reaches("192.168.1.7", "192.168.1.7"));
  EXPECT_FALSE(Reaches("192.168.1.8", "192.168.1.7"));
  for (const char* no : {"10.0.0.0/33", "10.0.0.0/", "ten", "10.0.0.0/0x8", "fd00::/129", "10.0.0.0/0"})
    EXPECT_FALSE(AllowedNetworks::In(no).has_value()) << no;
}

TEST(OpenInternet, LoopbackIsForDevModeAlone) {
  AllowedNetworks dev;
  dev.AddLoopback();
  EXPECT_TRUE(dev.Reaches(*IpAddressIn("127.0.0.1")));
  EXPECT_TRUE(dev.Reaches(*IpAddressIn("::1")));
  EXPECT_FALSE(dev.Reaches(*IpAddressIn("10.0.0.1")));
}

}  // namespace
}  // namespace evenhand::notification
