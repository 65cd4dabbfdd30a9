#include "services/platform/rpc/turns.h"

#include <sched.h>

#include <thread>

#include <gtest/gtest.h>

namespace evenhand {
namespace {

// The processors that a thread which stays on the nth may use, counted by a thread of its own: this one stays free.
cpu_set_t KeptOn(std::size_t nth) {
  cpu_set_t kept;
  std::thread([&] {
    StayOnProcessor(nth);
    sched_getaffinity(0, sizeof kept, &kept);
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

TEST(Turns, AThreadStaysOnOneProcessorAndThreadsAreCountedAround) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  const auto processors = static_cast<std::size_t>(CPU_COUNT(&allowed));
  cpu_set_t all;
  CPU_ZERO(&all);
  for (std::size_t nth = 0; nth < processors; ++nth) {
    cpu_set_t kept = KeptOn(nth);
    EXPECT_EQ(CPU_COUNT(&kept), 1);
    CPU_OR(&all, &all, &kept);
  }
  EXPECT_TRUE(CPU_EQUAL(&all, &allowed)) << "each on another";
  cpu_set_t first = KeptOn(0), around = KeptOn(processors);
  EXPECT_TRUE(CPU_EQUAL(&first, &around));
}

}  // namespace
}  // namespace evenhand
