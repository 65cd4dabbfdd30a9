#include "services/platform/base/canonical.h"

#include <gtest/gtest.h>

namespace evenhand {
namespace {

TEST(Canonical, EverySpellingOfOneStaffNumberIsOneNumber) {
  for (const char* typed :
       {"E3000", "e3000", "E3000 ", " E3000", "\tE3000\n", "E 3000", "E3000\u200b", "\ufeffE3000", "E\u00ad3000", "Ｅ3000", "Ｅ３０００",
        "\u00a0e3000\u2003", "E3000\u2060", "\u202aE3000\u202c", "Е3000" /* Cyrillic */, "E٣٠٠٠", "E\u00013000"})
    EXPECT_EQ(CanonicalStaffNumber(typed), "E3000") << typed;
}

TEST(Canonical, WhatIsNoLettersAndDigitsIsFoldedAndKept) {
  EXPECT_EQ(CanonicalStaffNumber("U-Senior_Manager"), "u-senior_manager");
  EXPECT_EQ(CanonicalStaffNumber("U\u2010Leader"), CanonicalStaffNumber("u\u2010leader"));
  EXPECT_EQ(CanonicalStaffNumber(" Pat  Example "), "pat  example");
  EXPECT_EQ(CanonicalStaffNumber("12345"), "12345");
  EXPECT_EQ(CanonicalStaffNumber("pat@council.example"), "pat@council.example");
  EXPECT_EQ(CanonicalStaffNumber("示例"), "示例");
  EXPECT_EQ(CanonicalStaffNumber(""), "");
  EXPECT_EQ(CanonicalStaffNumber("\u200b"), "");
}

TEST(Canonical, ItsOwnFormIsLeftAsItIs) {
  for (const char* typed : {"E3000", "u-senior_manager", "ｅ3000", "Straße", "ﬁ1", "İ7", "Σίσυφος", "x\u0301y"}) {
    const std::string once = CanonicalStaffNumber(typed);
    EXPECT_EQ(CanonicalStaffNumber(once), once) << typed;
    const std::string key = CanonicalKey(typed);
    EXPECT_EQ(CanonicalKey(key), key) << typed;
  }
}

TEST(Canonical, DifferentNumbersStayDifferent) {
  EXPECT_NE(CanonicalStaffNumber("E3000"), CanonicalStaffNumber("E3001"));
  EXPECT_NE(CanonicalStaffNumber("E3000"), CanonicalStaffNumber("3000"));
  EXPECT_NE(CanonicalStaffNumber("E0300"), CanonicalStaffNumber("E300"));
}

TEST(Canonical, AreasAndRolesAreComparedWithoutCaseAndBlanks) {
  for (const char* typed :
       {"Social Work", "social work", "SOCIALWORK", " Social\u00a0Work ", "Social  Work\u200b", "ＳＯＣＩＡＬ ＷＯＲＫ"})
    EXPECT_EQ(CanonicalKey(typed), "socialwork") << typed;
  EXPECT_EQ(CanonicalKey("Cafe\u0301"), CanonicalKey("CAFÉ"));
}

}  // namespace
}  // namespace evenhand
