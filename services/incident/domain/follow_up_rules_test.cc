#include "services/incident/domain/follow_up_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/incident/domain/injury_rule.h"

namespace evenhand::incident {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const absl::Time kWednesday = *ParseInstant("2026-11-25T10:00:00Z");

IncidentFacts A(std::vector<Behaviour::Value> behaviours, Channel::Value channel = Channel::PHONE) {
  IncidentFacts facts;
  facts.occurred_at = kWednesday;
  facts.channel = channel;
  facts.behaviours = std::move(behaviours);
  facts.service_area = "Housing";
  facts.line_manager_id = "E2001";
  facts.affected = {"E1001"};
  facts.involved = {"E1001", "E1002"};
  return facts;
}

std::vector<std::string> Opens(const IncidentFacts& facts) {
  std::vector<std::string> keys;
  for (const WantedFollowUp& one : WantedFrom(facts, kWednesday, WorkingDays({}))) keys.push_back(one.Key());
  return keys;
}

TEST(Clause10_4, EveryMemberOfStaffInvolvedIsOfferedADebrief) {
  EXPECT_THAT(Opens(A({Behaviour::EXCESSIVE_VOLUME})), UnorderedElementsAre("DEBRIEF/E1001/", "DEBRIEF/E1002/", "SUPPORT_REMINDER/E1001/"));
}

TEST(Clause10_5, WhoeverWasAffectedIsRemindedOfTheSupportThereIs) {
  EXPECT_THAT(Opens(A({Behaviour::OTHER})), Contains("SUPPORT_REMINDER/E1001/"));
}

TEST(Clause10_3, EndedContactIsTalkedOverWithTheLineManager) {
  IncidentFacts facts = A({Behaviour::EXCESSIVE_VOLUME});
  facts.contact_ended = true;
  EXPECT_THAT(Opens(facts), Contains("LINE_MANAGER_DISCUSSION/E1001/"));
}

TEST(Clause7_6, WhatIsNotAcceptedIsRaisedWithTheLineManagerEvenIfContactWentOn) {
  EXPECT_THAT(Opens(A({Behaviour::ABUSE})), Contains("LINE_MANAGER_DISCUSSION/E1001/"));
  IncidentFacts ended = A({Behaviour::ABUSE});
  ended.contact_ended = true;
  const auto keys = Opens(ended);
  EXPECT_EQ(std::count(keys.begin(), keys.end(), "LINE_MANAGER_DISCUSSION/E1001/"), 1);
}

TEST(Clause7_13, APhysicalThreatOpensOnePoliceDecisionWhereverItWasMade) {
  for (const Channel::Value channel : {Channel::PHONE, Channel::SOCIAL_MEDIA, Channel::LETTER}) {
    EXPECT_THAT(Opens(A({Behaviour::PHYSICAL_THREAT}, channel)), Contains("POLICE_DECISION//"));
  }
}

TEST(Clause7_13, OnceThePoliceAreToldAManagerDecidesWhetherThePersonKnows) {
  IncidentFacts facts = A({Behaviour::PHYSICAL_THREAT});
  EXPECT_THAT(Opens(facts), Not(Contains("PERSON_INFORMED_DECISION//")));
  facts.police_reported = true;
  EXPECT_THAT(Opens(facts), Contains("PERSON_INFORMED_DECISION//"));
}

TEST(Clause10_4, WhoeverAsksForTimeAwayGetsItSeenTo) {
  IncidentFacts facts = A({Behaviour::ABUSE});
  facts.time_away = {"E1002"};
  EXPECT_THAT(Opens(facts), Contains("TIME_AWAY/E1002/"));
}

TEST(FollowUps, NothingIsDueForWhatAnOldRegisterBringsOver) {
  IncidentFacts facts = A({Behaviour::PHYSICAL_THREAT});
  facts.old_history = true;
  EXPECT_THAT(Opens(facts), IsEmpty());
}

TEST(Clause7_14, EachWitnessIsAskedThemselves) {
  IncidentFacts facts = A({Behaviour::PHYSICAL_THREAT});
  facts.witnesses = {"E1500", "E1501"};
  for (const WantedFollowUp& one : WantedFrom(facts, kWednesday, WorkingDays({}))) {
    if (one.kind == FollowUpKind::WITNESS_STATEMENT) {
      EXPECT_EQ(one.owner, one.staff_id);
    }
  }
  EXPECT_THAT(Opens(facts), Contains("WITNESS_STATEMENT/E1501/"));
}

TEST(Clause7_9, AbusiveCorrespondenceAsksHowTheSenderIsTold) {
  EXPECT_THAT(Opens(A({Behaviour::ABUSE}, Channel::EMAIL)), Contains("CORRESPONDENCE_DECISION//"));
  EXPECT_THAT(Opens(A({Behaviour::ABUSE}, Channel::PHONE)), Not(Contains("CORRESPONDENCE_DECISION//")));
}

TEST(Clause7_11, RepeatedAfterAWarningOrAtTheHighEndAProposalIsConsidered) {
  IncidentFacts facts = A({Behaviour::ABUSE}, Channel::LETTER);
  EXPECT_THAT(Opens(facts), Not(Contains("PROPOSAL_CONSIDERATION//")));
  facts.high_end = true;
  EXPECT_THAT(Opens(facts), Contains("PROPOSAL_CONSIDERATION//"));
}

TEST(Clause7_12, ADirectThreatOnSocialMediaIsAPhysicalThreat) {
  IncidentFacts facts = A({Behaviour::ABUSE}, Channel::SOCIAL_MEDIA);
  EXPECT_THAT(Opens(facts), Not(Contains("POLICE_DECISION//")));
  facts.threat_named = true;
  EXPECT_THAT(Opens(facts), Contains("POLICE_DECISION//"));
}

TEST(Clause7_12, AbuseOnlineAsksWhatIsDoneAndWhyUntilSomethingIs) {
  IncidentFacts facts = A({Behaviour::ABUSE}, Channel::SOCIAL_MEDIA);
  EXPECT_THAT(Opens(facts), Contains("ONLINE_ACTION_DECISION//"));
  facts.online_action_recorded = true;
  EXPECT_THAT(Opens(facts), Not(Contains("ONLINE_ACTION_DECISION//")));
}

TEST(Clause8_9, ContactOutsideTheOfficeIsAManagersDecision) {
  EXPECT_THAT(Opens(A({Behaviour::CONTACT_OUTSIDE_OFFICE})), Contains("OUTSIDE_CONTACT_DECISION//"));
  EXPECT_THAT(Opens(A({Behaviour::HARASSMENT}, Channel::OUTSIDE_WORK)), Contains("OUTSIDE_CONTACT_DECISION//"));
}

TEST(Clause8_2, ViolenceAsksForTheRegister) { EXPECT_THAT(Opens(A({Behaviour::VIOLENCE})), Contains("REGISTER_DECISION//")); }
TEST(Clause8_3, AbuseAsksForTheRegister) { EXPECT_THAT(Opens(A({Behaviour::ABUSE})), Contains("REGISTER_DECISION//")); }
TEST(Clause8_4, AnUnfoundedAllegationInWritingIsAbusiveCorrespondence) {
  EXPECT_THAT(Opens(A({Behaviour::UNFOUNDED_ALLEGATION}, Channel::EMAIL)), Contains("CORRESPONDENCE_DECISION//"));
}
TEST(Clause8_5, AThreatAgainstAThirdPartyCountsAsWell) {
  EXPECT_THAT(Opens(A({Behaviour::PHYSICAL_THREAT})), Contains("POLICE_DECISION//"));
}
TEST(Clause8_6, AbuseOnSocialMediaCountsLikeAnyOther) {
  EXPECT_THAT(Opens(A({Behaviour::ABUSE}, Channel::SOCIAL_MEDIA)), Contains("REGISTER_DECISION//"));
}
TEST(Clause8_7, HarassmentAsksForTheRegister) { EXPECT_THAT(Opens(A({Behaviour::HARASSMENT})), Contains("REGISTER_DECISION//")); }
TEST(Clause8_8, HarassmentOutsideWorkIsBothHarassmentAndOutsideContact) {
  EXPECT_THAT(Opens(A({Behaviour::HARASSMENT}, Channel::OUTSIDE_WORK)), Contains("OUTSIDE_CONTACT_DECISION//"));
}

TEST(Clause8_10, NamingStaffPubliclyOpensTheClosedPathway) {
  const auto keys = Opens(A({Behaviour::NAMED_PUBLICLY}, Channel::SOCIAL_MEDIA));
  for (const char* key : {"STAFF_NAMED_LINE_MANAGER//", "STAFF_NAMED_HR//", "STAFF_NAMED_COMMUNICATIONS//", "STAFF_NAMED_EVIDENCE//",
                          "STAFF_NAMED_PERSON_TOLD/E1001/", "STAFF_NAMED_SUPPORT/E1001/", "STAFF_NAMED_REMOVAL//",
                          "STAFF_NAMED_LEADERSHIP//", "STAFF_NAMED_PERSONAL_RECORD/E1001/"}) {
    EXPECT_THAT(keys, Contains(key));
  }
}

TEST(Clause8_11, AnIntendedLiveStreamIsRecordedAndTheStaffSupported) {
  EXPECT_THAT(Opens(A({Behaviour::RECORDING_WITHOUT_CONSENT})), Contains("DEBRIEF/E1001/"));
}

TEST(Clause9_2, DemandsOpenSupportAndNoPoliceOrRegister) {
  const auto keys = Opens(A({Behaviour::EXCESSIVE_DEMAND}));
  EXPECT_THAT(keys, Not(Contains("REGISTER_DECISION//")));
  EXPECT_THAT(keys, Contains("DEBRIEF/E1001/"));
}
TEST(Clause9_3, VolumeOpensSupportAndNoRegister) {
  EXPECT_THAT(Opens(A({Behaviour::EXCESSIVE_VOLUME})), Not(Contains("REGISTER_DECISION//")));
}
TEST(Clause9_4, VolumeByEmailIsNoAbusiveCorrespondence) {
  EXPECT_THAT(Opens(A({Behaviour::EXCESSIVE_VOLUME}, Channel::EMAIL)), Not(Contains("CORRESPONDENCE_DECISION//")));
}

TEST(FollowUps, WhatAnImportedRecordDoesNotSayIsAskedFor) {
  IncidentFacts facts = A({Behaviour::OTHER});
  facts.warning_missing = facts.impact_missing = true;
  EXPECT_THAT(Opens(facts), Contains("MISSING_DETAIL//warning.reasonNotGiven"));
  EXPECT_THAT(Opens(facts), Contains("MISSING_DETAIL//impact"));
}

TEST(FollowUps, NothingIsDueForWhatNoLongerStands) {
  IncidentFacts facts = A({Behaviour::PHYSICAL_THREAT});
  facts.stands = false;
  EXPECT_THAT(Opens(facts), IsEmpty());
}

TEST(FollowUps, NoKeyComesTwiceWhateverHappened) {
  for (int bits = 0; bits < 1 << (Behaviour::Value_ARRAYSIZE - 1); ++bits) {
    IncidentFacts facts = A({}, static_cast<Channel::Value>(1 + bits % 8));
    for (int b = 1; b < Behaviour::Value_ARRAYSIZE; ++b) {
      if (bits & 1 << (b - 1)) facts.behaviours.push_back(static_cast<Behaviour::Value>(b));
    }
    facts.contact_ended = bits % 3 == 0;
    auto keys = Opens(facts);
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
  }
}

TEST(Injuries, OverSevenDaysOrSpecifiedIsReportableWithinFifteen) {
  const LocalDate day(2026, 11, 2);
  InjuryFacts injury{.injured = true, .specified = false, .absent_from = day + 1, .absent_until = std::nullopt, .absence_days = 0};
  EXPECT_FALSE(ClockOf(injury, day, day + 7).reportable);
  EXPECT_TRUE(ClockOf(injury, day, day + 8).reportable);
  EXPECT_EQ(ClockOf(injury, day, day + 8).report_by, day + 15);
  injury.absent_until = day + 3;
  EXPECT_FALSE(ClockOf(injury, day, day + 30).reportable);
  injury.specified = true;
  EXPECT_TRUE(ClockOf(injury, day, day).reportable);
}

}  // namespace
}  // namespace evenhand::incident
