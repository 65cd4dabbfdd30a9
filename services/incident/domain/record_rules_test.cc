#include "services/incident/domain/record_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = *ParseInstant("2026-11-25T10:00:00Z");

RecordFacts Whole() {
  RecordFacts facts;
  facts.source_system = "CRM";
  facts.source_ref = "T-1";
  facts.occurred_at = kNow - absl::Hours(2);
  facts.channel = Channel::PHONE;
  facts.behaviours = {Behaviour::ABUSE};
  facts.service_area = "Housing";
  facts.staff_ids = {"E1001"};
  facts.person_given = true;
  facts.warning_given = true;
  facts.contact_ended = true;
  facts.narrative = "Shouted.";
  return facts;
}

std::vector<std::string> Fields(const RecordFacts& facts) {
  std::vector<std::string> fields;
  for (const Violation& one : RefusalsToRecord(facts, kNow)) fields.push_back(one.clause + " " + one.field);
  return fields;
}

TEST(Clause2, EveryWayOfContactIsTakenAndNoneIsRefused) {
  for (int channel = 1; channel <= static_cast<int>(Channel::OUTSIDE_WORK); ++channel) {
    RecordFacts facts = Whole();
    facts.channel = static_cast<Channel::Value>(channel);
    EXPECT_THAT(Fields(facts), IsEmpty()) << channel;
  }
  RecordFacts facts = Whole();
  facts.channel = Channel::CHANNEL_UNSPECIFIED;
  EXPECT_THAT(Fields(facts), ElementsAre("2 channel"));
}

TEST(Clause7_5, EveryBehaviourIsTakenAndNoneIsRefused) {
  for (const Behaviour::Value behaviour : Every<Behaviour>()) {
    RecordFacts facts = Whole();
    facts.behaviours = {behaviour};
    facts.threat_target_given = true;
    EXPECT_THAT(Fields(facts), IsEmpty()) << Behaviour::Value_Name(behaviour);
  }
  RecordFacts facts = Whole();
  facts.behaviours.clear();
  EXPECT_THAT(Fields(facts), ElementsAre("4.4 behaviours"));
}

TEST(Clause7_7, NoWarningNeedsItsReasonAndUnsafeIsReasonEnough) {
  RecordFacts facts = Whole();
  facts.warning_given = false;
  EXPECT_THAT(Fields(facts), ElementsAre("7.7 warning.reasonNotGiven"));
  facts.warning_reason = "Unsafe";
  EXPECT_THAT(Fields(facts), IsEmpty());
}

TEST(Clause7_7, EndingAConversationAsksForTheWarningALetterDoesNot) {
  RecordFacts facts = Whole();
  facts.warning_given.reset();
  EXPECT_THAT(Fields(facts), ElementsAre("7.7 warning"));
  facts.channel = Channel::LETTER;
  EXPECT_THAT(Fields(facts), IsEmpty());
}

TEST(Clause7_8, AnotherBusinessNeedForARecordingIsExplained) {
  RecordFacts facts = Whole();
  facts.recording_exception_without_explanation = true;
  EXPECT_THAT(Fields(facts), ElementsAre("7.8 recording.explanation"));
}

TEST(Clause7_12, AnOnlineActionIsRecordedWithItsReason) {
  RecordFacts facts = Whole();
  facts.online_action_without_reason = true;
  EXPECT_THAT(Fields(facts), ElementsAre("7.12 onlineActions"));
}

TEST(Clause7_13, AThreatSaysWhomItWasAimedAt) {
  RecordFacts facts = Whole();
  facts.behaviours = {Behaviour::PHYSICAL_THREAT};
  EXPECT_THAT(Fields(facts), ElementsAre("7.13 threat.target"));
}

TEST(Clause10_2, EndingContactIsSaidAndNeverQuestioned) {
  RecordFacts facts = Whole();
  facts.contact_ended.reset();
  EXPECT_THAT(Fields(facts), ElementsAre("10.2 contactEnded"));
  for (const bool ended : {true, false}) {
    facts.contact_ended = ended;
    EXPECT_THAT(Fields(facts), IsEmpty());
  }
}

TEST(Clause12_2, WhoItWasOrThatNobodyKnows) {
  RecordFacts facts = Whole();
  facts.person_given = false;
  EXPECT_THAT(Fields(facts), ElementsAre("4.4 person"));
  facts.person_unknown = true;
  EXPECT_THAT(Fields(facts), IsEmpty());
  facts.person_given = true;
  EXPECT_THAT(Fields(facts), ElementsAre("council rule personUnknown"));
}

TEST(Clause4_4, NothingHappensInTheFuture) {
  RecordFacts facts = Whole();
  facts.occurred_at = kNow + absl::Seconds(1);
  EXPECT_THAT(Fields(facts), ElementsAre("council rule occurredAt"));
}

TEST(Recording, EveryRefusalNamesFieldAndClause) {
  for (const Violation& one : RefusalsToRecord(RecordFacts(), kNow)) EXPECT_FALSE(one.clause.empty() || one.field.empty()) << one.message;
}

}  // namespace
}  // namespace evenhand::incident
