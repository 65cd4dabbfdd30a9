#include "services/restriction/check/limits.h"

#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction::check {
namespace {

absl::Time At(const std::string& text) { return *ParseInstant(text); }

TEST(Windows, ADayIsTwentyThreeTwentyFourOrTwentyFiveHours) {
  const auto length = [](const char* noon) {
    const Window day = WindowOf(Period::DAY, At(noon));
    return absl::ToInt64Hours(day.end - day.start);
  };
  EXPECT_EQ(length("2026-03-29T12:00:00Z"), 23);
  EXPECT_EQ(length("2026-06-01T12:00:00Z"), 24);
  EXPECT_EQ(length("2026-10-25T12:00:00Z"), 25);
}

TEST(Windows, SummerDaysBeginAtElevenInTheEveningUtc) {
  EXPECT_EQ(WindowOf(Period::DAY, At("2026-07-01T12:00:00Z")).start, At("2026-06-30T23:00:00Z"));
}

TEST(Windows, AWeekBeginsOnMonday) {
  EXPECT_EQ(WindowOf(Period::WEEK, At("2026-11-04T12:00:00Z")).start, At("2026-11-02T00:00:00Z"));
  EXPECT_EQ(WindowOf(Period::WEEK, At("2026-11-02T00:00:00Z")).start, At("2026-11-02T00:00:00Z"));
  EXPECT_EQ(WindowOf(Period::WEEK, At("2026-11-08T23:59:59Z")).start, At("2026-11-02T00:00:00Z"));
  EXPECT_EQ(WindowOf(Period::WEEK, At("2026-11-08T23:59:59Z")).end, At("2026-11-09T00:00:00Z"));
}

TEST(Windows, AMonthIsTheCalendarMonth) {
  EXPECT_EQ(WindowOf(Period::MONTH, At("2026-11-30T23:59:59Z")).start, At("2026-11-01T00:00:00Z"));
  EXPECT_EQ(WindowOf(Period::MONTH, At("2026-11-30T23:59:59Z")).end, At("2026-12-01T00:00:00Z"));
}

TEST(Windows, TheDoubledHourOfOctoberIsTwoWindows) {
  EXPECT_NE(WindowOf(Period::HOUR, At("2026-10-25T00:30:00Z")).start, WindowOf(Period::HOUR, At("2026-10-25T01:30:00Z")).start);
}

TEST(TimesOfDay, AreReadAndCompareInLocalTime) {
  EXPECT_EQ(ParseTimeOfDay("09:30"), 570);
  EXPECT_FALSE(ParseTimeOfDay("9:30"));
  EXPECT_FALSE(ParseTimeOfDay("24:01"));
  EXPECT_TRUE(WithinTimes(600, 720, At("2026-07-01T09:00:00Z")));
  EXPECT_FALSE(WithinTimes(600, 720, At("2026-07-01T11:00:00Z")));
  EXPECT_TRUE(WithinTimes(22 * 60, 6 * 60, At("2026-11-01T02:00:00Z")));
}

}  // namespace
}  // namespace evenhand::restriction::check
