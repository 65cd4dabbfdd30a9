#include "services/platform/calendar/working_days.h"

#include <gtest/gtest.h>

#include "services/appeal/domain/deadlines.h"

namespace evenhand::appeal {
namespace {

WorkingDays Scotland() { return WorkingDays({LocalDate(2022, 1, 3), LocalDate(2022, 1, 4)}); }
WorkingDays England() { return WorkingDays({LocalDate(2022, 1, 3)}); }

TEST(CaseD, TenWorkingDaysInScotlandPassTwoHolidays) { EXPECT_EQ(Scotland().Add(LocalDate(2021, 12, 30), 10), LocalDate(2022, 1, 17)); }
TEST(CaseD, EnglandsCalendarWouldEndThreeDaysEarlier) { EXPECT_EQ(England().Add(LocalDate(2021, 12, 30), 10), LocalDate(2022, 1, 14)); }

TEST(CaseD, SixteenHoursOnTheLastDayIsInTimeAndMidnightIsLate) {
  const LocalDate last(2022, 1, 17);
  EXPECT_TRUE(IsInTime(absl::FromCivil(absl::CivilHour(2022, 1, 17, 16), London()), last));
  EXPECT_TRUE(IsInTime(absl::FromCivil(absl::CivilSecond(2022, 1, 17, 23, 59, 59), London()), last));
  EXPECT_FALSE(IsInTime(absl::FromCivil(absl::CivilHour(2022, 1, 18, 0), London()), last));
}

TEST(CaseD, LocalMidnightInSummerIsAnHourBeforeUtc) {
  EXPECT_FALSE(IsInTime(absl::FromCivil(absl::CivilHour(2026, 7, 14, 23), absl::UTCTimeZone()), LocalDate(2026, 7, 14)));
  EXPECT_TRUE(IsInTime(absl::FromCivil(absl::CivilHour(2026, 7, 14, 22), absl::UTCTimeZone()), LocalDate(2026, 7, 14)));
}

TEST(CaseD, AHolidayAddedLaterMovesTheDeadlineOn) {
  const Periods ten{.to_appeal = 10};
  EXPECT_EQ(AppealBy(England(), ten, LocalDate(2021, 12, 30), std::nullopt), LocalDate(2022, 1, 14));
  EXPECT_EQ(AppealBy(Scotland(), ten, LocalDate(2021, 12, 30), LocalDate(2022, 1, 14)), LocalDate(2022, 1, 17));
}

TEST(CaseD, AHolidayTakenOutNeverShortensADeadlineAlreadyTold) {
  EXPECT_EQ(AppealBy(England(), {.to_appeal = 10}, LocalDate(2021, 12, 30), LocalDate(2022, 1, 17)), LocalDate(2022, 1, 17));
}

TEST(WorkingDays, WeekendsDoNotCount) {
  const WorkingDays plain({});
  EXPECT_EQ(plain.Add(LocalDate(2026, 11, 27), 1), LocalDate(2026, 11, 30));
  EXPECT_EQ(plain.Add(LocalDate(2026, 11, 28), 1), LocalDate(2026, 11, 30));
  EXPECT_EQ(plain.Between(LocalDate(2026, 11, 27), LocalDate(2026, 12, 1)), 2);
}

TEST(WorkingDays, BetweenUndoesAdd) {
  const WorkingDays scotland = Scotland();
  for (int days = 0; days < 60; ++days) {
    EXPECT_EQ(scotland.Between(LocalDate(2021, 12, 30), scotland.Add(LocalDate(2021, 12, 30), days)), days);
  }
}

TEST(WorkingDays, PastWhatIsKnownNothingIsPromisedTooEarly) {
  std::set<LocalDate> of_2022 = Scotland().holidays();
  of_2022.insert({LocalDate(2022, 12, 26), LocalDate(2022, 12, 27)});
  const WorkingDays known(of_2022, LocalDate(2022, 12, 31));
  EXPECT_TRUE(known.IsKnown(LocalDate(2022, 12, 31)));
  EXPECT_FALSE(known.IsKnown(LocalDate(2023, 1, 1)));
  EXPECT_EQ(known.Add(LocalDate(2022, 3, 1), 10), Scotland().Add(LocalDate(2022, 3, 1), 10));
  // The true day, once 2 and 3 January 2023 are known, is not later.
  std::set<LocalDate> whole = of_2022;
  whole.insert({LocalDate(2023, 1, 2), LocalDate(2023, 1, 3)});
  EXPECT_GE(known.Add(LocalDate(2022, 12, 20), 12), WorkingDays(whole).Add(LocalDate(2022, 12, 20), 12));
}

TEST(Deadlines, TheClockStandsStillWhileInformationIsAwaited) {
  const WorkingDays plain({});
  const std::vector<Wait> waits = {{LocalDate(2026, 11, 2), LocalDate(2026, 11, 6)}, {LocalDate(2026, 11, 5), LocalDate(2026, 11, 9)}};
  EXPECT_EQ(StoppedDays(plain, waits, LocalDate(2026, 11, 20), 20), 5);  // 3, 4, 5, 6 and 9 November, the overlap once
  EXPECT_EQ(DecideBy(plain, {.to_decide = 20}, LocalDate(2026, 11, 2), 5), LocalDate(2026, 12, 7));
}

TEST(Deadlines, AnOpenWaitRunsUntilToday) {
  EXPECT_EQ(StoppedDays(WorkingDays({}), {{LocalDate(2026, 11, 2), std::nullopt}}, LocalDate(2026, 11, 4), 20), 2);
}

TEST(Deadlines, TheClockStandsStillForSoLongInAllAndNoLonger) {
  EXPECT_EQ(StoppedDays(WorkingDays({}), {{LocalDate(2026, 11, 2), std::nullopt}}, LocalDate(2027, 11, 4), 20), 20);
}

TEST(Deadlines, ALetterCountsTwoWorkingDaysAfterItIsPostedAndWhatIsHandedOverAtOnce) {
  EXPECT_EQ(ToldOn(Scotland(), {.post_takes = 2}, LocalDate(2021, 12, 31), true), LocalDate(2022, 1, 6));
  EXPECT_EQ(ToldOn(Scotland(), {.post_takes = 2}, LocalDate(2021, 12, 31), false), LocalDate(2021, 12, 31));
}

TEST(WorkingHours, NightWeekendAndBankHolidayDoNotCount) {
  const WorkingDays calendar({LocalDate(2026, 11, 30)});
  // Friday 27 November 16:00 + 2 h: Monday 30 November is St Andrew's Day, so Tuesday 10:00.
  EXPECT_EQ(calendar.AddHours(*ParseInstant("2026-11-27T16:00:00Z"), 2), *ParseInstant("2026-12-01T10:00:00Z"));
  EXPECT_EQ(calendar.AddHours(*ParseInstant("2026-11-25T03:00:00Z"), 8), *ParseInstant("2026-11-25T17:00:00Z"));
  // In summer 09:00 is 08:00 UTC.
  EXPECT_EQ(calendar.AddHours(*ParseInstant("2026-07-01T20:00:00Z"), 1), *ParseInstant("2026-07-02T09:00:00Z"));
}

}  // namespace
}  // namespace evenhand::appeal
