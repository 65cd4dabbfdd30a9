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

Measure Block(const std::string& restriction, Channel channel = Channel::kPhone) {
  Measure measure{.id = "m-" + restriction,
                  .restriction_id = restriction,
                  .service_area = "Housing",
                  .kind = MeasureKind::kBlockChannel,
                  .channel = channel};
  measure.text = InstructionFor({.kind = measure.kind, .channel = channel});
  return measure;
}

Holder HolderWith(std::uint64_t n, Guidance guidance) {
  return {Id(n), false, true, std::make_shared<const Guidance>(std::move(guidance))};
}
Holder Bare(std::uint64_t n) { return {Id(n), false, true, nullptr}; }

CheckContactResponse Ask(const Holders& holders, ContactQuery query = {.channel = Channel::kPhone}, absl::Time now = kNow) {
  CheckContactResponse answer;
  AnswerFrom(holders, query, now, answer);
  return answer;
}

TEST(Check, AConfirmedHandleOfOnePersonIsExact) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r1")}})});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::GUIDANCE);
  ASSERT_EQ(answer.matches_size(), 1);
  EXPECT_EQ(answer.matches(0).match(), ContactMatch::EXACT);
  ASSERT_EQ(answer.matches(0).instructions_size(), 1);
  EXPECT_EQ(answer.matches(0).instructions(0).code(), Instruction::BLOCK_CHANNEL);
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "r1");
}

TEST(Check, NobodyAndAPersonWithoutGuidanceAreClearAndNamed) {
  EXPECT_EQ(Ask({}).outcome(), CheckContactResponse::CLEAR);
  const auto answer = Ask({Bare(1), Bare(2)});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::CLEAR);
  EXPECT_EQ(answer.matches_size(), 0);
}

TEST(CaseI, TwoPeopleOnOneNumberArePossible) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r1")}}), Bare(2)});
  ASSERT_EQ(answer.matches_size(), 2);
  EXPECT_EQ(answer.matches(0).match(), ContactMatch::POSSIBLE);
  EXPECT_EQ(answer.matches(1).match(), ContactMatch::POSSIBLE);
  EXPECT_EQ(answer.matches(1).instructions_size(), 0);
}

TEST(Check, ASharedOrUnconfirmedHandleIsPossible) {
  Holder holder = HolderWith(1, {.measures = {Block("r1")}});
  holder.shared = true;
  EXPECT_EQ(Ask({holder}).matches(0).match(), ContactMatch::POSSIBLE);
  holder.shared = false;
  holder.confirmed = false;
  EXPECT_EQ(Ask({holder}).matches(0).match(), ContactMatch::POSSIBLE);
}

TEST(Scenario6, ASharedPhoneShowsNoConfirmedMarkerOfOthers) {
  const auto answer = Ask({HolderWith(1, {.markers = {{"k1", true, "Two staff at every visit."}}}), Bare(2)});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(answer.matches(0).marker().state(), ContactMarker::POSSIBLY_ANOTHER);
  EXPECT_TRUE(answer.matches(0).marker().marker_id().empty());
  EXPECT_FALSE(answer.matches(1).has_marker());
}

TEST(Check, AMarkerSaysHowFarItCanBeReliedOn) {
  EXPECT_EQ(Ask({HolderWith(1, {.markers = {{"k1", true, "Two staff."}}})}).matches(0).marker().state(), ContactMarker::CONFIRMED);
  EXPECT_EQ(Ask({HolderWith(1, {.markers = {{"k1", false, ""}}})}).matches(0).marker().state(), ContactMarker::PROVISIONAL);
}

TEST(Check, AServiceSeesItsOwnGuidanceAndACheckWithoutServiceSeesAll) {
  const Holders holders = {HolderWith(1, {.measures = {Block("r1")}})};
  EXPECT_EQ(Ask(holders, {.area = "Libraries"}).outcome(), CheckContactResponse::CLEAR);
  EXPECT_EQ(Ask(holders, {.area = "Housing"}).outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(Ask(holders, {}).outcome(), CheckContactResponse::GUIDANCE);
}

TEST(CaseE, EndsOnIsInForceUntilTheEndOfTheDayInLondon) {
  Measure summer = Block("r1"), winter = Block("r2");
  summer.until = EndOf(*ParseDate("2026-07-31"));
  winter.until = EndOf(*ParseDate("2026-12-31"));
  const auto outcome = [](const Measure& measure, const char* at) {
    return Ask({HolderWith(1, {.measures = {measure}})}, {}, At(at)).outcome();
  };
  EXPECT_EQ(outcome(summer, "2026-07-31T22:59:59Z"), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(outcome(summer, "2026-07-31T23:00:00Z"), CheckContactResponse::CLEAR);
  EXPECT_EQ(outcome(winter, "2026-12-31T23:59:59Z"), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(outcome(winter, "2027-01-01T00:00:00Z"), CheckContactResponse::CLEAR);
}

TEST(CaseK, TheLaterRestrictionIsStillTold) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("r2", Channel::kEmail)}})});
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "r2");
}

