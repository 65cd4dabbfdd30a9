// Webhooks to a receiver with moods: verified by the reference library of Standard Webhooks, read by the CloudEvents SDK (both from npm).
#include <signal.h>

#include <map>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct HookedStack {
  Folder folder;
  Peer receiver;
  Stack stack;
  Json moods = Json::object();

  HookedStack()
      : receiver({"node", "tests/functional/peers/webhook_peer.mjs", std::to_string(Port()), folder.path + "/hooks.jsonl",
                  folder.path + "/moods.json"},
                 Port()),
        stack({{"EVENHAND_RETRY_FIRST", "200ms"}, {"EVENHAND_WEBHOOK_RETRY_FOR", "5s"}}) {}
  static int Port() {
    static const int port = UnusedPort();
    return port;
  }
  static HookedStack& Shared() {
    static HookedStack shared;
    return shared;
  }
  Client admin() { return stack.As("administrator", ""); }

  // Registers a receiver of its own path and mood; the reply.
  Reply Hook(const std::string& path, const Json& answers, int delay = 0, const Json& types = {"restriction.*"}) {
    const Reply hook = admin().Post("/v1/webhooks", {{"url", "http://127.0.0.1:" + std::to_string(Port()) + path}, {"eventTypes", types}});
    EXPECT_THAT(hook, Succeeds());
    moods[path] = {{"secret", hook.Text("secret")}, {"answers", answers}, {"delay", delay}};
    Write(folder.path + "/moods.json", moods);
    return hook;
  }
  std::vector<Json> Got(const std::string& path) const {
    std::vector<Json> lines;
    for (const Json& line : LinesOf(folder.path + "/hooks.jsonl")) {
      if (line["path"] == path) lines.push_back(line);
    }
    return lines;
  }
  void Answer(const std::string& path, const Json& answers) {
    moods[path]["answers"] = answers;
    Write(folder.path + "/moods.json", moods);
  }
};

TEST(Webhooks, AreCloudEventsWithSignaturesThatTheReferenceLibraryVerifiesAndThin) {
  HookedStack& with = HookedStack::Shared();
  const Reply hook = with.Hook("/plain", {200});
  EXPECT_THAT(hook.Text("secret"), HasSubstr("whsec_"));
  EXPECT_EQ(with.admin().Get("/v1/webhooks/" + hook.id()).Text("secret"), "");
  const std::string restriction = Impose(with.stack, RegisterPerson(with.stack)).id();
  ASSERT_TRUE(Eventually([&] { return with.Got("/plain").size() == 2; }));  // proposed and imposed
  const std::vector<Json> lines = with.Got("/plain");
  for (const Json& line : lines) {
    EXPECT_EQ(line["verified"], true) << line;
    EXPECT_EQ(line["event"]["id"], line["id"]);
    EXPECT_EQ(line["event"]["subject"], restriction);
    for (const char* content : {"Pat", "abusive", "+44", "u-senior_manager"}) EXPECT_THAT(line["event"].dump(), Not(HasSubstr(content)));
  }
  EXPECT_EQ(lines[1]["event"]["type"], "restriction.imposed");
  const Json data = lines[1]["event"]["data"];
  EXPECT_EQ(data["restrictionId"], restriction);
  EXPECT_EQ(data["state"], "IN_FORCE");
  EXPECT_EQ(data["withheld"], false);
  for (const char* list : {"channels", "measureKinds", "behaviours", "incidentIds"}) {
    EXPECT_TRUE(data[list].is_array() && !data[list].empty()) << list << ": " << data;
  }
}

