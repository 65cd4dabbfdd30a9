// Every list of the contract has the same manners (AIP-158): found in /openapi.json, so that a new one can't have its own.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/functional/harness.h"
#include "tests/functional/portal.h"

namespace evenhand::testing {
namespace {

struct List {
  std::string path, query;  // "/v1/shares", "restrictionId=…"
  Json parameters;          // its own filters
  std::string rows;         // the key of its rows

  std::string At(const std::string& more) const { return path + "?" + query + (query.empty() || more.empty() ? "" : "&") + more; }
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

class EveryList : public ::testing::Test {
 protected:
  // Something in each of them; what nobody can list twice of is not tried.
  static void SetUpTestSuite() {
    Stack& stack = Stack::Shared();
    const Client admin = stack.As("administrator", ""), manager = stack.As("senior_manager");
    hook_ = admin.Post("/v1/webhooks", {{"url", "http://127.0.0.1:" + std::to_string(UnusedPort()) + "/hook"}}).id();
    admin.Post("/v1/webhooks", {{"url", "http://127.0.0.1:" + std::to_string(UnusedPort()) + "/hook"}});
    for (const char* id : {"web-contact", "public-numbers"})
      admin.Put(std::string("/v1/audiences/") + id,
                {{"name", id},
                 {"members",
                  {{{"staffId", "E7001"}, {"email", "desk@council.example"}}, {{"staffId", "E7002"}, {"email", "desk@council.example"}}}}},
                {{"If-Match", "*"}});
    for (int i = 0; i < 3; ++i) {
      const std::string person = RegisterPerson(stack);
      const Reply imposed = Impose(stack, person);
      ASSERT_TRUE(imposed.ok()) << imposed;
      restriction_ = imposed.id();
      Propose(stack, RegisterPerson(stack));
      HandOver(stack, restriction_);
      stack.As("employee")
          .Post("/v1/appeals", {{"restrictionId", restriction_},
                                {"receivedOn", DayFromNow(0)},
                                {"by", "PERSON"},
                                {"channel", "LETTER"},
                                {"grounds", "I did not do it."}});
      manager.Post(
          "/v1/delegations",
          {{"delegateId", "E2" + std::to_string(i)}, {"serviceArea", "Housing"}, {"endsAt", InstantFromNow(20)}, {"reason", "Leave"}});
      const Reply ended = Impose(stack, RegisterPerson(stack));
      manager.Post("/v1/restrictions/" + ended.id() + ":lift", {{"reason", "Settled"}}, ended.IfMatch());
    }
    std::ifstream file("tools/samples/portal-export.csv");
    std::ostringstream csv;
    csv << file.rdbuf();
    stack.As("portal", "").Stream("/v1/incidents:import", csv.str(), "text/csv");
  }

  static std::vector<List> All() {
    static const std::map<std::string, std::string> queries = {{"/v1/shares", "restrictionId=" + restriction_},
                                                               {"/v1/audit", "action=restriction.imposed"},
                                                               {"/v1/retentionRecords", "dueOn=2099-01-01"},
                                                               {"/v1/calendars/{calendar}/holidays", "from=2026-01-01"}};
    static const std::map<std::string, std::string> keys = {{"audit", "auditEntries"}, {"letterTemplates", "templates"}, {"work", "items"}};
    std::vector<List> lists;
    const Json contract = Stack::Shared().Anonymous().Get("/openapi.json").json;
    for (const auto& [path, verbs] : contract["paths"].items()) {
      if (!verbs.contains("get")) continue;
      List list{.path = Replaced(Replaced(path, "{calendar}", "scotland"), "{id}", hook_),
                .query = queries.contains(path) ? queries.at(path) : "",
                .parameters = Json::array(),
                .rows = path.substr(path.rfind('/') + 1)};
      if (keys.contains(list.rows)) list.rows = keys.at(list.rows);
      bool is_list = false;
      for (const Json& parameter : verbs["get"].value("parameters", Json::array())) {
        const std::string name = parameter.value("name", "");
        is_list |= name == "pageSize";
        if (parameter.value("in", "") != "query" || name == "pageSize" || name == "pageToken") continue;
        list.parameters.push_back(parameter);
        if (const std::string words = parameter["schema"].value("$ref", ""); !words.empty())
          list.parameters.back()["schema"] = contract["components"]["schemas"][words.substr(words.rfind('/') + 1)];
      }
      const std::string schema =
          verbs.value("/get/responses/200/content/application~1json/schema/$ref"_json_pointer, std::string("#/components/schemas/"));
      const Json reply = contract["components"]["schemas"].value(schema.substr(schema.rfind('/') + 1), Json::object());
      EXPECT_EQ(reply.value("properties", Json::object()).contains("nextPageToken"), is_list) << path << " has pages, or has none";
      if (is_list) lists.push_back(std::move(list));
    }
    EXPECT_GE(lists.size(), 18U);
    return lists;
  }

