#include "services/platform/areas/area_directory.h"

#include <gmock/gmock.h>

namespace evenhand {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

const AreaDirectory& Council() {
  static const AreaDirectory areas(std::vector<ServiceArea>{
      {"housing", "Housing", {"Homes", "Council Houses"}, 1}, {"socialwork", "Social Work", {}, 1}, {"education", "Education", {}, 1}});
  return areas;
}

TEST(Areas, EverySpellingOfANameOrAnAliasIsTheArea) {
  for (const char* typed : {"Housing", "housing", "HOUSING ", "Hous ing", "Housing\u200b", "homes", "COUNCIL\u00a0HOUSES"})
    EXPECT_THAT(Council().Resolve(typed), Optional(std::string("Housing"))) << typed;
  EXPECT_THAT(Council().Resolve("socialwork"), Optional(std::string("Social Work")));
}

TEST(Areas, WhatNobodyKnowsIsNoArea) {
  for (const char* typed : {"", "Housng", "Housing,Education", "*"}) EXPECT_FALSE(Council().Knows(typed)) << typed;
  EXPECT_FALSE(AreaDirectory().Knows("Housing")) << "before any is entered";
}

TEST(Areas, ARefusalNamesTheNearest) {
  EXPECT_EQ(Council().Nearest("Housng"), "Housing");
  EXPECT_EQ(Council().Nearest("social wrok"), "Social Work");
  EXPECT_EQ(Council().Nearest("Council House"), "Housing") << "an alias is nearest";
  EXPECT_THAT(Council().SentenceOfUnknown("Housng"), HasSubstr("Housing?"));
  EXPECT_EQ(AreaDirectory().Nearest("Housing"), "");
}

TEST(Areas, AnAliasNeverTakesAnotherAreasName) {
  const AreaDirectory areas(std::vector<ServiceArea>{{"a", "Housing", {"Education"}, 1}, {"b", "Education", {}, 1}});
  EXPECT_THAT(areas.Resolve("education"), Optional(std::string("Education")));
  EXPECT_THAT(areas.Names(), ElementsAre("Education", "Housing"));
}

}  // namespace
}  // namespace evenhand