TEST(Webhooks, WhatWasSentAndWhatCameOfItIsListed) {
  HookedStack& with = HookedStack::Shared();
  const Reply hook = with.Hook("/listed", {503, 503, 200}, 0, {"restriction.proposed"});
  const std::string path = "/v1/webhooks/" + hook.id() + "/deliveries";
  EXPECT_EQ(with.admin().Get(path).json["deliveries"], Json::array());
  Propose(with.stack, RegisterPerson(with.stack));
  Propose(with.stack, RegisterPerson(with.stack));
  ASSERT_TRUE(Eventually([&] {
    const Json all = with.admin().Get(path).json["deliveries"];
    return all.size() == 2 && all[0]["state"] == "DELIVERED" && all[1]["state"] == "DELIVERED";
  }));
  const Json all = with.admin().Get(path).json["deliveries"];
  std::vector<int> answers;
  for (const Json& delivery : all) {
    EXPECT_EQ(delivery["eventType"], "restriction.proposed");
    EXPECT_EQ(delivery["tryCount"], delivery["tries"].size());
    for (const Json& one : delivery["tries"]) answers.push_back(one["httpStatus"]);
  }
  EXPECT_THAT(answers, ::testing::UnorderedElementsAre(503, 503, 200, 200));
  const Json first = with.admin().Get(path + "?pageSize=1").json;
  EXPECT_EQ(first["deliveries"][0], all[0]);
  EXPECT_EQ(with.admin().Get(path + "?pageSize=1&pageToken=" + first["nextPageToken"].get<std::string>()).json["deliveries"][0], all[1]);
  EXPECT_EQ(with.admin().Get(path + "?state=TECHNICAL_FAILURE").json["deliveries"], Json::array());
  for (const char* query : {"?pageSize=-1", "?pageToken=zzz"}) EXPECT_EQ(with.admin().Get(path + query).status, 400) << query;
  EXPECT_EQ(with.stack.As("senior_manager").Get(path).status, 403);
}

TEST(Webhooks, ASecretIsRolledWithoutAGapAndALeakedOneSignsNoMore) {
  HookedStack& with = HookedStack::Shared();
  const Reply hook = with.Hook("/rolled", {200}, 0, {"restriction.proposed"});
  const std::string path = "/v1/webhooks/" + hook.id(), old = hook.Text("secret");
  const auto verified = [&] {
    const std::size_t before = with.Got("/rolled").size();
    Propose(with.stack, RegisterPerson(with.stack));
    EXPECT_TRUE(Eventually([&] { return with.Got("/rolled").size() > before; }));
    return with.Got("/rolled").back()["verified"] == true;
  };
  const auto knows = [&](const std::string& secret) {
    with.moods["/rolled"]["secret"] = secret;
    Write(with.folder.path + "/moods.json", with.moods);
  };
  EXPECT_THAT(with.admin().Post(path + ":rollSecret", {{"overlap", "-1s"}}), Violates("overlap"));
  EXPECT_THAT(with.admin().Post(path + ":rollSecret", {{"secret", "short"}}), Violates("secret"));
  const Reply rolled = with.admin().Post(path + ":rollSecret", Json::object());
  ASSERT_THAT(rolled, Succeeds());
  EXPECT_NE(rolled.Text("secret"), old);
  EXPECT_NE(rolled.Text("previousSecretUntil"), "");
  EXPECT_EQ(with.admin().Get(path).Text("secret"), "") << "shown once";
  EXPECT_TRUE(verified()) << "the receiver still knows the old one alone";
  knows(rolled.Text("secret"));
  EXPECT_TRUE(verified());
  const Reply again = with.admin().Post(path + ":rollSecret", {{"overlap", "0s"}});
  EXPECT_FALSE(verified()) << "the leaked one signs no more";
  knows(again.Text("secret"));
  EXPECT_TRUE(verified());
}