  // Somebody who sees two rows of it at least.
  static Client ReaderOf(const List& list) {
    Stack& stack = Stack::Shared();
    const std::vector<std::pair<std::string, std::string>> who = {
        {"senior_manager", "Housing"},    {"auditor", ""},         {"administrator", ""},
        {"health_safety_adviser", ""},    {"employee", "Housing"}, {"team_leader", "Housing"},
        {"strategic_director", "Housing"}};
    for (const auto& [roles, areas] : who) {
      const Client client = stack.As(roles, areas);
      if (client.Get(list.At("")).json.value(list.rows, Json::array()).size() >= 2) return client;
    }
    ADD_FAILURE() << "nobody sees two rows of " << list.path;
    return stack.As("senior_manager");
  }

  static std::string NameOf(const Json& row) {
    for (const char* key : {"id", "href", "type", "date", "name"}) {
      if (row.contains(key)) return row[key].get<std::string>();
    }
    return row.dump();
  }

  static std::vector<std::string> Whole(const Client& client, const List& list) {
    std::vector<std::string> names;
    std::string token;
    do {
      const Json page = client.Get(list.At("pageSize=200&pageToken=" + token)).json;
      for (const Json& row : page.value(list.rows, Json::array())) names.push_back(NameOf(row));
      token = page.value("nextPageToken", "");
    } while (!token.empty());
    return names;
  }

  static std::vector<std::string> Walked(const Client& client, const List& list, int size) {
    std::vector<std::string> names;
    std::string token;
    for (int page = 0; page < 2000; ++page) {
      const Reply reply = client.Get(list.At("pageSize=" + std::to_string(size) + "&pageToken=" + token));
      EXPECT_EQ(reply.status, 200) << list.path << "\n" << reply;
      const Json rows = reply.json.value(list.rows, Json::array());
      EXPECT_LE(rows.size(), static_cast<std::size_t>(size)) << list.path;
      for (const Json& row : rows) names.push_back(NameOf(row));
      token = reply.Text("nextPageToken");
      if (token.empty()) return names;
      EXPECT_EQ(reply.json.count("nextPageToken"), 1U);
    }
    ADD_FAILURE() << list.path << " has no end";
    return names;
  }

  // Another value of one of its filters, as a query.
  static std::string AnotherQuery(const List& list) {
    for (const Json& parameter : list.parameters) {
      const std::string name = parameter["name"];
      if (list.query.rfind(name + "=", 0) == 0) continue;
      const Json& schema = parameter["schema"];
      if (schema.value("type", "") == "boolean") return name + "=true";
      if (schema.contains("enum")) return name + "=" + schema["enum"][0].get<std::string>();
      if (schema.value("format", "") == "date-time") return name + "=2026-11-02T10:15:00Z";
      if (schema.value("format", "") == "date" || name == "from" || name == "to") return name + "=2099-11-02";
      return name + (name == "serviceArea" ? "=Education" : "=01a22e36-98e1-7cfe-b62e-a7b3fe688ba7");
    }
    return "";
  }

