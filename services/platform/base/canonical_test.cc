#include "services/platform/base/canonical.h"

#include <gtest/gtest.h>

namespace evenhand {
namespace {

TEST(Canonical, EverySpellingOfOneStaffNumberIsOneNumber) {
  for (const char* typed : {"E3000",
                            "e3000",
                            "E3000 ",
                            " E3000",
                            "\tE3000\n",
                            "E 3000",
                            "E3000\u200b",
                            "\ufeffE3000",
                            "E\u00ad3000",
                            "Ｅ3000",
                            "Ｅ３０００",
                            "\u00a0e3000\u2003",
                            "E3000\u2060",
                            "\u202aE3000\u202c",
                            "Е3000" /* Cyrillic */,
                            "E٣٠٠٠",
                            "E\u00013000",
                            "E3000.",
                            "E3000;",
                            "E3000/",
                            "'E3000'",
                            "\u201cE3000\u201d",
                            "(E3000)",
                            "#E3000",
                            "E-3000",
                            "E\u20113000",
                            "E.3000",
                            "E_3000",
                            "E3000\u2800",
                            "\u2800E\u28003000",
                            "E3000\u00b7",
                            "E3000\u2026",
                            "E3000\u0085",
                            "E\u20283000",
                            "Ε3000" /* Greek */,
                            "ε3000",
                            "Ꭼ3000" /* Cherokee */,
                            "ꓰ3000" /* Lisu */})
    EXPECT_EQ(CanonicalStaffNumber(typed), "E3000") << typed;
}

TEST(Canonical, WhatIsNoLettersAndDigitsIsFoldedAndKept) {
  EXPECT_EQ(CanonicalStaffNumber("U-Senior_Manager"), "u-senior_manager");
  EXPECT_EQ(CanonicalStaffNumber("U\u2010Leader"), CanonicalStaffNumber("u\u2010leader"));
  EXPECT_EQ(CanonicalStaffNumber(" Pat  Example "), "pat example");
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

TEST(Canonical, WhatIsNotOneNumberMeansEveryNumberInIt) {
  for (const char* typed :
       {"E3001/E3002", "E3002, E3001", "E3002 3001", "E3001@council.example", "A. Manager E3001", "Manager: E 3001", "E-30-01", "E30 01",
        "E3OO1", "E3001 (E3001)", "示例 E3001", "E3001\u2800E3002", "https://hr.example/E3001?x"}) {
    const std::string kept = CanonicalStaffNumber(typed);
    EXPECT_FALSE(IsOneStaffNumber(kept)) << typed;
    EXPECT_TRUE(StaffNumbersIn(kept).contains("E3001")) << typed;
  }
  EXPECT_TRUE(StaffNumbersIn("u-leader; u-boss7").contains("u-boss7"));
  for (const char* one : {"E3001", "12345", "u-senior_manager", "u-boss7", "pat.example", "8f14e45f-ceea-467e-9f2c-3f1c1b4a5d6e"}) {
    EXPECT_TRUE(IsOneStaffNumber(one)) << one;
    EXPECT_TRUE(StaffNumbersIn(one).contains(one)) << one;
  }
  EXPECT_EQ(StaffNumbersIn("E3001"), std::set<std::string>{"E3001"});
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
