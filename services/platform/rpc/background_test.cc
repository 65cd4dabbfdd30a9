#include "services/platform/rpc/background.h"

#include <atomic>
#include <stdexcept>

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

bool Soon(const std::function<bool()>& so) {
  for (const absl::Time end = absl::Now() + absl::Seconds(10); absl::Now() < end; absl::SleepFor(absl::Milliseconds(1))) {
    if (so()) return true;
  }
  return so();
}

TEST(WorkThatIsRungFor, RunsForEachRingThatComesWhileItRests) {
  Background background(/*enabled=*/false);
  const auto bell = std::make_shared<Bell>();
  std::atomic<int> runs = 0;
  background.WhenRung(bell, "job", [&] { ++runs; });
  for (int i = 1; i <= 5; ++i) {
    bell->Ring();
    EXPECT_TRUE(Soon([&] { return runs == i; }));
  }
}

TEST(WorkThatIsRungFor, RunsOnceMoreHoweverOftenItWasRungForMeanwhile) {
  Background background(/*enabled=*/true);
  const auto bell = std::make_shared<Bell>();
  std::atomic<int> runs = 0;
  absl::Notification begun, go_on;
  background.WhenRung(bell, "job", [&] {
    if (++runs > 1) return;
    begun.Notify();
    go_on.WaitForNotification();
  });
  bell->Ring();
  begun.WaitForNotification();
  for (int i = 0; i < 3; ++i) bell->Ring();
  go_on.Notify();
  EXPECT_TRUE(Soon([&] { return runs == 2; }));
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(runs, 2);
}

TEST(WorkThatIsRungFor, WakesOneOfSeveralAndByItTheNext) {
  Background background(/*enabled=*/true);
  const auto bell = std::make_shared<Bell>();
  std::atomic<int> at_work = 0;
  std::atomic<bool> more = false;
  absl::Notification go_on;
  for (int i = 0; i < 3; ++i) {
    background.WhenRung(bell, "job", [&] {
      ++at_work;
      if (more) bell->Ring();
      go_on.WaitForNotification();
    });
  }
  bell->Ring();
  EXPECT_TRUE(Soon([&] { return at_work == 1; }));
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(at_work, 1);
  more = true;
  bell->Ring();
  EXPECT_TRUE(Soon([&] { return at_work == 3; }));
  more = false;
  go_on.Notify();
}

TEST(WorkThatIsRungFor, IsRungForAgainAfterAFailure) {
  Background background(/*enabled=*/true);
  const auto bell = std::make_shared<Bell>();
  std::atomic<int> runs = 0;
  background.WhenRung(bell, "job", [&] {
    if (++runs == 1) throw std::runtime_error("not now");
  });
  bell->Ring();
  EXPECT_TRUE(Soon([&] { return runs == 1; }));
  bell->Ring();
  EXPECT_TRUE(Soon([&] { return runs == 2; }));
}

TEST(WorkThatIsRungFor, EndsWithTheProcessThoughNobodyRings) {
  Background background(/*enabled=*/true);
  const auto bell = std::make_shared<Bell>();
  std::atomic<int> runs = 0;
  for (int i = 0; i < 2; ++i) background.WhenRung(bell, "job", [&] { ++runs; });
  background.Stop();
  bell->Ring();
  EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace evenhand
