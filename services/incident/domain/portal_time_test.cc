#include "services/incident/domain/portal_time.h"

#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"

namespace evenhand::incident {
namespace {

TEST(PortalTimes, DayComesFirst) {
  EXPECT_EQ(FormatInstant(ReadPortalTime("03/04/2026", "09:15").instant).substr(0, 16), "2026-04-03T08:15");
}

TEST(PortalTimes, ADateThatDoesNotExistIsRefused) { EXPECT_EQ(ReadPortalTime("31/02/2026", "09:15").fault, PortalTime::Fault::kDate); }

TEST(PortalTimes, TheHourThatTheClocksSkipIsRefused) {
  EXPECT_EQ(ReadPortalTime("29/03/2026", "01:30").fault, PortalTime::Fault::kSkippedHour);
}

TEST(PortalTimes, TheDoubledHourIsTheFirstAndFlagged) {
  const PortalTime time = ReadPortalTime("25/10/2026", "01:30");
  EXPECT_TRUE(time.doubled);
  EXPECT_EQ(FormatInstant(time.instant).substr(0, 16), "2026-10-25T00:30");
}

TEST(PortalTimes, NonsenseIsATimeFault) {
  for (const char* text : {"", "9", "24:00", "09:60", "09:15:61", "nine", "-1:00"})
    EXPECT_EQ(ReadPortalTime("03/04/2026", text).fault, PortalTime::Fault::kTime) << text;
}

}  // namespace
}  // namespace evenhand::incident
