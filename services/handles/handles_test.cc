#include "services/handles/handles.h"

#include <gmock/gmock.h>

namespace evenhand {
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

TEST(Handles, AnAddressIsTheSameHoweverItIsQuotedLinkedOrSpelled) {
  for (const char* written :
       {"pat.example@example.org", "Pat.Example@EXAMPLE.org", "mailto:pat.example@example.org?subject=Hello", "<pat.example@example.org>",
        "'pat.example@example.org'", "\u201cpat.example@example.org\u201d", "pat.example@example.org.", "pat.example@example.org;",
        "pat.example@example.org\u200b", "\ufeffpat.example@example.org", "pat.example@example.org\u00a0", "pat.example\u202e@example.org",
        "pat.ex\u00adample@example.org", "\uff50at.example\uff20example.org", "pat.example@example\u3002org",
        "pat.ex\u0430mple@example.org", "\"pat.example\"@example.org", "pat.example@example.org\u2800"})
    EXPECT_THAT(NormaliseEmail(written), Optional(std::string("pat.example@example.org"))) << written;
  EXPECT_THAT(NormaliseEmail("pat\u2019s@example.org"), NormaliseEmail("Pat's@example.org"));
  for (const char* unread :
       {"Pat Example <pat@example.org>", "pat@example..org", "pat@", "@example.org", "pat@exa mple.org", "mailto:pat%40x.org",
        "pat@xn--zzzzzzz\u20ac.org", "pat\ue000@example.org", "pat@example.org, kim@example.org"})
    EXPECT_EQ(NormaliseEmail(unread), std::nullopt) << unread;
}

TEST(Handles, ADomainIsTheSameInUnicodeAndInPunycode) {
  const auto held = NormaliseEmail("pat@b\u00fccher.example");
  ASSERT_TRUE(held.has_value());
  for (const char* written :
       {"pat@xn--bcher-kva.example", "PAT@B\u00dcCHER.example", "pat@bu\u0308cher.example", "pat@XN--BCHER-KVA.EXAMPLE"})
    EXPECT_EQ(NormaliseEmail(written), held) << written;
  EXPECT_EQ(NormaliseEmail("Siobh\u00e1n@example.org"), NormaliseEmail("SIOBHA\u0301N@example.org"));
  EXPECT_EQ(NormaliseEmail("pat@stra\u00dfe.example"), NormaliseEmail("pat@xn--strae-oqa.example"));
}

TEST(Handles, ASocialAccountIsTheSameByNameAndByItsPage) {
  for (const char* written :
       {"pat_example", "@Pat_Example", "https://x.example/pat_example", "https://www.x.example/@pat_example/?lang=en#top",
        "x.example/pat_example", "https://x.example/user/pat_example/about", "@pat_example@social.example",
        "https://x.example/pat%5Fexample", "@pat\u200b_example", "'@pat_example'"})
    EXPECT_THAT(NormaliseSocial(written), Optional(std::string("pat_example"))) << written;
  EXPECT_THAT(NormaliseSocial("https://x.example/profile.php?id=1234&x=y"), Optional(std::string("1234")));
  EXPECT_EQ(NormaliseSocial("Pat  Example"), NormaliseSocial("pat\u00a0example"));
  for (const char* blank : {"\u2800", "\u2028", "\u0085", "\u00a0", "\u2009", "\u3000"})
    EXPECT_THAT(NormaliseSocial(std::string("@pat") + blank + "_example"), Optional(std::string("pat_example"))) << blank;
  for (const char* unread : {"@", "https://", " \u200b ", "\ue000"}) EXPECT_EQ(NormaliseSocial(unread), std::nullopt) << unread;
}

TEST(Handles, TheLongestHandleMayHaveBlanksAroundIt) {
  const std::string longest(320, 'x');
  EXPECT_EQ(NormaliseSocial(longest), longest);
  EXPECT_EQ(NormaliseSocial(" " + longest + "\t"), longest);
  EXPECT_EQ(NormaliseSocial(longest + "x"), std::nullopt);
}

TEST(Handles, AReferenceIsTheSameToWhoeverReadsIt) {
  for (const char* written : {"crm-1", "CRM\u20111", "CRM\u20131", "\uff23RM-1", "CRM-1\u200b", "'CRM-1'", "CRM-1.", "\u0421RM-1", "CRM-1/",
                              "#CRM-1", "CRM\u2800-1", "CRM-\u20281", "C\u0085RM-1", "CRM\u00a0-1", "CRM-\u20091", "CRM -1"})
    EXPECT_THAT(NormaliseCrmRef(written), Optional(std::string("CRM-1"))) << written;
  EXPECT_EQ(NormaliseCrmRef("CRM 1"), NormaliseCrmRef("CRM\u00a01"));
  EXPECT_THAT(NormaliseUprn("\u0661\u0662\u00a0\uff13"), Optional(std::string("123")));
  EXPECT_THAT(NormalisePhone("07700\u200d 900\ufe0f123"), Optional(std::string("+447700900123")));
}

}  // namespace
}  // namespace evenhand
