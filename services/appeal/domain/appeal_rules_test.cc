#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/appeal/domain/appeal_states.h"
#include "services/appeal/domain/content_rules.h"
#include "services/appeal/domain/hearing_rights.h"

namespace evenhand::appeal {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(Clause7_3, WhoImposedDoesNotHear) {
  EXPECT_THAT(RefusalsToHear({.director = "u-sm", .imposed_by = "u-sm", .decided_by = "u-sm"}, ""),
              Contains(Field(&Violation::clause, "7.3")));
}
TEST(Clause7_3, WhoDecidedTheLastReviewDoesNotHear) {
  EXPECT_THAT(RefusalsToHear({.director = "d2", .imposed_by = "d1", .decided_by = "d1", .last_reviewed_by = "d2"}, ""),
              Contains(Field(&Violation::clause, "7.3")));
}
TEST(Clause7_3, ThePersonHarmedDoesNotHear) {
  EXPECT_THAT(RefusalsToHear({.director = "d3", .imposed_by = "d1", .decided_by = "d1", .harmed = {"d3"}}, ""),
              Contains(Field(&Violation::clause, "7.3")));
}
TEST(Clause7_3, AnotherDirectorHears) {
  EXPECT_THAT(RefusalsToHear({.director = "d4", .imposed_by = "d1", .decided_by = "d2", .last_reviewed_by = "d2"}, ""), IsEmpty());
}
TEST(Clause9_8, TheDirectorWhoLimitedComplaintsIsToldBothClauses) {
  EXPECT_THAT(RefusalsToHear({.director = "d1", .imposed_by = "d1", .decided_by = "d1", .limits_complaints = true}, ""),
              Contains(Field(&Violation::clause, "9.8")));
}

TEST(Clause7_3, AnAppealSaysWhatItIsAboutAllFaultsAtOnce) { EXPECT_EQ(RefusalsToLodge({}).size(), 3U); }
TEST(Clause7_3, PartlyUpheldNeedsTheNewTerms) {
  EXPECT_THAT(RefusalsToDecide({.outcome = Verdict::kPartlyUpheld, .reasons = "r"}),
              Contains(Field(&Violation::field, "variation.measures")));
}
TEST(Clause7_3, OnlyPartlyUpheldVaries) {
  EXPECT_THAT(RefusalsToDecide({.outcome = Verdict::kUpheld, .reasons = "r", .has_variation = true, .measures = 1}),
              Contains(Field(&Violation::field, "variation")));
}
TEST(Clause7_3, ADecisionGivesReasons) {
  EXPECT_THAT(RefusalsToDecide({.outcome = Verdict::kUpheld, .reasons = " "}), Contains(Field(&Violation::field, "reasons")));
}

TEST(AppealStates, EveryStateAndActionIsInTheTableOnceOrRefused) {
  int allowed = 0;
  for (int state = 0; state < kStateCount; ++state) {
    for (int action = 0; action < kActionCount; ++action) {
      int lines = 0;
      for (const Transition& line : kTransitions) lines += line.from == State(state) && line.action == Action(action) ? 1 : 0;
      EXPECT_LE(lines, 1) << state << "/" << action;
      EXPECT_EQ(Next(State(state), Action(action)).has_value(), lines == 1);
      allowed += lines;
    }
  }
  EXPECT_EQ(allowed, static_cast<int>(kTransitions.size()));
}
TEST(AppealStates, WhatIsDecidedOrWithdrawnStays) {
  for (int action = 0; action < kActionCount; ++action) {
    EXPECT_FALSE(Next(State::kDecided, Action(action)));
    EXPECT_FALSE(Next(State::kWithdrawn, Action(action)));
  }
}
TEST(AppealStates, ALateOneIsNeverDecidedBeforeItIsAccepted) {
  EXPECT_FALSE(Next(State::kLate, Action::kDecide));
  EXPECT_FALSE(Next(State::kLate, Action::kDecideNoChange));
  EXPECT_TRUE(Next(State::kLate, Action::kAcceptLate));
}
TEST(AppealStates, OnlyAnAppliedEffectEndsThePending) {
  for (int action = 0; action < kActionCount; ++action) {
    EXPECT_EQ(Next(State::kEffectPending, Action(action)).has_value(), Action(action) == Action::kEffectApplied);
  }
}

}  // namespace
}  // namespace evenhand::appeal
