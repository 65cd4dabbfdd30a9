#include "services/notification/send/receiver_url.h"

#include <gtest/gtest.h>

namespace evenhand::notification {
namespace {

bool MayBe(const std::string& url, bool dev = false, const char* networks = "") {
  return FaultOfReceiver(url, dev, *AllowedNetworks::In(networks)).empty();
}

TEST(ReceiverUrl, IsHttpsInTheOpenInternet) {
  EXPECT_TRUE(MayBe("https://hooks.example.org/evenhand?x=1"));
  EXPECT_TRUE(MayBe("https://8.8.8.8/h"));
  for (const char* no : {"", "hooks.example.org", "http://hooks.example.org/", "https://", "https:///h", "https://user@hooks.example.org/",
                         "https://user:pass@hooks.example.org/", "ftp://hooks.example.org/", "https://hooks.example.org/a b"})
    EXPECT_FALSE(MayBe(no)) << no;
}

TEST(ReceiverUrl, WhatIsInsideIsRefusedHoweverItIsWritten) {
  for (const char* no : {"https://127.0.0.1:22/", "https://169.254.169.254/latest", "https://10.0.0.1/", "https://[::1]/", "https://0/",
                         "https://2130706433/", "https://0x7f.1/", "https://[::ffff:10.0.0.1]/", "https://[fd00:ec2::254]/",
                         "https://localhost/", "https://LOCALHOST/", "https://localhost./"})
    EXPECT_FALSE(MayBe(no)) << no;
  EXPECT_TRUE(MayBe("https://10.20.0.5/", false, "10.20.0.0/16"));
}

TEST(ReceiverUrl, InDevModeHttpIsForLoopbackByItsAddressAndNotByHowItBegins) {
  EXPECT_TRUE(MayBe("http://127.0.0.1:8091/evenhand", true));
  EXPECT_TRUE(MayBe("http://localhost:8091/", true));
  EXPECT_TRUE(MayBe("http://[::1]:8091/", true));
  for (const char* no :
       {"http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "http://127.0.0.1@evil.example/", "http://10.0.0.1/"})
    EXPECT_FALSE(MayBe(no, true)) << no;
  EXPECT_FALSE(MayBe("http://127.0.0.1:8091/evenhand", false));
}

}  // namespace
}  // namespace evenhand::notification
