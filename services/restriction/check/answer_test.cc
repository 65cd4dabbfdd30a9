#include "services/restriction/check/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction::check {
namespace {

using ::testing::EndsWith;
using ::testing::Not;
using v1::CheckContactResponse;
using v1::ContactMarker;
using v1::ContactMatch;
using v1::Instruction;

absl::Time At(const std::string& text) { return *ParseInstant(text); }
const absl::Time kNow = At("2026-11-02T10:15:00Z");

PersonId Id(std::uint64_t n) { return {0x0190000000007000ull, 0x8000000000000000ull | n}; }

Measure Block(const std::string& restriction, Channel::Value channel = Channel::PHONE) {
  return {.id = "m-" + restriction,
          .restriction_id = restriction,
          .service_area = "Housing",
          .words = {.kind = MeasureKind::BLOCK_CHANNEL, .channel = channel}};
}

Holder HolderWith(std::uint64_t n, Guidance guidance) {
  return {Id(n), false, true, std::make_shared<const Guidance>(std::move(guidance))};
}
Holder Bare(std::uint64_t n) { return {Id(n), false, true, nullptr}; }

CheckContactResponse Ask(const Holders& holders, ContactQuery query = {.channel = Channel::PHONE}, absl::Time now = kNow) {
  CheckContactResponse answer;
  AnswerFrom(holders, query, now, answer);
  return answer;
}

TEST(Check, AConfirmedHandleOfOnePersonIsExact) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r1")}})});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::GUIDANCE);
  ASSERT_EQ(answer.matches_size(), 1);
  EXPECT_EQ(answer.matches(0).match(), HandleMatch::EXACT);
  ASSERT_EQ(answer.matches(0).instructions_size(), 1);
  EXPECT_EQ(answer.matches(0).instructions(0).code(), MeasureKind::BLOCK_CHANNEL);
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "r1");
}

TEST(Check, NobodyAndAPersonWithoutGuidanceAreClearAndNamed) {
  EXPECT_EQ(Ask({}).outcome(), CheckContactResponse::Outcome::CLEAR);
  const auto answer = Ask({Bare(1), Bare(2)});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::CLEAR);
  EXPECT_EQ(answer.matches_size(), 0);
}

TEST(CaseI, TwoPeopleOnOneNumberArePossible) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r1")}}), Bare(2)});
  ASSERT_EQ(answer.matches_size(), 2);
  EXPECT_EQ(answer.matches(0).match(), HandleMatch::POSSIBLE);
  EXPECT_EQ(answer.matches(1).match(), HandleMatch::POSSIBLE);
  EXPECT_EQ(answer.matches(1).instructions_size(), 0);
}

TEST(Check, ASharedOrUnconfirmedHandleIsPossible) {
  Holder holder = HolderWith(1, {.measures = {Block("r1")}});
  holder.shared = true;
  EXPECT_EQ(Ask({holder}).matches(0).match(), HandleMatch::POSSIBLE);
  holder.shared = false;
  holder.confirmed = false;
  EXPECT_EQ(Ask({holder}).matches(0).match(), HandleMatch::POSSIBLE);
}

TEST(Scenario6, ASharedPhoneShowsNoConfirmedMarkerOfOthers) {
  const auto answer = Ask({HolderWith(1, {.markers = {{"k1", true, "Two staff at every visit."}}}), Bare(2)});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(answer.matches(0).marker().state(), ContactMarker::State::POSSIBLY_ANOTHER);
  EXPECT_TRUE(answer.matches(0).marker().marker_id().empty());
  EXPECT_FALSE(answer.matches(1).has_marker());
}

TEST(Check, AMarkerSaysHowFarItCanBeReliedOn) {
  EXPECT_EQ(Ask({HolderWith(1, {.markers = {{"k1", true, "Two staff."}}})}).matches(0).marker().state(), ContactMarker::State::CONFIRMED);
  EXPECT_EQ(Ask({HolderWith(1, {.markers = {{"k1", false, ""}}})}).matches(0).marker().state(), ContactMarker::State::PROVISIONAL);
}

