// What every write promises, whatever it writes: once by key, never over somebody's change, and a dry run that leaves nothing.
#include <atomic>
#include <set>
#include <thread>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

Headers Key(const std::string& key) { return {{"Idempotency-Key", key}}; }

std::string Everything(Stack& stack) {
  return stack.Sql(
      "select (select count(*) from incident.incident), (select count(*) from incident.outbox), (select count(*) from restriction.person), "
      "(select count(*) from restriction.restriction), (select n from restriction.revision), (select count(*) from appeal.appeal)");
}

TEST(Scenario2, TheSameKeyWithAnotherPayloadIs422AndStoresNothing) {
  Stack& stack = Stack::Shared();
  const Client employee = stack.As("employee");
  const std::string key = Unique("key");
  const Reply first = employee.Post("/v1/incidents", AnIncident(), Key(key));
  ASSERT_THAT(first, Succeeds());
  const std::string before = stack.Sql("select count(*) from incident.incident");
  EXPECT_EQ(employee.Post("/v1/incidents", AnIncident(), Key(key)).status, 422);
  EXPECT_EQ(stack.Sql("select count(*) from incident.incident"), before);
}

TEST(Scenario2, AReplayReturnsTheFirstReplyAndSaysSo) {
  Stack& stack = Stack::Shared();
  const Client employee = stack.As("employee");
  const Json body = AnIncident();
  const std::string key = Unique("key");
  const Reply first = employee.Post("/v1/incidents", body, Key(key)), second = employee.Post("/v1/incidents", body, Key(key));
  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(second.json, first.json);
  EXPECT_EQ(first.headers.count("idempotent-replayed"), 0u);
  EXPECT_EQ(second.headers.at("idempotent-replayed"), "true");
}

TEST(Scenario2, TwentyParallelPostsOfOneKeyHaveOneEffect) {
  Stack& stack = Stack::Shared();
  const Client employee = stack.As("employee");
  const Json body = AnIncident();
  const std::string key = Unique("key");
  std::vector<Reply> replies(20);
  std::vector<std::thread> posts;
  for (Reply& reply : replies) posts.emplace_back([&] { reply = employee.Post("/v1/incidents", body, Key(key)); });
  for (std::thread& post : posts) post.join();
  std::set<std::string> ids;
  for (const Reply& reply : replies) {
    EXPECT_TRUE(reply.ok() || reply.status == 409) << reply;
    if (reply.ok()) ids.insert(reply.id());
  }
  EXPECT_EQ(ids.size(), 1u);
}

TEST(Writes, AStateChangeNeedsTheEtagThatWasRead) {
  Stack& stack = Stack::Shared();
  const Reply proposed = Propose(stack, RegisterPerson(stack));
  ASSERT_THAT(proposed, Succeeds());
  const Client manager = stack.As("senior_manager");
  const std::string impose = "/v1/restrictions/" + proposed.id() + ":impose";
  EXPECT_EQ(manager.Post(impose).status, 428);
  EXPECT_EQ(manager.Post(impose, Json::object(), {{"If-Match", "\"999\""}}).status, 412);
  EXPECT_EQ(stack.As("team_leader").Post(impose).status, 403) << "who may not is told so before the etag is looked at";
  const Reply imposed = manager.Post(impose, Json::object(), proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  EXPECT_EQ(imposed.headers.at("etag"), imposed.Text("etag"));
  EXPECT_EQ(manager.Post(impose, Json::object(), proposed.IfMatch()).status, 412);
  EXPECT_EQ(manager.Post(impose, Json::object(), {{"If-Match", "*"}}).status, 409) << "any etag, but the state does not allow it";
}

TEST(Writes, ADryRunAnswersExactlyAsTheWriteWouldAndChangesNothing) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  const Reply proposed = Propose(stack, person);
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager"), employee = stack.As("employee");
  // What earlier tests told of is still on its way for a moment.
  ASSERT_TRUE(Eventually([&] { return stack.Sql("select count(*) from incident.outbox") == "0"; }));
  const std::string before = Everything(stack);
  EXPECT_THAT(employee.Post("/v1/incidents?validateOnly=true", AnIncident()), Succeeds());
  EXPECT_EQ(employee.Post("/v1/incidents?validateOnly=true", AnIncident({{"behaviours", Json::array()}})).status, 400);
  EXPECT_THAT(leader.Post("/v1/restrictions?validateOnly=true", ARestriction(person, {incident})), Succeeds());
  EXPECT_THAT(leader.Post("/v1/people?validateOnly=true",
                          {{"displayName", "Sam Example"}, {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}}}),
              Succeeds());
  const std::string impose = "/v1/restrictions/" + proposed.id() + ":impose?validateOnly=true";
  EXPECT_THAT(leader.Post(impose, Json::object(), proposed.IfMatch()), Refused(403, "7.3"));
  const Reply dry = manager.Post(impose, Json::object(), proposed.IfMatch());
  EXPECT_EQ(dry.Text("state"), "IN_FORCE") << dry;
  EXPECT_EQ(Everything(stack), before);
  EXPECT_EQ(leader.Get("/v1/restrictions/" + proposed.id()).Text("state"), "PROPOSED");
}

TEST(Writes, WhatCannotBeReadIsA400ThatNamesTheField) {
  Stack& stack = Stack::Shared();
  const Client employee = stack.As("employee");
  const auto raw = [&](const std::string& body) {
    return employee.Send("POST", "/v1/incidents", body, {{"Content-Type", "application/json"}});
  };
  EXPECT_THAT(raw(AnIncident({{"zz", 1}}).dump()), Violates("zz"));
  Json deep_field = AnIncident();
  deep_field["staff"][0]["shoeSize"] = 44;
  EXPECT_THAT(raw(deep_field.dump()), Violates("staff[0].shoeSize"));
  EXPECT_THAT(raw(AnIncident({{"contactEnded", "yes"}}).dump()), Violates("contactEnded"));
  EXPECT_THAT(raw(AnIncident({{"channel", "PIGEON"}}).dump()), Violates("channel"));
  EXPECT_THAT(raw(AnIncident({{"narrative", std::string("a\0b", 3)}}).dump()), Violates("narrative"));
  EXPECT_THAT(raw(AnIncident({{"occurredAt", "yesterday"}}).dump()), Violates("occurredAt"));
  for (const std::string& bad :
       {std::string("{\"narrative\":\"\xff\xfe\"}"), std::string("{'team':'a'}"), std::string("{\"team\":\"a\",\"team\":\"b\"}"),
        std::string("[1]"), std::string(""), std::string("{\"team\":")}) {
    const Reply reply = raw(bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json") << bad;
  }
}

}  // namespace
}  // namespace evenhand::testing
