#include "services/incident/domain/outcome_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = FollowUpKind;
using Out = FollowUpOutcome;

Actor Someone(std::string id, std::vector<Role> roles, std::vector<std::string> areas = {"Housing"}) {
  return Actor{.id = std::move(id), .name = "", .roles = std::move(roles), .areas = std::move(areas), .through = nullptr};
}

Standing At(const Actor& actor, bool staff_named = false) {
  return {.actor = actor,
          .service_area = "Housing",
          .owner = "E2001",
          .staff_id = "E1001",
          .line_manager_id = "E2001",
          .affected = {"E1001"},
          .staff_named = staff_named,
          .director_stands_in = false};
}

std::vector<std::string> Clauses(const Refusals& refusals) {
  std::vector<std::string> clauses;
  for (const Violation& one : refusals) clauses.push_back(one.clause);
  return clauses;
}

TEST(Clause7_14, ReportingIsAnybodysNotReportingAManagers) {
  for (int role = 0; role < kRoleCount; ++role) {
    const Actor actor = Someone("E9", {static_cast<Role>(role)});
    EXPECT_THAT(RefusalsToEnd(Kind::kPoliceDecision, Out::kReported, At(actor)), IsEmpty());
    const bool manager = actor.RanksAtLeast(Role::kTeamLeader);
    EXPECT_EQ(RefusalsToEnd(Kind::kPoliceDecision, Out::kNotReported, At(actor)).empty(), manager) << NameOf(static_cast<Role>(role));
  }
}

TEST(Clause7_14, WhoeverWasThreatenedDoesNotDecideAlone) {
  EXPECT_THAT(Clauses(RefusalsToEnd(Kind::kPoliceDecision, Out::kNotReported, At(Someone("E1001", {Role::kTeamLeader})))),
              ElementsAre("7.14"));
}

TEST(Clause7_11, ATeamLeaderDeemsALetterUnacceptable) {
  EXPECT_THAT(RefusalsToEnd(Kind::kCorrespondenceDecision, Out::kUnacceptable, At(Someone("E2002", {Role::kTeamLeader}))), IsEmpty());
  EXPECT_THAT(Clauses(RefusalsToEnd(Kind::kCorrespondenceDecision, Out::kUnacceptable, At(Someone("E1002", {Role::kEmployee})))),
              ElementsAre("7.11"));
}

TEST(Clause7_9, TheSenderIsToldByAManagerOrFromAnUnlinkedAccount) {
  OutcomeFacts facts{};
  facts.kind = Kind::kCorrespondenceDecision;
  facts.outcome = Out::kUnacceptable;
  facts.reason = "Insulting from beginning to end";
  EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.9"));
  facts.sender_told_by = "UNLINKED_ACCOUNT";
  EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
}

TEST(Clause7_9, WhomItWasAimedAtDoesNotTellTheSenderFromTheirOwnAccount) {
  OutcomeFacts facts{};
  facts.kind = Kind::kCorrespondenceDecision;
  facts.outcome = Out::kUnacceptable;
  facts.reason = "Insulting from beginning to end";
  facts.sender_told_by = "MANAGER";
  EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
  facts.told_by_target = true;
  EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.9"));
  facts.sender_told_by = "UNLINKED_ACCOUNT";
  EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
}

TEST(Clause7_13, WhetherThePersonIsToldIsAManagersDecisionWithItsReason) {
  EXPECT_THAT(Clauses(RefusalsToEnd(Kind::kPersonInformedDecision, Out::kTold, At(Someone("E1002", {Role::kEmployee})))),
              ElementsAre("7.13"));
  EXPECT_THAT(RefusalsToEnd(Kind::kPersonInformedDecision, Out::kNotTold, At(Someone("E2002", {Role::kTeamLeader}))), IsEmpty());
  for (const Out outcome : {Out::kTold, Out::kNotTold}) {
    OutcomeFacts facts{};
    facts.kind = Kind::kPersonInformedDecision;
    facts.outcome = outcome;
    EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.13"));
    facts.reason = "It would raise the risk";
    EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
  }
}

TEST(Clause7_13, WhetherThePersonWasToldIsSaidWithItsReason) {
  OutcomeFacts facts{};
  facts.kind = Kind::kPoliceDecision;
  facts.outcome = Out::kReported;
  facts.informed_said = true;
  EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.13"));
}

TEST(Clause12_6, OnlyTheCircleDealsWithAStaffNamedCase) {
  EXPECT_FALSE(RefusalsToEnd(Kind::kStaffNamedEvidence, Out::kKept, At(Someone("E2002", {Role::kSeniorManager}), true)).empty());
  for (const Role role : {Role::kHrBusinessPartner, Role::kCommunicationsLead}) {
    EXPECT_THAT(RefusalsToEnd(Kind::kStaffNamedEvidence, Out::kKept, At(Someone("E4", {role}, {}), true)), IsEmpty());
  }
}

TEST(Outcomes, EveryKindCanEndAndEveryOutcomeNamesItsClause) {
  for (int kind = 1; kind <= kFollowUpKindCount; ++kind) {
    int ways = 0;
    for (int outcome = 1; outcome <= kFollowUpOutcomeCount; ++outcome) {
      const OutcomeRule* rule = FindOutcomeRule(static_cast<Kind>(kind), static_cast<Out>(outcome));
      if (rule == nullptr) continue;
      ++ways;
      EXPECT_FALSE(rule->clause.empty());
    }
    EXPECT_GE(ways, 1) << NameOf(static_cast<Kind>(kind));
  }
}

TEST(Outcomes, AnOutcomeOfAnotherKindIsRefusedWithThoseThatItHas) {
  OutcomeFacts facts{};
  facts.kind = Kind::kDebrief;
  facts.outcome = Out::kReported;
  const Refusals no = RefusalsOfOutcome(facts);
  ASSERT_EQ(no.size(), 1U);
  EXPECT_EQ(no[0].message, "This follow-up ends with one of: HELD, DECLINED.");
}

}  // namespace
}  // namespace evenhand::incident
