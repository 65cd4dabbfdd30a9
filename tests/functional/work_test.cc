// Who I am here, and what waits for me: one list over all services, by the same rights as everything else.
#include <csignal>
#include <set>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::vector<Json> ItemsOf(const Client& client, const std::string& query = "") {
  std::vector<Json> items;
  std::string token;
  do {
    const Reply page = client.Get("/v1/work?pageSize=200&pageToken=" + token + (query.empty() ? "" : "&" + query));
    EXPECT_EQ(page.status, 200) << page;
    for (const Json& item : page.json.value("items", Json::array())) items.push_back(item);
    token = page.Text("nextPageToken");
  } while (!token.empty());
  return items;
}

std::vector<std::string> Hrefs(const Client& client, const std::string& kind) {
  std::vector<std::string> hrefs;
  for (const Json& item : ItemsOf(client, "kind=" + kind)) hrefs.push_back(item["href"]);
  return hrefs;
}

std::string Title(const Client& client, const std::string& href) {
  for (const Json& item : ItemsOf(client))
    if (item["href"] == href) return item["title"];
  return "";
}

TEST(Me, IsToldToWhoeverHasATokenThatHolds) {
  Stack& stack = Stack::Shared();
  const Reply leader = stack.As("team_leader", "Housing,Narnia", "e2001").Get("/v1/me");
  ASSERT_EQ(leader.status, 200) << leader;
  EXPECT_EQ(leader.Text("sub"), "E2001");
  EXPECT_EQ(leader.json["roles"], Json::array({"team_leader"}));
  EXPECT_EQ(leader.json["serviceAreas"], Json::array({"Housing"}));
  EXPECT_EQ(leader.json["unknownAreas"], Json::array({"Narnia"}));
  EXPECT_EQ(leader.json["unknownRoles"], Json::array());
  std::map<std::string, Json> may;
  for (const Json& right : leader.json["may"]) may[right["operation"]] = right;
  EXPECT_EQ(may["ProposeRestriction"]["path"], "/v1/restrictions");
  EXPECT_EQ(may["ProposeRestriction"]["ownAreasOnly"], true);
  EXPECT_EQ(may["RecordIncident"]["ownAreasOnly"], false);
  EXPECT_EQ(may.count("PutServiceArea"), 0U);

  const Reply nobody = stack.As("wizard", "Narnia").Get("/v1/me");
  ASSERT_EQ(nobody.status, 200) << nobody;
  EXPECT_EQ(nobody.json["roles"], Json::array());
  EXPECT_EQ(nobody.json["unknownRoles"], Json::array({"wizard"}));
  EXPECT_THAT(ItemsOf(stack.As("wizard", "Narnia")), IsEmpty());
  EXPECT_EQ(stack.Anonymous().Get("/v1/me").status, 401);
  EXPECT_EQ(stack.Anonymous().Get("/v1/work").status, 401);

  const Reply head = stack.As("head_of_establishment,principal_teacher,chief_executive", "Education", "E9").Get("/v1/me");
  EXPECT_EQ(head.json["roles"], Json::array({"senior_manager", "team_leader", "strategic_director"}));
}

TEST(Work, AProposalWaitsForThoseWhoMayDecideOnIt) {
  Stack& stack = Stack::Shared();
  const Reply proposed = Propose(stack, RegisterPerson(stack));
  const std::string href = "/v1/restrictions/" + proposed.id();
  const Client manager = stack.As("senior_manager");
  EXPECT_THAT(Hrefs(manager, "PROPOSAL"), Contains(href));
  EXPECT_THAT(Hrefs(stack.As("senior_manager", "Education"), "PROPOSAL"), Not(Contains(href))) << "another area's";
  EXPECT_THAT(Hrefs(stack.As("senior_manager", "Housing", "E1001"), "PROPOSAL"), Not(Contains(href))) << "the one who was harmed";
  EXPECT_THAT(Hrefs(stack.As("team_leader"), "PROPOSAL"), Not(Contains(href))) << "who may propose and not decide";
  EXPECT_THAT(Hrefs(stack.As("auditor", ""), "PROPOSAL"), IsEmpty()) << "who reads everything decides on nothing";

  ASSERT_TRUE(manager.Post(href + ":return", {{"reason", "Say since when"}}, proposed.IfMatch()).ok());
  EXPECT_THAT(Hrefs(manager, "PROPOSAL"), Not(Contains(href)));
  EXPECT_EQ(Title(stack.As("team_leader"), href), "Correct a proposal that came back");
}

