#include "services/restriction/domain/need_to_know.h"

#include <gtest/gtest.h>

namespace evenhand::restriction {
namespace {

const Actor kLeader = {.id = "E2001", .roles = {Role::kTeamLeader}, .areas = {"Housing"}};
const Actor kOfficer = {.id = "E7001", .roles = {Role::kDataProtectionOfficer}};
const Actor kAuditor = {.id = "E8001", .roles = {Role::kAuditor}};

TEST(Clause12_4, ASharedServiceAreaTies) {
  EXPECT_TRUE(RefusalsToSee({kLeader, false, {"Education", "Housing"}, false}).empty());
  EXPECT_FALSE(RefusalsToSee({kLeader, false, {"Education"}, false}).empty());
}

TEST(Clause12_4, WhoRegisteredAPersonSeesThem) { EXPECT_TRUE(RefusalsToSee({kLeader, true, {}, false}).empty()); }

TEST(Clause12_4, AReasonOpensTheRecordAndIsNoTie) {
  EXPECT_TRUE(RefusalsToSee({kLeader, false, {}, true}).empty());
  EXPECT_FALSE(HasTie({kLeader, false, {}, true}));
}

TEST(Clause12_4, TheRefusalNamesTheWayOn) { EXPECT_EQ(RefusalsToSee({kOfficer, false, {}, false}).at(0).field, "X-Reason"); }

TEST(Clause12_4, WhoWorksWhereIsChangedByWhoMayDecide) {
  EXPECT_EQ(RefusalsToChangeEmployment(kLeader).at(0).field, "employment");
  EXPECT_TRUE(RefusalsToChangeEmployment({.id = "E3001", .roles = {Role::kSeniorManager}}).empty());
}

TEST(Clause12_4, AnAuditorsWorkIsEveryRecord) { EXPECT_TRUE(HasTie({kAuditor, false, {}, false})); }

}  // namespace
}  // namespace evenhand::restriction
