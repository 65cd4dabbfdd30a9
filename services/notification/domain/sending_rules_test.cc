#include "services/notification/domain/sending_rules.h"

#include <gtest/gtest.h>

namespace evenhand::notification {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(Retries, GrowWithJitterAndEnd) {
  const RetryPolicy policy{.first = absl::Seconds(2), .longest = absl::Seconds(60), .attempts = 6};
  for (int attempt = 1; attempt < policy.attempts; ++attempt) {
    const auto least = PauseAfter(policy, attempt, absl::Hours(90), 0), most = PauseAfter(policy, attempt, absl::Hours(90), 0.999);
    ASSERT_TRUE(least && most);
    EXPECT_LT(*least, *most);
    EXPECT_LE(*most, policy.longest);
  }
  EXPECT_EQ(*PauseAfter(policy, 3, absl::ZeroDuration(), 0), absl::Seconds(4));
  EXPECT_FALSE(PauseAfter(policy, 6, absl::ZeroDuration(), 0));
}
TEST(Retries, OfAReceiverGoOnForThreeDaysHoweverOftenItFails) {
  const RetryPolicy policy{.longest = absl::Hours(4), .lasting = absl::Hours(72)};
  absl::Duration waited;
  int attempts = 0;
  while (const auto pause = PauseAfter(policy, ++attempts, waited, 0.5)) {
    EXPECT_LE(*pause, absl::Hours(4));
    waited += *pause;
  }
  EXPECT_GE(waited, absl::Hours(72));
  EXPECT_LT(waited, absl::Hours(76));
  EXPECT_LT(attempts, 50) << "the pauses grow";
}
TEST(CircuitBreaker, OpensAfterFiveFailuresAndLetsOneTryDecide) {
  CircuitBreaker breaker;
  for (int i = 0; i < 4; ++i) breaker.Failed(kNow);
  EXPECT_TRUE(breaker.Allows(kNow));
  breaker.Failed(kNow);
  EXPECT_FALSE(breaker.Allows(kNow + absl::Seconds(4)));
  EXPECT_TRUE(breaker.Allows(kNow + absl::Seconds(5)));
  breaker.Failed(kNow + absl::Seconds(5));
  EXPECT_FALSE(breaker.Allows(kNow + absl::Seconds(14)));
  breaker.Succeeded();
  EXPECT_TRUE(breaker.Allows(kNow + absl::Seconds(5)));
}
TEST(RateLimit, AllowsASecondsWorthAndThenItsPace) {
  RateLimit limit(10);
  EXPECT_EQ(limit.Take(20, kNow), 10);
  EXPECT_EQ(limit.Take(5, kNow), 0);
  EXPECT_EQ(limit.Take(5, kNow + absl::Milliseconds(300)), 3);
  EXPECT_EQ(RateLimit(0).Take(7, kNow), 7);
}

}  // namespace
}  // namespace evenhand::notification
