#include "services/notification/domain/letter_way.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand::notification {
namespace {

TEST(LetterWay, OutsideDevModeAStartWithoutAWayForLettersIsRefusedWithWords) {
  EXPECT_THAT(FaultOfLetterWay(false, "", ""), ::testing::HasSubstr("notify-url"));
  EXPECT_EQ(FaultOfLetterWay(true, "", ""), "");
}

TEST(LetterWay, NotifyAFolderOrThePrintRoomsListIsAWay) {
  EXPECT_EQ(FaultOfLetterWay(false, "https://api.notifications.service.gov.uk", ""), "");
  EXPECT_EQ(FaultOfLetterWay(false, "", "/srv/evenhand/print"), "");
  EXPECT_EQ(FaultOfLetterWay(false, "", "list"), "");
}

TEST(LetterWay, AFolderIsNamedWhole) { EXPECT_THAT(FaultOfLetterWay(false, "", "print"), ::testing::HasSubstr("whole path")); }

}  // namespace
}  // namespace evenhand::notification
