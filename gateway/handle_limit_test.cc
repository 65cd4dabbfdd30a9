// The register is no list (12.4).
#include "gateway/handle_limit.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

constexpr std::int64_t kNoon = 1'790'000'000 / 3600 * 3600;

Actor As(std::vector<Role> roles, std::string id = "E1001") {
  return {.id = std::move(id), .name = {}, .roles = std::move(roles), .areas = {}, .through = {}};
}

TEST(HandleLimit, CountsHandlesAndGivesAllOrNone) {
  HandleLimit limit("employee=1000", 1);
  const Actor employee = As({Role::kEmployee});
  EXPECT_TRUE(limit.Take(0, employee, 600, kNoon).allowed);
  EXPECT_FALSE(limit.Take(0, employee, 600, kNoon).allowed);
  EXPECT_TRUE(limit.Take(0, employee, 400, kNoon).allowed) << "who was refused has used nothing up";
  const auto refused = limit.Take(0, employee, 1, kNoon + 600);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.reset_seconds, 3000U);
  EXPECT_TRUE(limit.Take(0, employee, 1, kNoon + 3600).allowed);
  EXPECT_FALSE(limit.Take(0, As({Role::kEmployee}, "E1002"), 1001, kNoon).allowed);
  EXPECT_EQ(limit.refused(), 3);
}

TEST(HandleLimit, IsOneForAllThreads) {
  HandleLimit limit("employee=10", 3);
  int allowed = 0;
  for (std::size_t i = 0; i < 30; ++i) allowed += limit.Take(i % 3, As({Role::kEmployee}), 1, kNoon).allowed;
  EXPECT_EQ(allowed, 10);
}

TEST(HandleLimit, GoesByRole) {
  HandleLimit limit("employee=5, crm=0, portal=50", 1);
  EXPECT_FALSE(limit.Take(0, As({}), 6, kNoon).allowed) << "who has no role at all is an employee at best";
  EXPECT_FALSE(limit.Take(0, As({Role::kAuditor}, "a"), 6, kNoon).allowed);
  EXPECT_TRUE(limit.Take(0, As({Role::kEmployee, Role::kPortal}, "p"), 50, kNoon).allowed);
  EXPECT_TRUE(limit.Take(0, As({Role::kCrm}, "crm"), 1'000'000, kNoon).allowed);
}

TEST(HandleLimit, TellsHowNearTheBusiestIs) {
  HandleLimit limit("employee=1000", 2);
  limit.Take(0, As({Role::kEmployee}, "one"), 200, kNoon);
  limit.Take(1, As({Role::kEmployee}, "other"), 700, kNoon);
  EXPECT_DOUBLE_EQ(limit.LargestShare(kNoon), 0.7);
  EXPECT_DOUBLE_EQ(limit.LargestShare(kNoon + 3600), 0);
}

TEST(HandleLimit, ASettingThatSaysSomethingElseIsRefused) {
  for (const char* bad : {"", "crm=5", "employee", "employee=", "employee=-1", "clerk=5, employee=5"})
    EXPECT_THROW(HandleLimit(bad, 1), std::runtime_error) << bad;
}

}  // namespace
}  // namespace evenhand::gateway