TEST(Check, InstructionsForThisChannelComeFirst) {
  const auto answer = Ask({HolderWith(1, {.measures = {Block("a", Channel::kEmail), Block("b", Channel::kPhone)}})});
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "b");
  EXPECT_EQ(answer.matches(0).instructions(1).restriction_id(), "a");
}

TEST(Clause10_4, ANoContactRequestIsHonouredWithoutItsReason) {
  const Holders holders = {HolderWith(1, {.no_contact = {"E1001"}})};
  EXPECT_EQ(Ask(holders, {.staff = "E2002"}).outcome(), CheckContactResponse::CLEAR);
  const auto answer = Ask(holders, {.staff = "E1001"});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(answer.matches(0).instructions(0).code(), Instruction::PASS_TO_COLLEAGUE);
  EXPECT_EQ(answer.matches(0).instructions(0).restriction_id(), "");
}

Measure DailyLimit(int most, int used, absl::Time window) {
  Measure measure = Block("r1");
  measure.kind = MeasureKind::kLimitVolume;
  measure.limit = Limit{most, Period::kDay, used, window};
  return measure;
}

TEST(Clause7_2, WhatRemainsIsSaidAtZeroToo) {
  const absl::Time today = WindowOf(Period::kDay, kNow).start;
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
    return Ask({HolderWith(1, {.measures = {DailyLimit(5, used, WindowOf(Period::kDay, kNow).start)}})}, query)
        .matches(0)
        .instructions(0)
        .text();
  };
  const ContactQuery next = {.channel = Channel::kPhone}, counted = {.channel = Channel::kPhone, .counted = true};
  EXPECT_THAT(told(4, next), Not(EndsWith(kUsedUp)));
  EXPECT_THAT(told(5, next), EndsWith(kUsedUp));
  EXPECT_THAT(told(5, counted), Not(EndsWith(kUsedUp))) << "the fifth of five is still taken";
  EXPECT_THAT(told(6, counted), EndsWith(kUsedUp));
  EXPECT_THAT(told(5, {.channel = Channel::kEmail}), Not(EndsWith(kUsedUp)));
}

TEST(Clause7_2, ANewDayStartsAnewWithoutAWrite) {
  const auto holders = [](absl::Time) {
    return Holders{HolderWith(1, {.measures = {DailyLimit(5, 5, WindowOf(Period::kDay, kNow).start)}})};
  };
  EXPECT_EQ(Ask(holders(kNow)).matches(0).remaining_contacts(), 0);
  EXPECT_EQ(Ask(holders(kNow), {.channel = Channel::kPhone}, At("2026-11-03T00:00:00Z")).matches(0).remaining_contacts(), 5);
}

TEST(Clause7_2, ALimitOfAnotherChannelIsNotCountedHere) {
  const auto answer = Ask({HolderWith(1, {.measures = {DailyLimit(5, 0, kNow)}})}, {.channel = Channel::kEmail});
  EXPECT_EQ(answer.outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_FALSE(answer.matches(0).has_remaining_contacts());
}

TEST(Scenario24, UnknownStartsWithCareAndKeepsWhatWasLastKnown) {
  auto answer = Ask({HolderWith(1, {.measures = {Block("r1")}})});
  MakeUnknown(answer);
  EXPECT_EQ(answer.outcome(), CheckContactResponse::UNKNOWN);
  ASSERT_EQ(answer.matches_size(), 2);
  EXPECT_EQ(answer.matches(0).instructions(0).code(), Instruction::TAKE_CARE);
  EXPECT_EQ(answer.matches(1).instructions(0).restriction_id(), "r1");
}

}  // namespace
}  // namespace evenhand::restriction::check
