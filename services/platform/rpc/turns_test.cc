#include "services/platform/rpc/turns.h"

#include <sched.h>

#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace evenhand {
namespace {

// Where a thread of its own is kept after that; this one stays free.
template <typename Stay>
std::optional<int> KeptAfter(Stay stay) {
  std::optional<int> kept;
  std::thread([&] {
    stay();
    kept = KeptOnProcessor();
  }).join();
  return kept;
}

TEST(Turns, AThreadThatTakesTurnsDoesNotInterruptWhoRuns) {
  int policy = -1;
  std::thread([&] {
    TakeTurns();
    policy = sched_getscheduler(0);
  }).join();
  EXPECT_EQ(policy, SCHED_BATCH);
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER) << "it asks for itself alone";
}

TEST(Turns, ThreadsAreKeptOnAProcessorEachCountedAround) {
  const std::size_t processors = std::thread::hardware_concurrency();
  std::set<int> used;
  for (std::size_t nth = 0; nth < processors; ++nth) {
    const auto kept = KeptAfter([&] { StayOnNthProcessor(nth); });
    ASSERT_TRUE(kept.has_value());
    EXPECT_TRUE(used.insert(*kept).second) << "each on another";
  }
  EXPECT_EQ(KeptAfter([&] { StayOnNthProcessor(processors); }), KeptAfter([] { StayOnNthProcessor(0); }));
}

TEST(Turns, AThreadFollowsAnotherToItsProcessorAndStaysFreeWhereItMayNot) {
  const auto last = KeptAfter([] { StayOnNthProcessor(std::thread::hardware_concurrency() - 1); });
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(KeptAfter([&] { StayOnProcessor(*last); }), last);
  const auto free = KeptAfter([] {});
  EXPECT_EQ(KeptAfter([] { StayOnProcessor(100'000); }), free);
  EXPECT_EQ(KeptAfter([] { StayOnProcessor(-1); }), free);
}

}  // namespace
}  // namespace evenhand
