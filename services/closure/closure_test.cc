#include "services/closure/closure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

Actor Someone(const std::string& id, std::vector<Role> roles, std::vector<std::string> areas = {"Housing"}) {
  return {.id = id, .name = "", .roles = std::move(roles), .areas = std::move(areas), .through = nullptr};
}

Refusal Gone() { return SubjectUnknown(); }

TEST(Clause12_4, AColleaguesCaseIsClosedToThoseTheRegisterNames) {
  Actor boss = Someone("M1", {Role::kSeniorManager});
  boss.unknown_areas = {"Parks"};
  int asked = 0;
  const Closure closure(boss, [&](const auto& request) {
    ++asked;
    EXPECT_EQ(request.staff_id(), "M1");
    EXPECT_THAT(request.teams(), ::testing::ElementsAre("Housing", "Parks"));
    restriction::v1::ListCloseColleaguesResponse reply;
    auto& one = *reply.add_colleagues();
    one.set_person_id("p");
    one.mutable_employment()->set_staff_id("E7");
    one.mutable_employment()->set_line_manager_id("M1");
    return Outcome<restriction::v1::ListCloseColleaguesResponse>(reply);
  });
  EXPECT_EQ(closure.RefusalOf("p")->kind, RefusalKind::kNotPermitted);
  EXPECT_FALSE(closure.RefusalOf("q"));
  EXPECT_FALSE(closure.RefusalOf(""));
  EXPECT_EQ(asked, 1);
}

TEST(Clause12_4, WhileTheRegisterCantBeAskedTheAnswerIsNo) {
  for (const Role role : {Role::kEmployee, Role::kTeamLeader, Role::kSeniorManager, Role::kStrategicDirector, Role::kHealthSafetyAdviser,
                          Role::kCommunicationsLead, Role::kHrBusinessPartner, Role::kAuditor, Role::kCrm}) {
    const Actor anyone = Someone("E1", {role});
    const Closure closure(anyone, [](const auto&) { return Outcome<restriction::v1::ListCloseColleaguesResponse>(Gone()); });
    EXPECT_EQ(closure.RefusalOf("p")->kind, RefusalKind::kUnavailable) << NameOf(role);
    EXPECT_FALSE(closure.RefusalOf("")) << "a case about nobody of the register is closed to nobody";
  }
}

}  // namespace
}  // namespace evenhand
