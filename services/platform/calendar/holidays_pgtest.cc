#include "services/platform/calendar/holidays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/testing/pg.h"

namespace evenhand {
namespace {

class Holidays : public ::testing::Test {
 protected:
  Holidays() : connection_(testing::Postgres::Shared().Fresh("incident", {})) {}

  absl::Status Load(std::string_view csv) {
    return LoadBankHolidays(testing::Postgres::Shared().owner(), "incident", csv, absl::UnixEpoch());
  }
  template <typename Do>
  auto With(Do work) {
    const auto open = Pool({.connection = connection_, .schema = "incident"}).Open();
    pqxx::work sql(*open);
    const Call call;
    Session session(sql, call, absl::UnixEpoch(), "scotland");
    const auto done = work(session);
    sql.commit();
    return done;
  }
  bool Works(LocalDate day) {
    return With([&](Session& session) { return CouncilCalendar(session).IsWorkingDay(day); });
  }

  std::string connection_;
};

// What gov.uk announced late or moved: the day of June 2026, St Andrew's Day on the Monday after.
TEST_F(Holidays, ThisReleaseKnowsThoseOfBothCalendarsAndSaysUntilWhen) {
  EXPECT_FALSE(Works(LocalDate(2026, 6, 15)));
  EXPECT_FALSE(Works(LocalDate(2025, 12, 1)));
  EXPECT_TRUE(Works(LocalDate(2025, 11, 28)));
  EXPECT_TRUE(Works(LocalDate(2026, 4, 6))) << "Easter Monday is England's";
  EXPECT_FALSE(With([](Session& session) { return LoadCalendar(session.sql(), "england-and-wales").IsWorkingDay(LocalDate(2026, 4, 6)); }));
  EXPECT_EQ(With([](Session& session) { return CouncilCalendar(session).known_until(); }), LocalDate(2028, 12, 31));
}

TEST_F(Holidays, LaterYearsAreLoadedFromAFileAndADayThatMovedMoves) {
  ASSERT_TRUE(Load("calendar,date,name\nscotland,2030-01-01,New Year's Day\nscotland,2030-05-06,Early May bank holiday\n").ok());
  EXPECT_FALSE(Works(LocalDate(2030, 5, 6)));
  EXPECT_FALSE(Works(LocalDate(2026, 11, 30))) << "what the file doesn't reach stays";
  ASSERT_TRUE(Load("calendar,date,name\r\nscotland,2030-01-01,New Year's Day\r\nscotland,2030-05-08,VE Day\r\n").ok());
  ASSERT_TRUE(
      Load("calendar,date,name\nscotland,2030-01-01,New Year's Day\nscotland,2030-05-06,Early May\nscotland,2030-05-08,VE Day\n").ok());
  EXPECT_FALSE(Works(LocalDate(2030, 5, 8)));
  ASSERT_TRUE(Load("calendar,date,name\nscotland,2030-01-01,New Year's Day\nscotland,2030-05-08,VE Day\n").ok());
  EXPECT_TRUE(Works(LocalDate(2030, 5, 6)));
}

TEST_F(Holidays, TheCouncilsOwnExceptionsBothWaysOutliveALoad) {
  const Holiday own{.calendar = "scotland", .date = LocalDate(2027, 5, 7), .name = "Council holiday", .source = kCouncilsOwn};
  const Holiday worked{
      .calendar = "scotland", .date = LocalDate(2027, 5, 31), .name = "Spring bank holiday", .source = kBankHoliday, .worked = true};
  With([&](Session& session) {
    Follow(session, EventOf(own, false).ToMessage());
    Follow(session, EventOf(worked, false).ToMessage());
    return 0;
  });
  ASSERT_TRUE(Load(KnownBankHolidays()).ok());
  EXPECT_FALSE(Works(own.date));
  EXPECT_TRUE(Works(worked.date));
  With([&](Session& session) {
    Follow(session, EventOf(own, true).ToMessage());
    return 0;
  });
  EXPECT_TRUE(Works(own.date));
}

TEST_F(Holidays, AFileThatCantBeReadLoadsNothingAndNamesItsLine) {
  for (const auto& [csv, fault] : std::vector<std::pair<std::string, std::string>>{
           {"date,name\n2030-01-01,New Year's Day\n", "first line"},
           {"calendar,date,name\nscotland,2030-02-01,One\nscotland,2030-02-30,Two\n", "line 3"},
           {"calendar,date,name\nscotland,1/2/2030,One\n", "line 2"},
           {"calendar,date,name\nscotland,2030-02-01\n", "line 2"}}) {
    const absl::Status loaded = Load(csv);
    EXPECT_FALSE(loaded.ok());
    EXPECT_THAT(std::string(loaded.message()), ::testing::HasSubstr(fault));
  }
  EXPECT_TRUE(Works(LocalDate(2030, 2, 1)));
  EXPECT_FALSE(BankHolidays("/nowhere/holidays.csv").ok());
}

}  // namespace
}  // namespace evenhand