TEST(Check, AServiceSeesItsOwnGuidanceAndACheckWithoutServiceSeesAll) {
  const Holders holders = {HolderWith(1, {.measures = {Block("r1")}})};
  EXPECT_EQ(Ask(holders, {.area = "Libraries"}).outcome(), CheckContactResponse::Outcome::CLEAR);
  EXPECT_EQ(Ask(holders, {.area = "Housing"}).outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(Ask(holders, {}).outcome(), CheckContactResponse::Outcome::GUIDANCE);
}

TEST(CaseE, EndsOnIsInForceUntilTheEndOfTheDayInLondon) {
  Measure summer = Block("r1"), winter = Block("r2");
  summer.until = EndOf(*ParseDate("2026-07-31"));
  winter.until = EndOf(*ParseDate("2026-12-31"));
  const auto outcome = [](const Measure& measure, const char* at) {
    return Ask({HolderWith(1, {.measures = {measure}})}, {}, At(at)).outcome();
  };
  EXPECT_EQ(outcome(summer, "2026-07-31T22:59:59Z"), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(outcome(summer, "2026-07-31T23:00:00Z"), CheckContactResponse::Outcome::CLEAR);
  EXPECT_EQ(outcome(winter, "2026-12-31T23:59:59Z"), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(outcome(winter, "2027-01-01T00:00:00Z"), CheckContactResponse::Outcome::CLEAR);
}

TEST(CaseK, TheLaterRestrictionIsStillTold) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r2", Channel::EMAIL)}})});
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "r2");
}

TEST(Check, InstructionsForThisChannelComeFirst) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("a", Channel::EMAIL), Block("b", Channel::PHONE)}})});
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "b");
  EXPECT_EQ(answer.matches(0).instructions(1).restriction_id(), "a");
}

std::vector<MeasureKind::Value> AllKinds() {
  std::vector<MeasureKind::Value> all;
  for (int i = 1; i < MeasureKind::TAKE_CARE; ++i)  // from there on they are instructions alone
    if (MeasureKind::Value_IsValid(i)) all.push_back(static_cast<MeasureKind::Value>(i));
  return all;
}

// 7.2, 7.3: what was decided about one channel turns nobody away on another, and what holds is told whatever was asked.
TEST(Clause7_2, EachMeasureOnEachAskedChannelSaysWhetherItBindsThisContact) {
  for (const MeasureKind::Value kind : AllKinds())
    for (int own = 0; own < Channel::Value_ARRAYSIZE; ++own)
      for (int asked = 0; asked < Channel::Value_ARRAYSIZE; ++asked) {
        Measure measure = Block("r1", static_cast<Channel::Value>(own));
        measure.words.kind = kind;
        measure.words.name = "Ms A. Officer";
        measure.words.description = "By appointment.";
        const auto answer = Ask({HolderWith(1, {.measures = {measure}})}, {.channel = static_cast<Channel::Value>(asked)});
        EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::GUIDANCE);
        const Instruction& told = answer.matches(0).instructions(0);
        const int about = kind == MeasureKind::BLOCK_ONLINE_ACCOUNT ? static_cast<int>(Channel::ONLINE_FORM) : own;
        EXPECT_EQ(told.channel(), about);
        EXPECT_EQ(told.applies(),
                  about == 0 || asked == 0 || about == asked ? Instruction::Applies::THIS_CONTACT : Instruction::Applies::OTHER_CHANNEL);
        if (told.applies() == Instruction::Applies::OTHER_CHANNEL) {
          EXPECT_THAT(told.text(), Not(::testing::HasSubstr("lease")));
          EXPECT_FALSE(answer.matches(0).has_remaining_contacts());
        }
      }
}

