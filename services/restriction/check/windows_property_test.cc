// The windows in which contacts are counted, at random instants of seven years and at every clock change of them: in local time, without
// gap or overlap (7.2).
#include <random>

#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"
#include "services/restriction/check/limits.h"
#include "services/restriction/testing/seed.h"

namespace evenhand::restriction::check {
namespace {

constexpr Period::Value kPeriods[] = {Period::HOUR, Period::DAY, Period::WEEK, Period::MONTH};

void ExpectWindows(absl::Time now) {
  for (const Period::Value period : kPeriods) {
    const Window window = WindowOf(period, now);
    const std::string where = FormatInstant(now) + " " + std::to_string(static_cast<int>(period));
    ASSERT_LE(window.start, now) << where;
    ASSERT_GT(window.end, now) << where;
    // Whoever asks within it is in the same one, and the next begins where it ends.
    ASSERT_EQ(WindowOf(period, window.start).end, window.end) << where;
    ASSERT_EQ(WindowOf(period, window.end - absl::Microseconds(1)).start, window.start) << where;
    ASSERT_EQ(WindowOf(period, window.end).start, window.end) << where;
    const absl::CivilSecond start = absl::ToCivilSecond(window.start, London()), end = absl::ToCivilSecond(window.end, London());
    ASSERT_EQ(start.minute(), 0) << where;
    if (period == Period::HOUR) {
      ASSERT_EQ(window.end - window.start, absl::Hours(1)) << where;
      continue;
    }
    ASSERT_EQ(start.hour(), 0) << where;
    ASSERT_EQ(end.hour(), 0) << where;
    const absl::CivilDay first(start), after(end);
    if (period == Period::DAY) {
      ASSERT_EQ(after - first, 1) << where;
    }
    if (period == Period::WEEK) {
      ASSERT_EQ(absl::GetWeekday(first), absl::Weekday::monday) << where;
      ASSERT_EQ(after - first, 7) << where;
    }
    if (period == Period::MONTH) {
      ASSERT_EQ(first.day(), 1) << where;
      ASSERT_EQ(after, absl::CivilDay(absl::CivilMonth(first) + 1)) << where;
    }
  }
}

TEST(Windows, AreLocalWithoutGapOrOverlapAtAnyInstantOfSevenYears) {
  std::mt19937_64 random(testing::Seed());
  const std::int64_t from = absl::ToUnixMicros(*ParseInstant("2024-01-01T00:00:00Z"));
  const std::int64_t to = absl::ToUnixMicros(*ParseInstant("2031-01-01T00:00:00Z"));
  std::uniform_int_distribution<std::int64_t> any(from, to);
  for (int i = 0; i < 20'000; ++i) ASSERT_NO_FATAL_FAILURE(ExpectWindows(absl::FromUnixMicros(any(random))));
}

TEST(Windows, AreLocalAroundEveryClockChangeOfSevenYears) {
  for (int year = 2024; year <= 2030; ++year)
    for (const int month : {3, 10}) {
      const absl::CivilDay sunday = absl::PrevWeekday(absl::CivilDay(absl::CivilMonth(year, month) + 1), absl::Weekday::sunday);
      const absl::Time change = absl::FromCivil(absl::CivilSecond(sunday) + 3600, absl::UTCTimeZone());
      for (int minutes = -26 * 60; minutes <= 26 * 60; minutes += 5)
        for (const int micros : {-1, 0, 1})
          ASSERT_NO_FATAL_FAILURE(ExpectWindows(change + absl::Minutes(minutes) + absl::Microseconds(micros)));
    }
}

TEST(TimesOfDay, ContactIsTakenBetweenThemOnTheDaysWhoseClocksChangeAsWell) {
  for (const char* day : {"2026-03-29", "2026-10-25", "2026-07-01", "2026-12-31"}) {
    const TimesOfDay times{9 * 60 + 30, 12 * 60};
    const absl::Time opens = absl::FromCivil(absl::CivilMinute(*ParseDate(day)) + times.from, London());
    EXPECT_FALSE(WithinTimes(times.from, times.to, opens - absl::Microseconds(1))) << day;
    EXPECT_TRUE(WithinTimes(times.from, times.to, opens)) << day;
    EXPECT_EQ(NextStart(times, opens - absl::Microseconds(1)), opens) << day;
    EXPECT_EQ(DateOf(NextStart(times, opens + absl::Hours(4))), *ParseDate(day) + 1) << day;
    EXPECT_TRUE(WithinTimes(times.from, times.to, NextStart(times, opens + absl::Hours(4)))) << day;
  }
}

// Times inside the hour that comes twice or never: the answer is the very next minute at which contact is taken.
TEST(TimesOfDay, TheNextStartIsTheNextMinuteAtWhichContactIsTakenWhateverTheClocksDo) {
  for (const char* day : {"2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-07-01"}) {
    for (const TimesOfDay times :
         {TimesOfDay{30, 90}, TimesOfDay{60, 120}, TimesOfDay{75, 105}, TimesOfDay{90, 150}, TimesOfDay{0, 1440}}) {
      for (int minutes = 0; minutes < 25 * 60; minutes += 7) {
        const absl::Time now = StartOf(*ParseDate(day)) + absl::Minutes(minutes);
        if (WithinTimes(times.from, times.to, now)) continue;
        absl::Time next = now;
        do next += absl::Minutes(1);
        while (!WithinTimes(times.from, times.to, next));
        EXPECT_EQ(NextStart(times, now), next) << FormatInstant(now) << " " << times.from << " to " << times.to;
      }
    }
  }
}

}  // namespace
}  // namespace evenhand::restriction::check
