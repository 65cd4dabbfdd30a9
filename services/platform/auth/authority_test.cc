#include "services/platform/auth/authority.h"

#include <gtest/gtest.h>

namespace evenhand {
namespace {

const Rule kImpose{.method = "S/Impose",
                   .in_own_area = {Role::kSeniorManager},
                   .in_any_area = {Role::kStrategicDirector},
                   .clause = "7.3",
                   .refusal = "Only a senior manager."};

Actor Someone(std::vector<Role> roles, std::vector<std::string> areas) {
  return {.id = "E1", .roles = std::move(roles), .areas = std::move(areas)};
}

TEST(Clause4_1, AuthorityGrowsFromEmployeeToDirectorWithinOnesOwnArea) {
  const Actor manager = Someone({Role::kSeniorManager}, {"Housing"});
  EXPECT_TRUE(manager.Holds(Role::kTeamLeader, "Housing"));
  EXPECT_FALSE(manager.Holds(Role::kStrategicDirector, "Housing"));
  EXPECT_FALSE(manager.Holds(Role::kTeamLeader, "Education"));
  EXPECT_FALSE(Someone({Role::kAdministrator}, {"Housing"}).Holds(Role::kEmployee, "Housing"));
}

TEST(Clause4_1, TheAreaDecidesForThoseWhoseRightIsTheirOwnArea) {
  EXPECT_FALSE(RefusalInArea(kImpose, Someone({Role::kSeniorManager}, {"Housing"}), "Housing").has_value());
  const auto no = RefusalInArea(kImpose, Someone({Role::kSeniorManager}, {"Education"}), "Housing");
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->clause, "7.3");
  EXPECT_FALSE(RefusalInArea(kImpose, Someone({Role::kStrategicDirector}, {}), "Housing").has_value());
}

TEST(Clause4_1, AnEmptyAreaIsNobodysOwn) { EXPECT_TRUE(RefusalInArea(kImpose, Someone({Role::kSeniorManager}, {""}), "").has_value()); }

TEST(Clause4_1, WhereASystemActsForAUserBothMustHaveTheRight) {
  Actor manager = Someone({Role::kSeniorManager}, {"Housing"});
  manager.through = std::make_shared<const Actor>(Someone({Role::kCrm}, {}));
  EXPECT_TRUE(RefusalByRole(kImpose, manager).has_value());
  Rule with_crm = kImpose;
  with_crm.in_own_area.push_back(Role::kCrm);
  EXPECT_FALSE(RefusalInArea(with_crm, manager, "Housing").has_value());
}

TEST(Authority, AMethodWithoutARuleIsNobodys) { EXPECT_EQ(Authority({kImpose}).Find("S/Other"), nullptr); }

TEST(Roles, EveryRoleHasItsNameOfTheToken) {
  for (int i = 0; i < kRoleCount; ++i) EXPECT_EQ(RoleNamed(NameOf(static_cast<Role>(i))), static_cast<Role>(i));
  EXPECT_EQ(RoleNamed("chief_executive"), Role::kStrategicDirector);
  EXPECT_FALSE(RoleNamed("chief_wizard").has_value());
}

}  // namespace
}  // namespace evenhand