  static inline std::string restriction_, hook_;
};

TEST_F(EveryList, HasOneCapAndNoNegativePage) {
  for (const List& list : All()) {
    const Client client = ReaderOf(list);
    EXPECT_THAT(client.Get(list.At("pageSize=-2")), Violates("pageSize")) << list.path;
    EXPECT_THAT(client.Get(list.At("pageSize=many")), Violates("pageSize")) << list.path;
    const Reply capped = client.Get(list.At("pageSize=100000"));
    EXPECT_EQ(capped.status, 200) << list.path << "\n" << capped;
    EXPECT_LE(capped.json.value(list.rows, Json::array()).size(), 200U) << list.path;
    EXPECT_LE(client.Get(list.At("")).json.value(list.rows, Json::array()).size(), 50U) << list.path;
    EXPECT_EQ(client.Get(list.At("pageSize=0")).status, 200) << list.path;
  }
}

TEST_F(EveryList, TakesNoTokenButItsOwn) {
  std::map<std::string, std::string> tokens;
  for (const List& list : All()) {
    const Client client = ReaderOf(list);
    for (const char* nonsense : {"zzz", "e30=", "AAAAAAAAAAAAAAAAAAAAAAAA", "01a22e36-98e1-7cfe-b62e-a7b3fe688ba7", "%F0%9F%98%80"})
      EXPECT_THAT(client.Get(list.At(std::string("pageToken=") + nonsense)), Violates("pageToken")) << list.path << " " << nonsense;
    const std::string token = client.Get(list.At("pageSize=1")).Text("nextPageToken");
    ASSERT_NE(token, "") << list.path;
    tokens[list.path] = token;
    EXPECT_EQ(client.Get(list.At("pageSize=2&pageToken=" + token)).status, 200)
        << list.path << ": the size of a page may change on the way";
    if (const std::string other = AnotherQuery(list); !other.empty()) {
      EXPECT_THAT(client.Get(list.At(other + "&pageToken=" + token)), Violates("pageToken")) << list.path << "?" << other;
    }
    for (const auto& [path, of_another] : tokens) {
      if (path == list.path) continue;
      EXPECT_THAT(client.Get(list.At("pageToken=" + of_another)), Violates("pageToken")) << list.path << " " << path;
    }
  }
}

TEST_F(EveryList, ShowsEachRowOnceWhateverItsPages) {
  for (const List& list : All()) {
    const Client client = ReaderOf(list);
    // Messages and tasks still arrive for a moment.
    for (const int size : {1, 2, 7})
      EXPECT_TRUE(Eventually([&] { return Walked(client, list, size) == Whole(client, list); }, 6)) << list.path << " by " << size;
    const std::vector<std::string> names = Whole(client, list);
    EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size()) << list.path;
  }
}

TEST_F(EveryList, NamesLateOneWay) {
  for (const List& list : All()) {
    for (const Json& parameter : list.parameters) {
      const std::string name = parameter["name"];
      EXPECT_TRUE(name.find("verdue") == std::string::npos) << list.path << " " << name;
    }
  }
}

// No word that somebody wrote about another, and no way to reach them, stands in an address.
TEST(ASearchForWords, IsSentInTheBody) {
  Stack& stack = Stack::Shared();
  const std::string word = Unique("weasel");
  std::set<std::string> made;
  for (int i = 0; i < 3; ++i) {
    made.insert(stack.As("employee").Post("/v1/incidents", AnIncident({{"narrative", "Called the officer a " + word + "."}})).id());
    stack.As("employee").Post("/v1/incidents", AnIncident());
  }
  const Client leader = stack.As("team_leader");
  EXPECT_THAT(leader.Get("/v1/incidents?text=" + word), Violates("text"));
  EXPECT_THAT(leader.Get("/v1/incidents?text=" + word).body, ::testing::HasSubstr("POST /v1/incidents:search"));
  std::set<std::string> found;
  Json asked = {{"text", word}, {"serviceArea", "housing"}, {"pageSize", 1}};
  for (int page = 0; page < 10; ++page) {
    const Reply reply = leader.Post("/v1/incidents:search", asked);
    ASSERT_EQ(reply.status, 200) << reply;
    for (const Json& row : reply.json["incidents"]) EXPECT_TRUE(found.insert(row["id"]).second);
    if (reply.Text("nextPageToken").empty()) break;
    asked["pageToken"] = reply.Text("nextPageToken");
  }
  EXPECT_EQ(found, made);
  EXPECT_THAT(leader.Post("/v1/incidents:search", {{"text", "another"}, {"pageToken", asked["pageToken"]}}), Violates("pageToken"));
  EXPECT_THAT(leader.Post("/v1/incidents:search", {{"text", word}, {"pageSize", -1}}), Violates("pageSize"));
  EXPECT_THAT(leader.Post("/v1/incidents:search", {{"text", "  "}}), Violates("text"));
  EXPECT_EQ(stack.As("employee").Post("/v1/incidents:search", {{"text", word}}).json["incidents"].size(), 3U) << "who recorded it reads it";
  EXPECT_EQ(stack.As("auditor", "").Post("/v1/incidents:search", {{"text", word}}).status, 403);
}

// What lies at the far end is found page by page, each of which looks so far and no further.
TEST(ASearchForWords, GoesOnWhereItStoodThroughPagesThatHoldNothing) {
  Stack stack;
  const std::string word = Unique("weasel");
  const Reply made =
      stack.As("employee")
          .Post("/v1/incidents", AnIncident({{"occurredAt", "2015-01-02T10:15:00Z"}, {"narrative", "Called the officer a " + word + "."}}));
  ASSERT_TRUE(made.ok()) << made;
  const Reply fed = stack.As("portal", "").Stream("/v1/incidents:import", PortalCsv(PortalRows(5200, "LATER")), "text/csv");
  ASSERT_EQ(CountsOf(fed).of("CREATED"), 5200);
  const Client adviser = stack.As("health_safety_adviser", "");
  std::string token;
  int empty = 0, found = 0;
  do {
    const Reply page = adviser.Post("/v1/incidents:search", {{"text", word}, {"pageToken", token}});
    ASSERT_EQ(page.status, 200) << page;
    token = page.Text("nextPageToken");
    found += static_cast<int>(page.json["incidents"].size());
    empty += page.json["incidents"].empty() && !token.empty();
  } while (!token.empty());
  EXPECT_EQ(found, 1);
  EXPECT_GE(empty, 1);
}

// A page that staff are sent to by an alarm says what is so.
TEST(ARunbook, NamesOnlyAddressesThatAnswer) {
  Stack& stack = Stack::Shared();
  const Client client = stack.As("administrator,auditor,senior_manager,health_safety_adviser");
  int tried = 0;
  for (const char* page : {"policy-overdue", "imports", "mail", "shares", "looks", "many-handles"}) {
    std::ifstream file(std::string("docs/runbooks/") + page + ".md");
    for (std::string line; std::getline(file, line);) {
      for (std::size_t at = 0; (at = line.find("`GET /v1/", at)) != std::string::npos; ++at) {
        std::string path = line.substr(at + 5, line.find('`', at + 1) - at - 5);
        if (path.find('{') != std::string::npos) continue;
        path = Replaced(path, "restrictionId=…", "restrictionId=RES-2026-999999");
        const Reply reply = client.Get(Replaced(path, "…", "E1"));
        EXPECT_TRUE(reply.status == 200 || reply.status == 404) << page << ": " << path << "\n" << reply;
        ++tried;
      }
    }
  }
  EXPECT_GE(tried, 6);
}

}  // namespace
}  // namespace evenhand::testing
