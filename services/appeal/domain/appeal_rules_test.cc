#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/appeal/domain/appeal_states.h"
#include "services/appeal/domain/conflicts.h"
#include "services/appeal/domain/content_rules.h"

namespace evenhand::appeal {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;

// One person in each part, and in none.
Parts Everybody() {
  return {.decided = {"decided"}, .decided_before = {"before"}, .proposed = {"proposed"}, .lent = {"lent"}, .harmed = {"harmed"}};
}
const std::vector<std::string> kWho = {"decided", "before", "proposed", "lent", "harmed"};  // in the order of Part

TEST(Clause7_3, EveryActHasItsRowAndEveryPartIsBarredAsItSays) {
  for (int i = 0; i < kActionCount; ++i) {
    const Action action = static_cast<Action>(i);
    ASSERT_EQ(std::ranges::count(kConflicts, action, &ConflictRow::action), 1) << "act " << i;
    const ConflictRow& row = *std::ranges::find(kConflicts, action, &ConflictRow::action);
    EXPECT_THAT(RefusalsOfConflict(action, "somebody else", Everybody(), ""), IsEmpty());
    for (int part = 0; part < kPartCount; ++part) {
      const Bar bar = row.bars[static_cast<std::size_t>(part)];
      EXPECT_EQ(RefusalsOfConflict(action, kWho[part], Everybody(), "").empty(), bar == Bar::kFree) << i << " " << kWho[part];
      EXPECT_EQ(RefusalsOfConflict(action, kWho[part], Everybody(), "", true).empty(), bar != Bar::kBarred) << i << " " << kWho[part];
    }
  }
}
TEST(Clause7_3, WhoDecidedDoesNothingButReceiveItInThePersonsOwnWords) {
  for (int i = 0; i < kActionCount; ++i) {
    const Action action = static_cast<Action>(i);
    if (action == Action::kEffectApplied || action == Action::kEndWait) continue;  // the machine's own
    EXPECT_EQ(RefusalsOfConflict(action, "decided", Everybody(), "", true).empty(), action == Action::kReceive) << i;
    EXPECT_FALSE(RefusalsOfConflict(action, "decided", Everybody(), "").empty()) << i;
  }
}
TEST(Clause7_3, NobodyWithAPartInItGivesItAwayHearsItOrTakesItBack) {
  for (const Action action : {Action::kAssign, Action::kHear, Action::kRequestInformation, Action::kAcceptLate, Action::kRefuse,
                              Action::kDecide, Action::kDecideNoChange, Action::kWithdraw})
    for (const std::string& who : kWho) EXPECT_FALSE(RefusalsOfConflict(action, who, Everybody(), "").empty()) << who;
}
TEST(Clause7_3, AClauseIsCitedForWhoDecidedAndTheRestIsTheCouncilsOwn) {
  EXPECT_EQ(RefusalsOfConflict(Action::kHear, "decided", Everybody(), "assignee").front().clause, "7.3");
  EXPECT_EQ(RefusalsOfConflict(Action::kHear, "decided", Everybody(), "assignee").front().field, "assignee");
  for (const char* who : {"proposed", "lent", "harmed"})
    EXPECT_EQ(RefusalsOfConflict(Action::kHear, who, Everybody(), "").front().clause, "council rule") << who;
}
TEST(Clause9_8, TheDirectorWhoLimitedComplaintsIsToldBothClauses) {
  Parts parts = Everybody();
  parts.limits_complaints = true;
  EXPECT_THAT(RefusalsOfConflict(Action::kDecide, "decided", parts, ""), Contains(Field(&Violation::clause, "9.8")));
}
TEST(Clause7_3, AnAppealIsTakenBackOnlyOnThePersonsOwnWish) {
  const Refusals bare = RefusalsToWithdraw({});
  for (const char* field : {"by", "evidence", "reason"}) EXPECT_THAT(bare, Contains(Field(&Violation::field, field)));
  EXPECT_THAT(RefusalsToWithdraw({.by_known = true, .evidence = "Their letter", .reason = "They gave none"}), IsEmpty());
}
TEST(Clause7_3, AnAdvocateHasAName) {
  EXPECT_THAT(RefusalsToLodge({.has_restriction = true, .by_known = true, .by_advocate = true, .grounds = "g"}),
              Contains(Field(&Violation::field, "advocate")));
}
TEST(Clause7_3, AQuestionHasADayAndNoneFurtherThanTheClockMayStand) {
  const LocalDate today(2026, 11, 30), furthest(2026, 12, 30);
  EXPECT_THAT(RefusalsToAnswerBy("", today, furthest), IsEmpty());
  EXPECT_THAT(RefusalsToAnswerBy("2026-12-01", today, furthest), IsEmpty());
  for (const char* day : {"2026-11-30", "2026-12-31", "soon"}) EXPECT_FALSE(RefusalsToAnswerBy(day, today, furthest).empty()) << day;
}

TEST(Clause7_3, AnAppealSaysWhatItIsAboutAllFaultsAtOnce) { EXPECT_EQ(RefusalsToLodge({}).size(), 3U); }
TEST(Clause7_3, PartlyUpheldNeedsTheNewTerms) {
  EXPECT_THAT(RefusalsToDecide({.outcome = AppealOutcome::PARTLY_UPHELD, .reasons = "r"}),
              Contains(Field(&Violation::field, "variation.measures")));
}
TEST(Clause7_3, OnlyPartlyUpheldVaries) {
  EXPECT_THAT(RefusalsToDecide({.outcome = AppealOutcome::UPHELD, .reasons = "r", .has_variation = true, .measures = 1}),
              Contains(Field(&Violation::field, "variation")));
}
TEST(Clause7_3, ADecisionGivesReasons) {
  EXPECT_THAT(RefusalsToDecide({.outcome = AppealOutcome::UPHELD, .reasons = " "}), Contains(Field(&Violation::field, "reasons")));
}

TEST(AppealStates, EveryStateAndActionIsInTheTableOnceOrRefused) {
  int allowed = 0;
  for (const State::Value state : Every<State>()) {
    for (int action = 0; action < kActionCount; ++action) {
      int lines = 0;
      for (const Transition& line : kTransitions) lines += line.from == state && line.action == Action(action) ? 1 : 0;
      EXPECT_LE(lines, 1) << state << "/" << action;
      EXPECT_EQ(Next(state, Action(action)).has_value(), lines == 1);
      allowed += lines;
    }
  }
  EXPECT_EQ(allowed, static_cast<int>(kTransitions.size()));
}
TEST(AppealStates, WhatIsDecidedOrWithdrawnStays) {
  for (int action = 0; action < kActionCount; ++action) {
    EXPECT_FALSE(Next(State::DECIDED, Action(action)));
    EXPECT_FALSE(Next(State::WITHDRAWN, Action(action)));
  }
}
TEST(AppealStates, ALateOneIsNeverDecidedBeforeItIsAccepted) {
  EXPECT_FALSE(Next(State::LATE, Action::kDecide));
  EXPECT_FALSE(Next(State::LATE, Action::kDecideNoChange));
  EXPECT_TRUE(Next(State::LATE, Action::kAcceptLate));
}
TEST(AppealStates, OnlyAnAppliedEffectEndsThePending) {
  for (int action = 0; action < kActionCount; ++action) {
    EXPECT_EQ(Next(State::EFFECT_PENDING, Action(action)).has_value(), Action(action) == Action::kEffectApplied);
  }
}

}  // namespace
}  // namespace evenhand::appeal
