#include "services/notification/domain/sharing_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/notification/domain/delivery_states.h"
#include "services/notification/domain/recipients.h"

namespace evenhand::notification {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

auto Audience(const std::string& id) { return Field("audience", &ShareLine::audience, id); }

SharingFacts A(MeasureKind::Value kind, Channel::Value channel = Channel::CHANNEL_UNSPECIFIED) {
  return {.service_area = "Housing", .measures = {{kind, channel}}};
}

TEST(Clause12_5, APhoneRestrictionTellsThePublicNumbersAndNobodyElse) {
  const SharingPlan plan = PlanSharing(A(MeasureKind::BLOCK_CHANNEL, Channel::PHONE));
  EXPECT_THAT(plan.told, ElementsAre(Audience("public-numbers")));
  EXPECT_THAT(plan.not_told, Contains(Field(&NotToldLine::audience, "web-contact")));
}
TEST(Clause12_5, AnEmailRestrictionTellsWhoMonitorsWebContact) {
  EXPECT_THAT(PlanSharing(A(MeasureKind::BLOCK_CHANNEL, Channel::EMAIL)).told, ElementsAre(Audience("web-contact")));
}
TEST(Clause12_5, AnOnlineAccountIsMetOnTheWeb) {
  EXPECT_THAT(PlanSharing(A(MeasureKind::BLOCK_ONLINE_ACCOUNT)).told, ElementsAre(Audience("web-contact")));
}
TEST(Clause12_5, InPersonAndLetterMeasuresTellTheServiceTheyName) {
  EXPECT_THAT(PlanSharing(A(MeasureKind::BLOCK_CHANNEL, Channel::IN_PERSON)).told, ElementsAre(Audience("service-housing")));
  EXPECT_THAT(PlanSharing(A(MeasureKind::BLOCK_CHANNEL, Channel::LETTER)).told, ElementsAre(Audience("service-housing")));
}
TEST(Clause12_5, AMeasureOnEveryChannelTellsEachWhoMeetsThePerson) {
  EXPECT_THAT(PlanSharing(A(MeasureKind::NAMED_CONTACT)).told,
              ElementsAre(Audience("public-numbers"), Audience("web-contact"), Audience("service-housing")));
}
TEST(Clause12_5, APhysicalThreatTellsEachServiceWithContactOneByOne) {
  SharingFacts facts = A(MeasureKind::BLOCK_CHANNEL, Channel::PHONE);
  facts.physical_threat = true;
  facts.services_with_contact = {"Housing", "Roads & Transport"};
  EXPECT_THAT(PlanSharing(facts).told,
              ElementsAre(Audience("public-numbers"), Audience("service-housing"), Audience("service-roads-transport")));
}
TEST(Clause12_5, EachShareHasItsReasonAndClause) {
  SharingFacts facts = A(MeasureKind::NAMED_CONTACT);
  facts.physical_threat = true;
  EXPECT_THAT(PlanSharing(facts).told, Each(Field(&ShareLine::reason, Not(IsEmpty()))));
  EXPECT_THAT(PlanSharing(facts).told, Each(Field(&ShareLine::clause, Not(IsEmpty()))));
}
TEST(Clause12_6, StaffNamedPubliclyTellsThreeAndNobodyElse) {
  EXPECT_THAT(PlanStaffNamed().told, ElementsAre(Audience("line-manager"), Audience("hr-business-partner"), Audience("communications")));
}
TEST(Clause12_5, NoBroadcastExists) {
  for (const char* all : {"all", "All staff", "everyone", "*", "other-services"}) EXPECT_TRUE(NamesEverybody(all)) << all;
  EXPECT_FALSE(NamesEverybody("service-housing"));
}

const LocalDate kToday(2026, 11, 25);
TEST(Clause12_6, ADeputyStandsInForWhoIsAway) {
  const std::vector<Member> members = {{.staff_id = "E1",
                                        .email = "one@example.org",
                                        .absences = {{LocalDate(2026, 11, 20), LocalDate(2026, 11, 25)}},
                                        .deputy = "E9",
                                        .deputy_email = "nine@example.org"}};
  EXPECT_THAT(RecipientsOn(members, kToday), ElementsAre(Recipient{"E9", "nine@example.org", "E1"}));
  EXPECT_THAT(RecipientsOn(members, kToday + 1), ElementsAre(Recipient{"E1", "one@example.org", ""}));
}
TEST(Recipients, ADeputyWhoIsToldAnywayIsToldOnce) {
  const std::vector<Member> members = {{.staff_id = "E1", .email = "", .absences = {{kToday, kToday}}, .deputy = "E2"},
                                       {.staff_id = "E2", .email = "two@example.org"}};
  EXPECT_THAT(RecipientsOn(members, kToday), ElementsAre(Recipient{"E2", "two@example.org", ""}));
}
TEST(Recipients, EverybodyAwayIsNobody) {
  EXPECT_THAT(RecipientsOn({{.staff_id = "E1", .email = "", .absences = {{kToday, kToday}}}}, kToday), IsEmpty());
}

TEST(DeliveryStates, EveryStateAndSignalIsInTheTableOnceOrRefused) {
  int allowed = 0;
  for (const NotificationState::Value state : Every<NotificationState>()) {
    for (int signal = 0; signal < kSignalCount; ++signal) {
      int lines = 0;
      for (const DeliveryStep& step : kDeliverySteps) lines += step.from == state && step.signal == Signal(signal) ? 1 : 0;
      EXPECT_LE(lines, 1) << state << "/" << signal;
      allowed += lines;
    }
  }
  EXPECT_EQ(allowed, static_cast<int>(kDeliverySteps.size()));
}
TEST(CaseM, AcceptedIsNotDelivered) {
  EXPECT_EQ(Next(NotificationState::SENDING, Signal::kAccepted), NotificationState::SENT);
  EXPECT_FALSE(HasArrived(NotificationState::SENT));
  EXPECT_FALSE(IsDone(NotificationState::DELIVERED));
  EXPECT_FALSE(IsDone(NotificationState::ESCALATED));
  EXPECT_TRUE(IsDone(NotificationState::RESOLVED));
}
TEST(CaseM, WhatIsAcknowledgedStays) {
  for (int signal = 0; signal < kSignalCount; ++signal) EXPECT_FALSE(Next(NotificationState::ACKNOWLEDGED, Signal(signal)));
}

}  // namespace
}  // namespace evenhand::notification