TEST(Work, IsReadWhereItLeadsAndIsCountedWhole) {
  Stack& stack = Stack::Shared();
  for (int i = 0; i < 3; ++i) Propose(stack, RegisterPerson(stack));
  Impose(stack, RegisterPerson(stack));
  const std::vector<Client> readers = {stack.As("senior_manager"),
                                       stack.As("team_leader"),
                                       stack.As("employee"),
                                       stack.As("strategic_director"),
                                       stack.As("team_leader", "Housing", "E2001"),
                                       stack.As("health_safety_adviser", "")};
  int seen = 0;
  for (const Client& reader : readers) {
    const Json page = reader.Get("/v1/work?pageSize=1").json;
    EXPECT_EQ(page["missing"], Json::array()) << page;
    std::map<std::string, int> counted;
    std::string before;
    for (const Json& item : ItemsOf(reader)) {
      ++seen, ++counted[item["kind"]];
      const std::string href = item["href"];
      EXPECT_EQ(reader.Get(href).status, 200) << item;
      EXPECT_NE(item["title"], "") << item;
      const std::string due = item.value("dueAt", "9999");
      EXPECT_GE(due, before) << "what is due first comes first, what has no date last";
      before = due;
    }
    for (const auto& [kind, count] : page["counts"].items()) EXPECT_EQ(count, counted[kind]) << kind;
    EXPECT_EQ(page["counts"].size(), 7U) << page;
  }
  EXPECT_GE(seen, 10);
  EXPECT_THAT(readers[0].Get("/v1/work?kind=CHORE"), Violates("kind"));
}

TEST(Work, AnAppealWaitsForWhoGivesItAwayThenForWhoHearsIt) {
  Stack& stack = Stack::Shared();
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  HandOver(stack, imposed.id());
  const Reply appeal = stack.As("employee")
                           .Post("/v1/appeals", {{"restrictionId", imposed.id()},
                                                 {"receivedOn", DayFromNow(0)},
                                                 {"by", "PERSON"},
                                                 {"channel", "LETTER"},
                                                 {"grounds", "I did not do it."}});
  ASSERT_TRUE(appeal.ok()) << appeal;
  const std::string href = "/v1/appeals/" + appeal.id();
  const Client director = stack.As("strategic_director", "Education", "E4001"),
               other = stack.As("strategic_director", "Education", "E4002");
  EXPECT_EQ(Title(director, href), "Give an appeal to a director");
  EXPECT_EQ(Title(stack.As("senior_manager"), href), "") << "who imposed it has no part in its appeal";
  EXPECT_EQ(Title(stack.As("senior_manager", "Housing", "E3009"), href), "Give an appeal to a director");
  EXPECT_EQ(Title(stack.As("employee"), href), "");
  ASSERT_TRUE(director.Post(href + ":assign", {{"assignee", "E4002"}}, {{"If-Match", "*"}}).ok());
  EXPECT_EQ(Title(other, href), "Decide on an appeal");
  EXPECT_EQ(Title(director, href), "");
}

