#include "services/platform/auth/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<Actor> Read(const ClaimReader& reader, const std::string& json) {
  rapidjson::Document claims;
  claims.Parse(json.c_str());
  return reader.ActorOf(claims);
}

ClaimTable Table(const std::string& json) {
  auto table = ClaimTable::Read(json);
  EXPECT_TRUE(table.ok()) << table.status();
  return *table;
}

TEST(Claims, AreOursUnlessTheSettingsNameOthers) {
  const auto actor = Read({}, R"({"sub": "E1", "roles": ["team_leader", "wizard"], "service_areas": ["Housing"]})");
  EXPECT_THAT(actor->roles, ElementsAre(Role::kTeamLeader));
  EXPECT_THAT(actor->unknown_roles, ElementsAre("wizard"));
  EXPECT_THAT(actor->areas, ElementsAre("Housing"));
}

TEST(Claims, OfADirectoryGiveTheStaffNumberAndGroupsMeanRolesAndAreas) {
  const ClaimReader reader{
      .names = {.subject = "employeeId", .roles = {"roles", "groups"}, .areas = {"groups"}},
      .table = Table(R"({"roles": {"6F0C-1": "head_of_establishment"}, "areas": {"1b2d-2": ["Education"]}})"),
  };
  const auto actor = Read(reader, R"({"sub": "x9Kq", "employeeId": "e1001", "groups": ["6f0c-1", "1b2d-2", "77aa-3"]})");
  ASSERT_TRUE(actor);
  EXPECT_EQ(actor->id, "E1001");
  EXPECT_THAT(actor->roles, ElementsAre(Role::kSeniorManager));
  EXPECT_THAT(actor->areas, ElementsAre("Education", "77aa-3")) << "what is nothing is told";
  EXPECT_THAT(actor->unknown_roles, ElementsAre("77aa-3"));
}

TEST(Claims, AreFoundByADottedPathAndByANameWithDots) {
  const ClaimReader reader{
      .names = {.subject = "profile.staff.number", .roles = {"realm_access.roles"}, .areas = {"https://council.example/areas"}},
      .table = {}};
  const auto actor = Read(reader, R"({"profile": {"staff": {"number": "E7"}}, "realm_access": {"roles": ["principal_teacher"]},
                                      "https://council.example/areas": "Education"})");
  ASSERT_TRUE(actor);
  EXPECT_EQ(actor->id, "E7");
  EXPECT_THAT(actor->roles, ElementsAre(Role::kTeamLeader));
  EXPECT_THAT(actor->areas, ElementsAre("Education"));
}

TEST(Claims, WithoutTheStaffNumberNameNobodyButASystem) {
  const ClaimReader reader{.names = {.subject = "employeeId"}, .table = {}};
  EXPECT_FALSE(Read(reader, R"({"sub": "x9Kq", "roles": ["senior_manager"]})"));
  EXPECT_FALSE(Read(reader, R"({"sub": "x9Kq", "roles": ["crm", "employee"]})"));
  EXPECT_FALSE(Read(reader, R"({"sub": "x9Kq"})"));
  EXPECT_EQ(Read(reader, R"({"sub": "crm-of-record", "roles": ["crm"]})")->id, "crm-of-record");
}

TEST(Claims, TheRanksOfThePolicyAreRoles) {
  const auto actor = Read({}, R"({"sub": "E1", "roles": ["Chief_Executive", "head_of_establishment", "principal_teacher"]})");
  EXPECT_THAT(actor->roles, ElementsAre(Role::kStrategicDirector, Role::kSeniorManager, Role::kTeamLeader));
  EXPECT_THAT(actor->unknown_roles, IsEmpty());
}

TEST(AClaimTable, ThatCantBeMeantIsRefusedAsAWhole) {
  for (const char* wrong :
       {"", "[]", R"({"roles": {"a": "wizard"}})", R"({"roles": {"a": []}})", R"({"rolls": {}})", R"({"areas": {"": "Housing"}})"})
    EXPECT_FALSE(ClaimTable::Read(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace evenhand
