#include "services/restriction/handles/handles.h"

#include <gmock/gmock.h>

namespace evenhand::restriction {
namespace {

using testing::Optional;

TEST(CaseI, OneNumberHoweverItIsWritten) {
  for (const char* written :
       {"07700 900123", "00447700900123", "+44 (0)7700 900 123", "7700900123", "tel:+44-7700-900123", " +447700900123 "})
    EXPECT_THAT(NormalisePhone(written), Optional(std::string("+447700900123"))) << written;
}

TEST(CaseI, WhatIsNoNumberIsNone) {
  for (const char* written : {"", "no number", "12", "07700", "pat@example.org", "unknown caller 07700900123"})
    EXPECT_EQ(NormalisePhone(written), std::nullopt) << written;
}

TEST(Handles, EmailWithoutRegardToCase) {
  EXPECT_THAT(NormaliseEmail(" Pat@Example.ORG "), Optional(std::string("pat@example.org")));
  EXPECT_EQ(NormaliseEmail("pat"), std::nullopt);
  EXPECT_EQ(NormaliseEmail("a@b@c"), std::nullopt);
}

// The index, the database and a check must come to the same form, in whatever number of steps.
TEST(Handles, TheNormalFormIsItsOwn) {
  EXPECT_THAT(NormaliseEmail("mailto:mailto: pat@example.org"), Optional(std::string("pat@example.org")));
  for (const char* written : {"+4400123-900123", "000442 555 14,3", "+44 00 1632 960001", "+39 0 6 1234 567"}) {
    const auto once = NormalisePhone(written);
    EXPECT_TRUE(!once || NormalisePhone(*once) == once) << written;
  }
  EXPECT_THAT(NormaliseSocial("@@Pat"), Optional(std::string("pat")));
  EXPECT_THAT(NormaliseSocial("@ Pat"), Optional(std::string("pat")));
  EXPECT_EQ(NormaliseSocial("@ @"), std::nullopt);
}

TEST(Handles, UprnKeepsItsDigitsOnly) {
  EXPECT_THAT(NormaliseUprn("0001 2345 6789"), Optional(std::string("123456789")));
  EXPECT_EQ(NormaliseUprn("12A"), std::nullopt);
  EXPECT_EQ(NormaliseUprn("0"), std::nullopt);
}

TEST(Handles, SocialAndCrm) {
  EXPECT_THAT(NormaliseSocial("@Pat_Example"), Optional(std::string("pat_example")));
  EXPECT_THAT(NormaliseCrmRef(" crm-1 "), Optional(std::string("CRM-1")));
}

}  // namespace
}  // namespace evenhand::restriction
