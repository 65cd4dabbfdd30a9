#include "services/notification/send/webhook_sender.h"

#include <cstdlib>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/testing/http_stub.h"

namespace evenhand::notification {
namespace {

Sent Send(const std::string& url, bool loopback) {
  AllowedNetworks allowed;
  if (loopback) allowed.AddLoopback();
  return WebhookSender(allowed).Send({.url = url, .id = "e-1", .body = "{}", .keys = {std::string(32, 'k')}, .traceparent = ""},
                                     absl::Now());
}

std::string PortOf(const testing::HttpStub& stub) { return stub.url().substr(stub.url().rfind(':')); }

TEST(WebhookSender, IsJudgedByTheAddressThatANameLeadsToWhenItConnects) {
  testing::HttpStub inside;
  inside.Answer(200, "");
  const std::string port = PortOf(inside);
  for (const char* host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0"})
    EXPECT_EQ(Send("http://" + std::string(host) + port, false).end, Sent::End::kAway) << host;
  EXPECT_EQ(inside.requests(), 0) << "nothing inside heard of it";
  EXPECT_EQ(Send("http://localhost" + port, true).end, Sent::End::kAccepted);
  EXPECT_EQ(inside.requests(), 1);
}

TEST(WebhookSender, TellsWhoRegisteredItNothingOfWhatIsInside) {
  testing::HttpStub inside;
  inside.Answer(200, "");
  const std::string listens = Send("http://127.0.0.1" + PortOf(inside), false).why;
  EXPECT_EQ(listens, Send("http://127.0.0.1:1", false).why) << "a port that listens and one that doesn't";
  EXPECT_EQ(listens, Send("https://127.0.0.1" + PortOf(inside), true).why) << "nor what it speaks";
  EXPECT_EQ(listens, Send("http://no-such-name.invalid/", false).why);
}

TEST(WebhookSender, GoesThroughNoProxyOfTheEnvironmentAndFollowsNobody) {
  testing::HttpStub proxy;
  proxy.Answer(200, "");
  setenv("http_proxy", proxy.url().c_str(), 1);
  Send("http://127.0.0.1:1/", true);
  unsetenv("http_proxy");
  EXPECT_EQ(proxy.requests(), 0);
}

}  // namespace
}  // namespace evenhand::notification
