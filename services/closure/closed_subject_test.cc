#include "services/closure/closed_subject.h"

#include <gtest/gtest.h>

namespace evenhand {
namespace {

Actor Someone(const std::string& id, std::vector<std::string> areas) {
  return {.id = id, .name = "", .roles = {Role::kSeniorManager}, .areas = std::move(areas), .through = nullptr};
}

TEST(Clause12_4, ThePersonsOwnTeamAndManagerDoNotReadTheCase) {
  const Subject subject{"E7", "Roads", "M1"};
  for (const Actor& close : {Someone("E7", {"Housing"}), Someone("M1", {"Housing"}), Someone("X", {"Housing", "Roads"})}) {
    const Refusals no = RefusalsToRead(close, subject);
    ASSERT_EQ(no.size(), 1U) << close.id;
    EXPECT_EQ(no[0].clause, "council rule");
  }
  EXPECT_TRUE(RefusalsToRead(Someone("X", {"Housing"}), subject).empty());
}

TEST(Clause12_4, ADirectorDecidesWhereTheTeamIsTheirArea) {
  Actor director = Someone("D1", {"Roads"});
  director.roles = {Role::kStrategicDirector};
  EXPECT_TRUE(RefusalsToRead(director, {"E7", "Roads", "M1"}).empty());
  EXPECT_FALSE(RefusalsToRead(director, {"E7", "Roads", "D1"}).empty());
}

TEST(Clause12_4, ATeamThatIsNoAreaOfTheCouncilsIsATeam) {
  Actor boss = Someone("X", {"Housing"});
  boss.unknown_areas = {"Parks "};
  EXPECT_FALSE(RefusalsToRead(boss, {"E7", "Parks", "M1"}).empty());
  EXPECT_FALSE(RefusalsToRead(boss, {"E7", "PARKS", "M1"}).empty());
  EXPECT_TRUE(RefusalsToRead(boss, {"E7", "Libraries", "M1"}).empty());
  EXPECT_TRUE(RefusalsToRead(boss, {"E7", "", "M1"}).empty());
}

TEST(Clause12_4, WhoDoesNotWorkHereClosesNothing) {
  EXPECT_TRUE(RefusalsToRead(Someone("", {"Housing"}), {}).empty());
  EXPECT_FALSE(Subject{}.IsClose(""));
}

}  // namespace
}  // namespace evenhand
