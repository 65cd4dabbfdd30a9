#include "services/platform/base/local_date.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "services/platform/base/uuid.h"

namespace evenhand {
namespace {

absl::Time At(const char* text) { return *ParseInstant(text); }

TEST(CaseE, EndsOnTheThirtyFirstOfJulyMeansMidnightInSummerTime) {
  const absl::Time end = EndOf(*ParseDate("2026-07-31"));
  EXPECT_GT(end, At("2026-07-31T22:59:59Z"));
  EXPECT_EQ(end, At("2026-07-31T23:00:00Z"));
}

TEST(CaseE, EndsOnTheLastDayOfTheYearMeansMidnightInWinterTime) { EXPECT_EQ(EndOf(*ParseDate("2026-12-31")), At("2027-01-01T00:00:00Z")); }

TEST(Scenario22, ADayOfTheClockChangeHasTwentyThreeOrTwentyFiveHours) {
  EXPECT_EQ(EndOf(*ParseDate("2026-03-29")) - StartOf(*ParseDate("2026-03-29")), absl::Hours(23));
  EXPECT_EQ(EndOf(*ParseDate("2026-10-25")) - StartOf(*ParseDate("2026-10-25")), absl::Hours(25));
}

TEST(CaseB, SixMonthsAfterTheFifteenthOfJanuaryIsTheFifteenthOfJuly) {
  EXPECT_EQ(FormatDate(AddMonths(*ParseDate("2025-01-15"), 6)), "2025-07-15");
}

TEST(LocalDate, MonthsEndWhereTheShorterMonthEnds) {
  EXPECT_EQ(FormatDate(AddMonths(*ParseDate("2025-08-31"), 6)), "2026-02-28");
  EXPECT_EQ(FormatDate(AddMonths(*ParseDate("2023-08-31"), 6)), "2024-02-29");
}

TEST(LocalDate, DatesThatDoNotExistAreRefused) {
  for (const char* text : {"2026-02-31", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026/01/01", "", "2026-01-01T00:00"}) {
    EXPECT_FALSE(ParseDate(text).has_value()) << text;
  }
}

TEST(LocalDate, TheDateIsLondonsNotGreenwichs) { EXPECT_EQ(FormatDate(DateOf(At("2026-07-31T23:30:00Z"))), "2026-08-01"); }

TEST(LocalDate, InstantsAreReadAndWrittenToTheMicrosecond) {
  EXPECT_EQ(FormatInstant(At("2026-11-02T10:15:00.123456789Z")), "2026-11-02T10:15:00.123456Z");
  EXPECT_EQ(FormatInstant(At("2026-11-02T10:15:00+01:00")), "2026-11-02T09:15:00Z");
  EXPECT_FALSE(ParseInstant("yesterday").has_value());
}

TEST(Uuid, AreOfVersionSevenAndSortByTime) {
  const std::string one = NewUuid();
  EXPECT_TRUE(IsUuid(one));
  EXPECT_EQ(one[14], '7');
  EXPECT_FALSE(IsUuid("INC-2026-000123"));
  absl::SleepFor(absl::Milliseconds(2));
  EXPECT_LT(one, NewUuid());
}

}  // namespace
}  // namespace evenhand
