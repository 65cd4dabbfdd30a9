#include "services/restriction/check/query.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/handles/handles.h"

namespace evenhand::restriction::check {
namespace {

v1::CheckContactRequest Phone(const std::string& number) {
  v1::CheckContactRequest request;
  request.set_phone(number);
  return request;
}

TEST(CaseI, FiveNotationsAreOneHandle) {
  ContactQuery first;
  ASSERT_TRUE(ReadQuery(AreaDirectory::Any(), Phone("07700 900123"), first).empty());
  for (const char* written : {"00447700900123", "+44 (0)7700 900 123", "7700900123", "tel:+44-7700-900123", "+447700900123"}) {
    ContactQuery other;
    const auto request = Phone(written);
    EXPECT_TRUE(ReadQuery(AreaDirectory::Any(), request, other).empty()) << written;
    EXPECT_EQ(other.handle, first.handle) << written;
  }
}

TEST(Query, WhatIsWrongIsSaidAllAtOnce) {
  ContactQuery query;
  const v1::CheckContactRequest nothing;
  EXPECT_EQ(ReadQuery(AreaDirectory::Any(), nothing, query)[0].field, "phone");
  EXPECT_EQ(ReadQuery(AreaDirectory::Any(), Phone("no number"), query)[0].field, "phone");
  auto both = Phone("07700 900123");
  both.set_email("pat@example.org");
  both.set_consistency_token("x");
  const Refusals no = ReadQuery(AreaDirectory::Any(), both, query);
  ASSERT_EQ(no.size(), 2u);
  EXPECT_EQ(no[0].field, "email");
  EXPECT_EQ(no[1].field, "consistencyToken");
}

// The quick way must be the same as libphonenumber's wherever it answers at all.
TEST(QuickPhone, AgreesWithLibphonenumber) {
  std::mt19937 random(7);
  const std::string alphabet = "0123456789 +";
  int answered = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 4 == 0 ? "+44" : i % 4 == 1 ? "0" : i % 4 == 2 ? "07700 900" : "";
    const auto length = 2 + random() % 11;
    for (std::size_t n = 0; n < length; ++n) text += i % 2 == 0 ? alphabet[random() % 10] : alphabet[random() % alphabet.size()];
    const auto quick = QuickPhone(text);
    if (!quick) continue;
    ++answered;
    EXPECT_EQ(quick, NormalisePhone(text)) << text;
  }
  EXPECT_GT(answered, 500);
}

TEST(Tokens, AreReadBackAndOthersRefused) {
  const Revision revision{"0190a1b2-c3d4-4e5f-8091-a2b3c4d5e6f7", 42};
  EXPECT_EQ(ParseToken(FormatToken(revision)), revision);
  for (const char* bad : {"", "x", "0190a1b2-c3d4-4e5f-8091-a2b3c4d5e6f7", "0190a1b2-c3d4-4e5f-8091-a2b3c4d5e6f7.-1",
                          "0190a1b2-c3d4-4e5f-8091-a2b3c4d5e6f7.1x"})
    EXPECT_FALSE(ParseToken(bad)) << bad;
}

// 4.1, 12.4: what holds in an area that nobody knows can't be told, so CLEAR is never said for it.
TEST(CheckQuery, AnAreaThatNobodyKnowsIsRefusedWithTheNearest) {
  const AreaDirectory areas({{.id = "housing", .name = "Housing", .aliases = {"Homes"}}, {.id = "libraries", .name = "Libraries"}});
  v1::CheckContactRequest request = Phone("07700 900123");
  ContactQuery query;
  for (const char* typed : {"Housing", "housing", " HOUSING\u200b", "homes", "\uff28ousing"}) {
    request.set_service_area(typed);
    EXPECT_TRUE(ReadQuery(areas, request, query).empty()) << typed;
    EXPECT_EQ(query.area, "Housing");
  }
  request.set_service_area("Housng");
  const Refusals no = ReadQuery(areas, request, query);
  ASSERT_EQ(no.size(), 1u);
  EXPECT_EQ(no[0].field, "serviceArea");
  EXPECT_THAT(no[0].message, ::testing::HasSubstr("Housing"));
  request.clear_service_area();
  EXPECT_TRUE(ReadQuery(areas, request, query).empty()) << "none asked: every area's guidance";
}

// Whoever could ask for whom a colleague must not be put through could find out who asked not to be (10.4).
TEST(Clause12_4, OnlyASystemOrThePersonThemselfNamesWhomAContactIsFor) {
  v1::CheckContactRequest request = Phone("07700 900123");
  request.set_staff_id("E1001");
  ContactQuery query;
  const Actor other{.id = "E1777", .roles = {Role::kEmployee}}, self{.id = "E1001", .roles = {Role::kEmployee}};
  const Actor director{.id = "E4001", .roles = {Role::kStrategicDirector}}, crm{.id = "crm", .roles = {Role::kCrm}};
  Actor through_crm = other;
  through_crm.through = std::make_shared<const Actor>(crm);
  for (const Actor* no : {&other, &director}) {
    const auto refusal = RefusalToAsk(AreaDirectory::Any(), *no, request, query);
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->kind, RefusalKind::kNotPermitted);
  }
  for (const Actor* yes : {&self, &crm, &std::as_const(through_crm)})
    EXPECT_FALSE(RefusalToAsk(AreaDirectory::Any(), *yes, request, query).has_value());
}

}  // namespace
}  // namespace evenhand::restriction::check
