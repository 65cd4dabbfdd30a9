// Every day of 2024 to 2030, and thousands of random instants and spans: what must hold of London's dates whichever they are.
// A failure names its seed; EVENHAND_SEED=N walks the same way again.
#include <cstdlib>
#include <iostream>
#include <random>

#include <absl/strings/numbers.h>
#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"

namespace evenhand {
namespace {

constexpr int kTries = 20'000;
const LocalDate kFirst(2024, 1, 1), kLast(2030, 12, 31);

unsigned Seed() {
  static const unsigned seed = [] {
    unsigned number = 0;
    const char* told = std::getenv("EVENHAND_SEED");
    if (told == nullptr || !absl::SimpleAtoi(told, &number)) number = std::random_device()();
    std::cout << "EVENHAND_SEED=" << number << "\n";
    return number;
  }();
  return seed;
}

// The last Sunday of a month: when the clocks change (summer time from March to October).
LocalDate LastSunday(int year, int month) { return absl::PrevWeekday(LocalDate(absl::CivilMonth(year, month) + 1), absl::Weekday::sunday); }

bool IsSummerTime(absl::Time instant) { return London().At(instant).is_dst; }

class Dates : public ::testing::Test {
 protected:
  Dates() : random_(Seed()), trace_(__FILE__, __LINE__, "EVENHAND_SEED=" + std::to_string(Seed())) {}
  int Between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  LocalDate AnyDate() { return kFirst + Between(0, static_cast<int>(kLast - kFirst)); }
  absl::Time AnyInstant() {
    const absl::Time start = StartOf(kFirst);
    return start +
           absl::Microseconds(std::uniform_int_distribution<std::int64_t>(0, absl::ToInt64Microseconds(EndOf(kLast) - start) - 1)(random_));
  }

  std::mt19937 random_;
  const ::testing::ScopedTrace trace_;
};

TEST_F(Dates, EveryDayIsWholeAndTheNextBeginsWhereItEnds) {
  for (LocalDate day = kFirst; day <= kLast; ++day) {
    const std::string text = FormatDate(day);
    ASSERT_EQ(ParseDate(text), day) << text;
    ASSERT_EQ(EndOf(day), StartOf(day + 1)) << text;
    ASSERT_EQ(DateOf(StartOf(day)), day) << text;
    ASSERT_EQ(DateOf(EndOf(day) - absl::Microseconds(1)), day) << text << ": what ends on a day holds through its last microsecond";
    ASSERT_EQ(DateOf(EndOf(day)), day + 1) << text << ": and not an instant longer";
    const absl::TimeZone::CivilInfo midnight = London().At(StartOf(day));
    ASSERT_EQ(midnight.cs, absl::CivilSecond(day)) << text << " begins at midnight by the clock on the wall";
  }
}

TEST_F(Dates, OnlyTheTwoClockChangesOfEachYearMakeADayShorterOrLonger) {
  for (LocalDate day = kFirst; day <= kLast; ++day) {
    const int year = static_cast<int>(day.year());
    const absl::Duration hours = day == LastSunday(year, 3)    ? absl::Hours(23)
                                 : day == LastSunday(year, 10) ? absl::Hours(25)
                                                               : absl::Hours(24);
    ASSERT_EQ(EndOf(day) - StartOf(day), hours) << FormatDate(day);
  }
  for (int year = 2024; year <= 2030; ++year) {
    const LocalDate spring = LastSunday(year, 3), autumn = LastSunday(year, 10);
    EXPECT_FALSE(IsSummerTime(StartOf(spring))) << year;
    EXPECT_TRUE(IsSummerTime(EndOf(spring))) << year;
    EXPECT_TRUE(IsSummerTime(StartOf(autumn))) << year;
    EXPECT_FALSE(IsSummerTime(EndOf(autumn))) << year;
    // 01:00 UTC both times, by the law; the hour that comes twice belongs to the same day.
    EXPECT_EQ(FormatInstant(EndOf(spring)), FormatDate(spring) + "T23:00:00Z");
    EXPECT_EQ(FormatInstant(EndOf(autumn)), FormatDate(autumn + 1) + "T00:00:00Z");
    const absl::Time repeated = StartOf(autumn) + absl::Minutes(90);
    EXPECT_EQ(DateOf(repeated), autumn);
    EXPECT_EQ(DateOf(repeated + absl::Hours(1)), autumn);
    EXPECT_EQ(London().At(repeated).cs, London().At(repeated + absl::Hours(1)).cs) << "half past one comes twice";
  }
}

TEST_F(Dates, AnyInstantLiesInItsOwnDayAndComesBackFromItsText) {
  for (int i = 0; i < kTries; ++i) {
    const absl::Time instant = AnyInstant();
    const LocalDate day = DateOf(instant);
    ASSERT_LE(StartOf(day), instant) << FormatInstant(instant);
    ASSERT_LT(instant, EndOf(day)) << FormatInstant(instant);
    ASSERT_EQ(ParseInstant(FormatInstant(instant)), instant) << FormatInstant(instant);
    const absl::Time later = instant + absl::Seconds(Between(1, 100'000'000));
    ASSERT_LE(day, DateOf(later)) << FormatInstant(instant) << " " << FormatInstant(later);
  }
}

TEST_F(Dates, MonthsKeepTheDayOrEndWhereTheMonthEnds) {
  for (int i = 0; i < kTries; ++i) {
    const LocalDate from = AnyDate();
    const int months = Between(0, 120);
    const LocalDate to = AddMonths(from, months);
    const auto told = [&] { return FormatDate(from) + " + " + std::to_string(months) + " months = " + FormatDate(to); };
    ASSERT_EQ(absl::CivilMonth(to), absl::CivilMonth(from) + months) << told();
    ASSERT_TRUE(to.day() == from.day() || (to.day() < from.day() && LocalDate(to + 1).day() == 1)) << told();
    ASSERT_LE(to, AddMonths(from + 1, months)) << told() << ": a later start never ends earlier";
    ASSERT_LE(AddMonths(from, months), AddMonths(from, months + 1)) << told();
    if (from.day() <= 28) {
      ASSERT_EQ(AddMonths(AddMonths(from, months), -months), from) << told() << ": and back";
      const int part = Between(0, months);
      ASSERT_EQ(AddMonths(AddMonths(from, part), months - part), to) << told() << " in two steps";
    }
  }
}

TEST_F(Dates, WhatIsNoDateIsNeverReadAsOne) {
  for (int i = 0; i < kTries; ++i) {
    const int year = Between(1900, 2100), month = Between(0, 15), day = Between(0, 35);
    char text[16];
    snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    const bool exists = month >= 1 && month <= 12 && day >= 1 && day <= (absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1).day();
    const auto read = ParseDate(text);
    ASSERT_EQ(read.has_value(), exists) << text;
    if (exists) {
      ASSERT_EQ(FormatDate(*read), text);
    }
    std::string spoiled = text;
    spoiled[static_cast<std::size_t>(Between(0, 9))] = "x /+."[Between(0, 4)];
    ASSERT_FALSE(ParseDate(spoiled).has_value()) << spoiled;
  }
}

}  // namespace
}  // namespace evenhand
