// Service areas are data, and staff numbers have one form: what people and systems type in many ways means one area, one colleague.
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

std::vector<std::string> NamesOf(const Reply& list) {
  std::vector<std::string> names;
  for (const Json& area : list.json.value("serviceAreas", Json::array())) names.push_back(area.value("name", ""));
  return names;
}

TEST(Areas, WhoeverHasARoleReadsThemAndAdministratorsEnterThem) {
  Stack& stack = Stack::Shared();
  const std::string name = Unique("Area");
  const Json body = {{"name", name}, {"aliases", {name + " and Sports"}}};
  EXPECT_THAT(stack.As("senior_manager").Put("/v1/serviceAreas/" + name, body), Refused(403, ""));
  const Client admin = stack.As("administrator", "");
  const Reply made = admin.Put("/v1/serviceAreas/" + name, body);
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made.Text("name"), name);
  for (const char* role : {"employee", "crm", "monitoring", "auditor"})
    EXPECT_THAT(NamesOf(stack.As(role, "").Get("/v1/serviceAreas")), ::testing::Contains(name)) << role;

  EXPECT_EQ(admin.Put("/v1/serviceAreas/" + name, body).status, 428) << "one that changes needs If-Match";
  EXPECT_EQ(admin.Put("/v1/serviceAreas/" + name, body, {{"If-Match", "\"99\""}}).status, 412);
  EXPECT_EQ(admin.Put("/v1/serviceAreas/" + name, {{"name", name + " renamed"}}, made.IfMatch()).status, 409)
      << "records are kept under it";
  const Reply taken = admin.Put("/v1/serviceAreas/other", {{"name", "HOUSING "}});
  EXPECT_EQ(taken.status, 409) << "one word means one area";
  EXPECT_THAT(admin.Put("/v1/serviceAreas/none", {{"name", " \u200b"}}), Violates("name"));
}

TEST(Areas, AnySpellingAndAnyAliasMeansTheAreaInEveryService) {
  Stack& stack = Stack::Shared();
  const std::string name = Unique("Leisure"), alias = Unique("Swimming");
  ASSERT_THAT(stack.As("administrator", "").Put("/v1/serviceAreas/" + name, {{"name", name}, {"aliases", {alias}}}), Succeeds());
  const Client leader = stack.As("team_leader", " " + alias + "\u200b");
  // incident-service hears of it by an event.
  ASSERT_TRUE(Eventually([&] {
    const Reply made = leader.Post("/v1/incidents", AnIncident({{"serviceArea", alias}}));
    return made.ok() && leader.Get("/v1/incidents/" + made.id()).Text("serviceArea") == name;
  }));
  EXPECT_EQ(leader.Get("/v1/incidents?serviceArea=" + name).json.value("incidents", Json::array()).size(),
            leader.Get("/v1/incidents?serviceArea=" + alias).json.value("incidents", Json::array()).size());
}

TEST(Areas, AnAreaThatNobodyKnowsGivesATokenNoRight) {
  Stack& stack = Stack::Shared();
  const Reply made = stack.As("employee", "Housing", "E1001").Post("/v1/incidents", AnIncident({{"serviceArea", "Atlantis"}}));
  ASSERT_THAT(made, Succeeds()) << "an incident is never refused for its area";
  EXPECT_EQ(stack.As("team_leader", "Atlantis", "E2777").Get("/v1/incidents/" + made.id()).status, 403);
}

TEST(Clause7_3, ThePersonHarmedDoesNotDecideHoweverTheirNumberWasTyped) {
  Stack& stack = Stack::Shared();
  for (const std::string number : {"e3000", "E3000 ", " E3000", "E3000\u200b", "Ｅ3000"}) {
    const std::string person = RegisterPerson(stack);
    const std::string incident = EvidenceAbout(stack, person, {{"staff", {{{"staffId", number}, {"role", "AFFECTED"}}}}});
    const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
    ASSERT_THAT(proposed, Succeeds()) << number;
    EXPECT_EQ(stack.As("senior_manager", "Housing", "E3000")
                  .Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch())
                  .status,
              403)
        << number;
    EXPECT_EQ(stack.As("senior_manager", "Housing", "\uff453000")
                  .Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch())
                  .status,
              403)
        << "a token's number too";
  }
}

TEST(Refusals, FortyBadGroundsAreFortyFaultsNotTheTransports) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  Json grounds = Json::array();
  for (int i = 0; i < 40; ++i) grounds.push_back({{"behaviour", "REFUSAL_TO_COOPERATE"}});
  const Reply refused = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {}, {{"grounds", grounds}}));
  EXPECT_EQ(refused.status, 400) << refused;
  EXPECT_GE(refused.json.value("violations", Json::array()).size(), 40u);
}

}  // namespace
}  // namespace evenhand::testing
