// Milder than proposed, kind by kind: what the decider may impose instead (6.2).
#include "services/restriction/domain/milder.h"

#include <gmock/gmock.h>

#include <functional>
#include <set>

namespace evenhand::restriction {
namespace {

const std::vector<MeasureFacts> kOneOfEachKind = {
    {.kind = MeasureKind::BLOCK_CHANNEL, .channel = Channel::PHONE},
    {.kind = MeasureKind::LIMIT_VOLUME, .channel = Channel::PHONE, .max_contacts = 5, .period = Period::WEEK},
    {.kind = MeasureKind::LIMIT_TIME, .channel = Channel::PHONE, .from = "10:00", .to = "12:00"},
    {.kind = MeasureKind::NAMED_CONTACT, .channel = Channel::PHONE, .name = "Duty officer"},
    {.kind = MeasureKind::WITHHOLD_STAFF_DETAILS, .channel = Channel::PHONE},
    {.kind = MeasureKind::THIRD_PARTY_ONLY, .channel = Channel::PHONE, .name = "Ada Advocate"},
    {.kind = MeasureKind::BLOCK_ONLINE_ACCOUNT, .channel = Channel::PHONE},
    {.kind = MeasureKind::LIMIT_COMPLAINTS, .channel = Channel::PHONE, .description = "The kitchen"},
    {.kind = MeasureKind::OTHER, .channel = Channel::PHONE, .description = "Meetings in the town hall"},
};

MeasureFacts With(MeasureFacts m, const std::function<void(MeasureFacts&)>& change) {
  change(m);
  return m;
}

// Every kind × every kind, on the same channel: the same kind passes; else only what opens a channel that was to be closed.
TEST(Clause6_2, KindTimesKind) {
  const std::set<MeasureKind::Value> open_a_channel = {MeasureKind::LIMIT_VOLUME, MeasureKind::LIMIT_TIME, MeasureKind::NAMED_CONTACT,
                                                       MeasureKind::WITHHOLD_STAFF_DETAILS, MeasureKind::THIRD_PARTY_ONLY};
  for (const auto& wanted : kOneOfEachKind)
    for (const auto& proposed : kOneOfEachKind) {
      const bool milder =
          wanted.kind == proposed.kind || (proposed.kind == MeasureKind::BLOCK_CHANNEL && open_a_channel.contains(wanted.kind));
      EXPECT_EQ(NoStricter(wanted, proposed), milder) << wanted.kind << " instead of " << proposed.kind;
    }
}

// Every kind × every kind again: about another channel, or about all instead of one, nothing is milder; about one instead of all it is.
TEST(Clause6_2, ChannelTimesChannel) {
  for (const auto& wanted : kOneOfEachKind)
    for (const auto& proposed : kOneOfEachKind) {
      const auto other = With(wanted, [](auto& m) { m.channel = Channel::EMAIL; });
      const auto all = With(wanted, [](auto& m) { m.channel = Channel::CHANNEL_UNSPECIFIED; });
      EXPECT_FALSE(NoStricter(other, proposed)) << wanted.kind << " on another channel instead of " << proposed.kind;
      EXPECT_FALSE(NoStricter(all, proposed)) << wanted.kind << " on all channels instead of " << proposed.kind;
      const auto was_all = With(proposed, [](auto& m) { m.channel = Channel::CHANNEL_UNSPECIFIED; });
      EXPECT_EQ(NoStricter(wanted, was_all), wanted.kind == proposed.kind) << wanted.kind << " instead of all " << proposed.kind;
    }
}

// Words can carry a measure of their own: none that was not proposed comes in by them.
TEST(Clause6_2, WordsBringNothingNewIn) {
  for (const auto& wanted : kOneOfEachKind)
    for (const auto& proposed : kOneOfEachKind)
      EXPECT_FALSE(NoStricter(With(wanted, [](auto& m) { m.description = "and no visits"; }), proposed)) << wanted.kind << proposed.kind;
  for (const auto& m : kOneOfEachKind) {
    if (m.name.empty()) continue;
    EXPECT_FALSE(NoStricter(With(m, [](auto& w) { w.name = "Somebody else"; }), m)) << m.kind;
  }
}

// Whether one limit allows all that another does, by counting every pattern that fills the other.
TEST(Clause6_2, ALimitOfAnotherPeriodAllowsAllThatWasProposed) {
  const auto limit = [](int most, Period::Value period) {
    return MeasureFacts{.kind = MeasureKind::LIMIT_VOLUME, .channel = Channel::PHONE, .max_contacts = most, .period = period};
  };
  struct Case {
    Period::Value proposed;
    Period::Value wanted;
    int least;  // for one contact a period as proposed
  };
  for (const Case& c : {Case{Period::HOUR, Period::HOUR, 1}, Case{Period::HOUR, Period::DAY, 25}, Case{Period::HOUR, Period::WEEK, 169},
                        Case{Period::HOUR, Period::MONTH, 745}, Case{Period::DAY, Period::HOUR, 1}, Case{Period::DAY, Period::DAY, 1},
                        Case{Period::DAY, Period::WEEK, 7}, Case{Period::DAY, Period::MONTH, 31}, Case{Period::WEEK, Period::HOUR, 1},
                        Case{Period::WEEK, Period::DAY, 1}, Case{Period::WEEK, Period::WEEK, 1}, Case{Period::WEEK, Period::MONTH, 6},
                        Case{Period::MONTH, Period::HOUR, 1}, Case{Period::MONTH, Period::DAY, 1}, Case{Period::MONTH, Period::WEEK, 1},
                        Case{Period::MONTH, Period::MONTH, 1}})
    for (const int most : {1, 3, 10'000}) {
      EXPECT_TRUE(NoStricter(limit(c.least * most, c.wanted), limit(most, c.proposed))) << c.proposed << " " << c.wanted << most;
      EXPECT_FALSE(NoStricter(limit(c.least * most - 1, c.wanted), limit(most, c.proposed))) << c.proposed << " " << c.wanted << most;
    }
}

TEST(Clause6_2, AWiderTimeIsMilderAndACountOfItsOwnIsNot) {
  const MeasureFacts proposed{.kind = MeasureKind::LIMIT_TIME, .from = "10:00", .to = "12:00"};
  const auto wanted = [&](const char* from, const char* to) {
    return With(proposed, [&](auto& m) {
      m.from = from;
      m.to = to;
    });
  };
  EXPECT_TRUE(NoStricter(wanted("09:00", "13:00"), proposed));
  EXPECT_FALSE(NoStricter(wanted("10:30", "13:00"), proposed));
  EXPECT_FALSE(NoStricter(wanted("09:00", "11:00"), proposed));
  EXPECT_FALSE(NoStricter(With(proposed, [](auto& m) { m.max_contacts = 9; }), proposed));
  EXPECT_TRUE(NoStricter(proposed, With(proposed, [](auto& m) { m.max_contacts = 9; })));
}

TEST(Clause6_2, WhatIsStricterIsNamedAndWhatIsLeftOutIsNot) {
  const std::vector<MeasureFacts> proposed = {kOneOfEachKind[0], kOneOfEachKind[4]};
  EXPECT_TRUE(FaultsOfMilder(std::vector{kOneOfEachKind[4]}, proposed).empty());
  const auto no = FaultsOfMilder(std::vector{kOneOfEachKind[1], kOneOfEachKind[8]}, proposed);
  ASSERT_EQ(no.size(), 1U);
  EXPECT_EQ(no[0].field, "measures[1]");
  EXPECT_EQ(no[0].clause, "6.2");
}

}  // namespace
}  // namespace evenhand::restriction