TEST(Work, AShareWaitsUntilItIsAcknowledged) {
  Stack& stack = Stack::Shared();
  stack.As("administrator", "")
      .Put("/v1/audiences/public-numbers",
           {{"name", "Public numbers"}, {"members", {{{"staffId", "E7101"}, {"email", "desk@council.example"}}}}}, {{"If-Match", "*"}});
  Impose(stack, RegisterPerson(stack));
  const Client told = stack.As("employee", "Housing", "E7101");
  ASSERT_TRUE(Eventually([&] { return !Hrefs(told, "SHARE").empty(); }, 20));
  for (const std::string& href : Hrefs(told, "SHARE")) {
    EXPECT_EQ(told.Get(href).status, 200);
    EXPECT_TRUE(told.Post(href + ":acknowledge", Json::object(), {{"If-Match", "*"}}).ok());
  }
  EXPECT_THAT(Hrefs(told, "SHARE"), IsEmpty());
}

TEST(Work, ALetterWithoutAnAddressIsOneThingToDo) {
  Stack& stack = Stack::Shared();
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  const Client manager = stack.As("senior_manager");
  std::string letter;
  ASSERT_TRUE(Eventually(
      [&] {
        const Json letters = manager.Get("/v1/letters?restrictionId=" + imposed.id()).json.value("letters", Json::array());
        if (!letters.empty() && letters[0]["state"] == "AWAITING_ADDRESS") letter = letters[0]["id"];
        return !letter.empty();
      },
      20));
  EXPECT_EQ(Title(manager, "/v1/letters/" + letter), "Confirm the address of a letter");
  for (const std::string& href : Hrefs(manager, "TASK")) EXPECT_NE(manager.Get(href).json.value("letterId", ""), letter);
}

TEST(Work, SaysWhatIsMissingWhileAServiceIsAway) {
  Stack stack;
  Propose(stack, RegisterPerson(stack));
  const Client manager = stack.As("senior_manager");
  ASSERT_FALSE(ItemsOf(manager, "kind=PROPOSAL").empty());
  const auto missing = [&] {
    const Reply page = manager.Get("/v1/work");
    EXPECT_EQ(page.status, 200) << page;
    std::set<std::string> kinds;
    for (const Json& kind : page.json.value("missing", Json::array())) {
      kinds.insert(kind);
      EXPECT_FALSE(page.json["counts"].contains(kind.get<std::string>())) << "what is not known is not told as none";
    }
    return kinds;
  };
  EXPECT_THAT(missing(), IsEmpty());
  stack.Signal("notification-service", SIGSTOP);
  EXPECT_THAT(missing(), ElementsAre("LETTER", "SHARE", "TASK"));
  stack.Signal("notification-service", SIGCONT);
  EXPECT_TRUE(Eventually([&] { return missing().empty(); }, 20));
  stack.Signal("appeal-service", SIGSTOP);
  EXPECT_THAT(missing(), ElementsAre("APPEAL"));
  stack.Signal("appeal-service", SIGCONT);
  // Who was harmed is known to incident-service alone: without it nobody knows who may decide.
  stack.Signal("incident-service", SIGSTOP);
  EXPECT_THAT(missing(), IsSupersetOf({"FOLLOW_UP", "PROPOSAL", "REVIEW"}));
  stack.Signal("incident-service", SIGCONT);
}

TEST(Work, WhatIsLateComesFirstAndSaysSo) {
  Stack stack;
  Impose(stack, RegisterPerson(stack));
  const Client leader = stack.As("team_leader", "Housing", "E2001");
  ASSERT_FALSE(ItemsOf(leader, "kind=FOLLOW_UP").empty());
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+183d"}});
  const Client then = stack.As("team_leader", "Housing", "E2001"), manager = stack.As("senior_manager");
  const Json page = then.Get("/v1/work").json;
  EXPECT_GT(page["lateCount"], 0) << page;
  EXPECT_EQ(page["items"][0]["late"], true);
  for (const Json& item : ItemsOf(then, "late=true")) EXPECT_EQ(item["late"], true);
  EXPECT_THAT(ItemsOf(manager, "kind=REVIEW"), Not(IsEmpty())) << "a review of 150 days has come";
}

}  // namespace
}  // namespace evenhand::testing