TEST(Clause5_4, TheChannelsThatAreOpenAreListedAndNamed) {
  Measure email = Block("r2", Channel::EMAIL);
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r1"), email}})}, {.channel = Channel::EMAIL});
  EXPECT_THAT(answer.matches(0).open_channels(), ::testing::ElementsAre(Channel::IN_PERSON, Channel::LETTER, Channel::ONLINE_FORM));
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "r2") << "the one that binds this contact comes first";
  EXPECT_THAT(answer.matches(0).instructions(0).text(), ::testing::HasSubstr("the counter, post and the online form are open"));
  EXPECT_EQ(answer.matches(0).instructions(1).text(),
            "Contact by phone is closed for now; the counter, post and the online form are open.");
  email.service_area = "Education";
  EXPECT_EQ(Ask({HolderWith(1, {.measures = {Block("r1"), email}})}, {.channel = Channel::PHONE, .area = "Housing"})
                .matches(0)
                .open_channels_size(),
            4)
      << "another service's measure closes nothing here";
}

TEST(Clause5_4, WhereNothingIsOpenTheOtherWayIsNamed) {
  std::vector<Measure> all;
  for (int channel = 1; channel <= 5; ++channel) {
    all.push_back(Block("r" + std::to_string(channel), static_cast<Channel::Value>(channel)));
    all.back().alternative = wording::NamedWay("your social worker");
  }
  const auto answer = Ask({HolderWith(1, {.measures = all})});
  EXPECT_EQ(answer.matches(0).open_channels_size(), 0);
  EXPECT_THAT(answer.matches(0).instructions(0).text(), ::testing::HasSubstr("the way that stays open is: your social worker"));
}

TEST(Clause5_4, AThirdPartyWhoHasGoneIsNoOrderAnyMore) {
  Measure through = Block("r1", Channel::CHANNEL_UNSPECIFIED);
  through.words.kind = MeasureKind::THIRD_PARTY_ONLY;
  through.words.name = "Ada";
  EXPECT_EQ(Ask({HolderWith(1, {.measures = {through}})}).matches(0).open_channels_size(), 0);
  const auto gone = Ask({HolderWith(1, {.measures = {through}, .advocate = Advocate{"Ada", true, true, wording::NamedWay("EMAIL")}})});
  EXPECT_EQ(gone.matches(0).instructions(0).text(),
            "The advocate, Ada, has resigned. Until there is another, contact with the person is open: by e-mail.");
  EXPECT_THAT(gone.matches(0).open_channels(), ::testing::Contains(Channel::EMAIL));
}

TEST(Clause5_4, AnAdvocateWhoHasGoneTakesNobodyElseAlong) {
  Measure through = Block("r1", Channel::CHANNEL_UNSPECIFIED);
  through.words.kind = MeasureKind::THIRD_PARTY_ONLY;
  through.words.name = "Bea Solicitor";
  const auto answer = Ask({HolderWith(1, {.measures = {through}, .advocate = Advocate{"Ada", false, true, wording::NamedWay("EMAIL")}})});
  EXPECT_THAT(answer.matches(0).instructions(0).text(), ::testing::HasSubstr("Bea Solicitor"));
}

// Two orders that contradict each other are none.
TEST(Clause5_4, AWayThatIsClosedMeanwhileIsNotCalledOpen) {
  const auto answer = Ask(
      {HolderWith(1, {.measures = {Block("r1", Channel::EMAIL)}, .advocate = Advocate{"Ada", true, true, wording::NamedWay("EMAIL")}})});
  ASSERT_EQ(answer.matches(0).instructions_size(), 2);
  EXPECT_THAT(answer.matches(0).instructions(1).text(), ::testing::HasSubstr("open: by a way that your manager names"));
  EXPECT_THAT(answer.matches(0).open_channels(), ::testing::Not(::testing::Contains(Channel::EMAIL)));
}

TEST(Check, PeopleWhoShareAHandleStandInOneOrder) {
  const Holder one = HolderWith(1, {.measures = {Block("r1")}}), two = HolderWith(2, {.measures = {Block("r2")}});
  EXPECT_EQ(Ask({one, two}).SerializeAsString(), Ask({two, one}).SerializeAsString());
}