TEST(Webhooks, AfterAnOutageATimeComesAgainAlsoWhatHappenedWhileItWasDisabled) {
  HookedStack& with = HookedStack::Shared();
  const Reply hook = with.Hook("/away", {410}, 0, {"restriction.proposed"});
  const std::string path = "/v1/webhooks/" + hook.id();
  const std::string first = Propose(with.stack, RegisterPerson(with.stack)).id();
  ASSERT_TRUE(Eventually([&] { return with.admin().Get(path).Text("state") == "DISABLED"; }));
  const Reply second = Propose(with.stack, RegisterPerson(with.stack));  // not even queued
  const auto told = [&](const std::string& id) {
    return with.stack.Sql("select count(*) from notification.occasion where subject = '" + id + "' and done_at is not null") == "1";
  };
  ASSERT_TRUE(Eventually([&] { return told(first) && told(second.id()); }));
  with.Answer("/away", {200});
  EXPECT_THAT(with.admin().Post(path + ":replay", {{"until", "2026-12-01T00:00:00Z"}}), Violates("since"));
  const Reply replayed = with.admin().Post(path + ":replay", {{"since", hook.Text("createdAt")}});
  ASSERT_THAT(replayed, Succeeds());
  EXPECT_EQ(replayed.json["queued"], 2);
  ASSERT_TRUE(Eventually([&] { return with.Got("/away").size() == 3; }));
  const std::vector<Json> got = with.Got("/away");
  std::map<std::string, std::string> ids;
  for (const Json& line : got) ids[line["event"]["subject"]] = line["id"];
  EXPECT_EQ(ids.size(), 2u);
  EXPECT_TRUE(ids.contains(second.id()));
  EXPECT_EQ(ids[first], got[0]["id"]) << "the first id";
  const Reply none = with.admin().Post(path + ":replay", {{"since", "2020-01-01T00:00:00Z"}, {"until", "2020-02-01T00:00:00Z"}});
  EXPECT_EQ(none.json["queued"], 0);
}

TEST(Clause12_7, NoSystemHearsThatAColleagueWasNamedNorWhoAskedForNoContact) {
  HookedStack& with = HookedStack::Shared();
  with.Hook("/all", {200}, 0, Json::array());
  const std::string person = RegisterPerson(with.stack);
  const Reply named =
      with.stack.As("employee")
          .Post("/v1/incidents",
                AnIncident({{"channel", "SOCIAL_MEDIA"}, {"behaviours", {"NAMED_PUBLICLY"}}, {"webLink", "https://example.org/p"}}));
  ASSERT_THAT(named, Succeeds());
  ASSERT_THAT(with.stack.As("employee", "Housing", "E4711")
                  .Post("/v1/people/" + person + "/noContactRequests", {{"kind", "NO_CONTACT"}, {"reason", "private"}}),
              Succeeds());
  // What earlier tests did may still be on its way to this receiver too: only events about these two count.
  const auto heard = [&](const std::string& type, const std::string& about) {
    int count = 0;
    for (const Json& line : with.Got("/all")) {
      EXPECT_THAT(line.dump(), Not(HasSubstr("E4711")));
      count += line["event"]["type"] == type && line["event"]["subject"] == about ? 1 : 0;
    }
    return count;
  };
  ASSERT_TRUE(Eventually([&] { return heard("person.no_contact_requested", person) == 1 && heard("incident.recorded", named.id()) == 1; }));
  EXPECT_EQ(heard("incident.staff_named", named.id()), 0);
}

TEST(Webhooks, A503IsTriedAgainWithTheSameIdAndAStuckReceiverHoldsUpNobody) {
  HookedStack& with = HookedStack::Shared();
  with.Hook("/stuck", {200}, 8000);
  with.Hook("/moody", {503, 503, 200});
  with.Hook("/brisk", {200});
  const auto before = std::chrono::steady_clock::now();
  Propose(with.stack, RegisterPerson(with.stack));
  ASSERT_TRUE(Eventually([&] { return with.Got("/brisk").size() == 1; }, 5));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  ASSERT_TRUE(Eventually([&] { return with.Got("/moody").size() == 3; }));
  const std::vector<Json> tries = with.Got("/moody");
  EXPECT_EQ(tries[0]["id"], tries[2]["id"]);
}

