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
    EXPECT_THAT(RefusalsToEnd(Kind::POLICE_DECISION, Out::REPORTED, At(actor)), IsEmpty());
    const bool manager = actor.RanksAtLeast(Role::kTeamLeader);
    EXPECT_EQ(RefusalsToEnd(Kind::POLICE_DECISION, Out::NOT_REPORTED, At(actor)).empty(), manager) << NameOf(static_cast<Role>(role));
  }
}

TEST(Clause7_14, WhoeverWasThreatenedDoesNotDecideAlone) {
  EXPECT_THAT(Clauses(RefusalsToEnd(Kind::POLICE_DECISION, Out::NOT_REPORTED, At(Someone("E1001", {Role::kTeamLeader})))),
              ElementsAre("council rule"));
}

TEST(Clause7_11, ATeamLeaderDeemsALetterUnacceptable) {
  EXPECT_THAT(RefusalsToEnd(Kind::CORRESPONDENCE_DECISION, Out::UNACCEPTABLE, At(Someone("E2002", {Role::kTeamLeader}))), IsEmpty());
  EXPECT_THAT(Clauses(RefusalsToEnd(Kind::CORRESPONDENCE_DECISION, Out::UNACCEPTABLE, At(Someone("E1002", {Role::kEmployee})))),
              ElementsAre("7.11"));
}

TEST(Clause7_9, TheSenderIsToldByAManagerOrFromAnUnlinkedAccount) {
  OutcomeFacts facts{};
  facts.kind = Kind::CORRESPONDENCE_DECISION;
  facts.outcome = Out::UNACCEPTABLE;
  facts.reason = "Insulting from beginning to end";
  EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.9"));
  facts.sender_told_by = "UNLINKED_ACCOUNT";
  EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
}

TEST(Clause7_9, WhomItWasAimedAtDoesNotTellTheSenderFromTheirOwnAccount) {
  OutcomeFacts facts{};
  facts.kind = Kind::CORRESPONDENCE_DECISION;
  facts.outcome = Out::UNACCEPTABLE;
  facts.reason = "Insulting from beginning to end";
  facts.sender_told_by = "MANAGER";
  EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
  facts.told_by_target = true;
  EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.9"));
  facts.sender_told_by = "UNLINKED_ACCOUNT";
  EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
}

TEST(Clause7_13, WhetherThePersonIsToldIsAManagersDecisionWithItsReason) {
  EXPECT_THAT(Clauses(RefusalsToEnd(Kind::PERSON_INFORMED_DECISION, Out::TOLD, At(Someone("E1002", {Role::kEmployee})))),
              ElementsAre("council rule"));
  EXPECT_THAT(RefusalsToEnd(Kind::PERSON_INFORMED_DECISION, Out::NOT_TOLD, At(Someone("E2002", {Role::kTeamLeader}))), IsEmpty());
  for (const Out::Value outcome : {Out::TOLD, Out::NOT_TOLD}) {
    OutcomeFacts facts{};
    facts.kind = Kind::PERSON_INFORMED_DECISION;
    facts.outcome = outcome;
    EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.13"));
    facts.reason = "It would raise the risk";
    EXPECT_THAT(RefusalsOfOutcome(facts), IsEmpty());
  }
}

TEST(Clause7_13, WhetherThePersonWasToldIsSaidWithItsReason) {
  OutcomeFacts facts{};
  facts.kind = Kind::POLICE_DECISION;
  facts.outcome = Out::REPORTED;
  facts.informed_said = true;
  EXPECT_THAT(Clauses(RefusalsOfOutcome(facts)), ElementsAre("7.13"));
}

TEST(Clause12_6, OnlyTheCircleDealsWithAStaffNamedCase) {
  EXPECT_FALSE(RefusalsToEnd(Kind::STAFF_NAMED_EVIDENCE, Out::KEPT, At(Someone("E2002", {Role::kSeniorManager}), true)).empty());
  for (const Role role : {Role::kHrBusinessPartner, Role::kCommunicationsLead}) {
    EXPECT_THAT(RefusalsToEnd(Kind::STAFF_NAMED_EVIDENCE, Out::KEPT, At(Someone("E4", {role}, {}), true)), IsEmpty());
  }
}

TEST(Outcomes, EveryKindCanEndAndEveryOutcomeNamesItsClause) {
  for (const Kind::Value kind : Every<Kind>()) {
    int ways = 0;
    for (const Out::Value outcome : Every<Out>()) {
      const OutcomeRule* rule = FindOutcomeRule(kind, outcome);
      if (rule == nullptr) continue;
      ++ways;
      EXPECT_FALSE(rule->clause.empty());
    }
    EXPECT_GE(ways, 1) << Kind::Value_Name(kind);
  }
}

TEST(Outcomes, AnOutcomeOfAnotherKindIsRefusedWithThoseThatItHas) {
  OutcomeFacts facts{};
  facts.kind = Kind::DEBRIEF;
  facts.outcome = Out::REPORTED;
  const Refusals no = RefusalsOfOutcome(facts);
  ASSERT_EQ(no.size(), 1U);
  EXPECT_EQ(no[0].message, "This follow-up ends with one of: HELD, DECLINED.");
}

}  // namespace
}  // namespace evenhand::incident