TEST(Clause10_4, ANoContactRequestIsHonouredWithoutItsReason) {
  const Holders holders = {HolderWith(1, {.no_contact = {"E1001"}})};
  EXPECT_EQ(Ask(holders, {.staff = "E2002"}).outcome(), CheckContactResponse::Outcome::CLEAR);
  const auto answer = Ask(holders, {.staff = "E1001"});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(answer.matches(0).instructions(0).code(), MeasureKind::PASS_TO_COLLEAGUE);
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "");
}

Measure DailyLimit(int most, int used, absl::Time window) {
  Measure measure = Block("r1");
  measure.words.kind = MeasureKind::LIMIT_VOLUME;
  measure.words.max_contacts = most;
  measure.limit = Limit{most, Period::DAY, used, window};
  return measure;
}

TEST(Clause7_2, WhatRemainsIsSaidAtZeroToo) {
  const absl::Time today = WindowOf(Period::DAY, kNow).start;
  const auto some = Ask({HolderWith(1, {.measures = {DailyLimit(5, 2, today)}})});
  EXPECT_EQ(some.matches(0).remaining_contacts(), 3);
  EXPECT_EQ(some.matches(0).resets_at().seconds(), absl::ToUnixSeconds(At("2026-11-03T00:00:00Z")));
  const auto none = Ask({HolderWith(1, {.measures = {DailyLimit(5, 9, today)}})});
  EXPECT_TRUE(none.matches(0).has_remaining_contacts());
  EXPECT_EQ(none.matches(0).remaining_contacts(), 0);
  EXPECT_FALSE(Ask({HolderWith(1, {.measures = {Block("r1")}})}).matches(0).has_remaining_contacts());
}

TEST(Clause7_2, WhoeverAnswersIsToldThatTheLimitIsUsedUp) {
  const auto told = [](int used, ContactQuery query) {
    return Ask({HolderWith(1, {.measures = {DailyLimit(5, used, WindowOf(Period::DAY, kNow).start)}})}, query)
        .matches(0)
        .instructions(0)
        .text();
  };
  const ContactQuery next = {.channel = Channel::PHONE}, counted = {.channel = Channel::PHONE, .counted = true};
  EXPECT_THAT(told(4, next), Not(EndsWith(kUsedUp)));
  EXPECT_THAT(told(5, next), EndsWith(kUsedUp));
  EXPECT_THAT(told(5, counted), Not(EndsWith(kUsedUp))) << "the fifth of five is still taken";
  EXPECT_THAT(told(6, counted), EndsWith(kUsedUp));
  EXPECT_THAT(told(5, {.channel = Channel::EMAIL}), Not(EndsWith(kUsedUp)));
}

TEST(Clause7_2, ANewDayStartsAnewWithoutAWrite) {
  const auto holders = [](absl::Time) {
    return Holders{HolderWith(1, {.measures = {DailyLimit(5, 5, WindowOf(Period::DAY, kNow).start)}})};
  };
  EXPECT_EQ(Ask(holders(kNow)).matches(0).remaining_contacts(), 0);
  EXPECT_EQ(Ask(holders(kNow), {.channel = Channel::PHONE}, At("2026-11-03T00:00:00Z")).matches(0).remaining_contacts(), 5);
}

TEST(Clause7_2, ALimitOfAnotherChannelIsNotCountedHere) {
  const auto answer = Ask({HolderWith(1, {.measures = {DailyLimit(5, 0, kNow)}})}, {.channel = Channel::EMAIL});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_FALSE(answer.matches(0).has_remaining_contacts());
}

TEST(Scenario24, UnknownStartsWithCareAndKeepsWhatWasLastKnown) {
  auto answer = Ask({HolderWith(1, {.measures = {Block("r1")}})});
  MakeUnknown(answer);
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::UNKNOWN);
  ASSERT_EQ(answer.matches_size(), 2);
  EXPECT_EQ(answer.matches(0).instructions(0).code(), MeasureKind::TAKE_CARE);
  EXPECT_EQ(answer.matches(1).instructions(0).restriction_id(), "r1");
}

}  // namespace
}  // namespace evenhand::restriction::check