TEST(Webhooks, A410DisablesAndAReplaySendsWhatWasMissedWithItsFirstIds) {
  HookedStack& with = HookedStack::Shared();
  const Reply hook = with.Hook("/gone", {410});
  const std::string path = "/v1/webhooks/" + hook.id();
  Propose(with.stack, RegisterPerson(with.stack));
  ASSERT_TRUE(Eventually([&] { return with.admin().Get(path).Text("state") == "DISABLED"; }));
  const std::string missed = with.Got("/gone")[0]["id"];
  with.Answer("/gone", {200});
  const Reply replayed = with.admin().Post(path + ":replay", Json::object());
  ASSERT_THAT(replayed, Succeeds());
  EXPECT_EQ(replayed.json["queued"], 1);
  ASSERT_TRUE(Eventually([&] { return with.Got("/gone").size() == 2; }));
  EXPECT_EQ(with.Got("/gone")[1]["id"], missed);
  EXPECT_EQ(with.admin().Get(path).Text("state"), "ACTIVE");
}

TEST(Webhooks, TheTimeToTryEndsAndWhatFailedShows) {
  HookedStack& with = HookedStack::Shared();
  const Reply hook = with.Hook("/broken", {500});
  const std::string restriction = Propose(with.stack, RegisterPerson(with.stack)).id();
  const auto failed = [&] {
    return with.stack
               .Sql("select count(*) from notification.notification where state = 'TECHNICAL_FAILURE' and attempts > 3 and webhook_id = '" +
                    hook.id() + "'")
               .substr(0, 1) == "1";
  };
  EXPECT_TRUE(Eventually(failed, 30));
  EXPECT_THAT(with.admin().Delete("/v1/webhooks/" + hook.id()), Succeeds());
  EXPECT_EQ(with.admin().Get("/v1/webhooks/" + hook.id()).status, 404);
}

TEST(Webhooks, AReceiverThatKeepsFailingIsLeftAloneAndSeveralThatHangHoldUpNobody) {
  HookedStack& with = HookedStack::Shared();
  const Reply failing = with.Hook("/failing", {500});
  for (const char* path : {"/hang1", "/hang2", "/hang3"}) with.Hook(path, {200}, 9000);
  with.Hook("/quick", {200});
  std::vector<std::string> proposed;
  for (int i = 0; i < 4; ++i) proposed.push_back(Propose(with.stack, RegisterPerson(with.stack)).id());
  EXPECT_TRUE(Eventually([&] { return with.Got("/quick").size() == 4; }, 6)) << with.Got("/quick").size();
  EXPECT_TRUE(Eventually([&] { return with.admin().Get("/v1/webhooks/" + failing.id()).json.value("holdingBack", false); }));
  EXPECT_THAT(with.admin().Delete("/v1/webhooks/" + failing.id()), Succeeds());
}

TEST(Webhooks, KillNineLosesNothingAndASecondCopyHasTheSameId) {
  HookedStack& with = HookedStack::Shared();
  with.Hook("/killed", {200}, 30);
  for (int i = 0; i < 6; ++i) {
    Propose(with.stack, RegisterPerson(with.stack));
    const int killed = with.stack.Pid("notification-service");
    with.stack.Signal("notification-service", SIGKILL);
    ASSERT_TRUE(Eventually([&] { return with.stack.Pid("notification-service") != killed; }, 20)) << "another, not a dying one";
    ASSERT_TRUE(with.stack.Ready());
  }
  std::map<std::string, int> ids;
  ASSERT_TRUE(Eventually(
      [&] {
        ids.clear();
        for (const Json& line : with.Got("/killed")) ++ids[line["id"]];
        return ids.size() == 6;
      },
      60));
}

TEST(Webhooks, OnlyAdministratorsRegisterAndOnlySafeAddresses) {
  HookedStack& with = HookedStack::Shared();
  EXPECT_EQ(with.stack.As("senior_manager").Post("/v1/webhooks", {{"url", "https://crm.example.org/hook"}}).status, 403);
  for (const char* url :
       {"", "ftp://crm.example.org/x", "http://crm.example.org/x", "https://user:pw@crm.example.org/", "file:///etc/passwd"}) {
    EXPECT_THAT(with.admin().Post("/v1/webhooks", {{"url", url}}), Violates("url")) << url;
  }
  EXPECT_THAT(with.admin().Post("/v1/webhooks", {{"url", "https://crm.example.org/x"}, {"secret", "short"}}), Violates("secret"));
}

}  // namespace
}  // namespace evenhand::testing
