// A mail server that will not have us, or that we must not trust: told as what it is, never sent in the clear, nothing lost (scenario 19).
#include <map>

#include "tests/functional/mail.h"

namespace evenhand::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

const Headers kAny = {{"If-Match", "*"}};

// A mail server that wants STARTTLS and a password ("evenhand" / "letmein"), and a stack that sends to it.
struct Council {
  Folder folder;
  const Certificate certificate{folder, "server"}, other{folder, "other"};
  const int port = UnusedPort();
  const Peer mail{{"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl", certificate.path,
                   certificate.key},
                  port};
  Stack stack;

  explicit Council(const Environment& over) : stack(Settings(over)) {}
  Environment Settings(const Environment& over) const {
    Environment all = {{"EVENHAND_SMTP_URL", Url(port)},
                       {"EVENHAND_SMTP_CA", certificate.path},
                       {"EVENHAND_SMTP_USER", "evenhand"},
                       {"EVENHAND_SMTP_PASSWORD", "letmein"},
                       {"EVENHAND_RETRY_FIRST", "200ms"}};
    for (const auto& [name, value] : over) all[name] = value;
    return all;
  }
  static std::string Url(int port) { return "smtp://127.0.0.1:" + std::to_string(port); }

  std::string Tell(int members) {
    Json all = Json::array();
    for (int i = 0; i < members; ++i)
      all.push_back({{"staffId", "u-" + std::to_string(i)}, {"email", "m" + std::to_string(i) + "@example.org"}});
    EXPECT_THAT(
        stack.As("administrator", "").Put("/v1/audiences/public-numbers", {{"name", "Desk"}, {"members", all}}, {{"If-Match", "*"}}),
        Succeeds());
    return Impose(stack, RegisterPerson(stack)).id();
  }
  Json Shares(const std::string& restriction) {
    return stack.As("senior_manager").Get("/v1/shares?restrictionId=" + restriction).json["shares"];
  }
  int Count(const std::string& restriction, const std::string& state) {
    int count = 0;
    for (const Json& share : Shares(restriction)) count += share["state"] == state ? 1 : 0;
    return count;
  }
  Json Message(const std::string& restriction) {
    return stack.As("administrator", "").Get("/v1/notifications/" + Shares(restriction)[0]["id"].get<std::string>()).json;
  }
  static bool WentThrough(const Json& message, const std::string& state) {
    for (const Json& step : message["history"])
      if (step["to"] == state) return true;
    return false;
  }
  std::vector<std::string> Noted(const std::string& kind) const {
    std::vector<std::string> lines;
    std::ifstream file(folder.path + "/mail.jsonl" + kind);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  std::vector<Json> Mails() const { return LinesOf(folder.path + "/mail.jsonl"); }
  std::string Metric(const std::string& line) {
    const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
    for (const Json& row : status.at("processes")) {
      if (row["name"] != "notification-service") continue;
      const std::string text = Client(row["metricsPort"], "").Get("/metrics").body;
      const std::size_t at = text.find("\n" + line + " ");
      return at == std::string::npos ? "" : text.substr(at + line.size() + 2, text.find('\n', at + 1) - at - line.size() - 2);
    }
    return "";
  }
};

TEST(Scenario19, AWrongMailPasswordIsTheServersTroubleAndEachMessageGoesOnceWhenItIsRight) {
  Council council(Environment{{"EVENHAND_SMTP_PASSWORD", "wrong"}});
  const std::string restriction = council.Tell(12);
  ASSERT_TRUE(Eventually([&] { return council.Count(restriction, "TEMPORARY_FAILURE") >= 5; }, 20)) << council.Shares(restriction);
  EXPECT_TRUE(Eventually([&] { return council.Metric("evenhand_circuit_open{provider=\"smtp\"}") == "1"; }, 20));
  EXPECT_LT(council.Noted(".refused").size(), 20U) << "a server that refuses us is left alone, not asked for each message";
  std::string why;
  const Json shares = council.Shares(restriction);
  EXPECT_EQ(shares.size(), 12U);
  for (const Json& share : shares) {
    EXPECT_THAT(share.value("state", ""), AnyOf("TEMPORARY_FAILURE", "QUEUED", "SENDING")) << "nobody's address is at fault";
    if (share["state"] != "TEMPORARY_FAILURE") continue;
    why = council.stack.As("administrator", "").Get("/v1/notifications/" + share["id"].get<std::string>()).Text("lastFailure");
  }
  EXPECT_THAT(why, HasSubstr("refused our user or password"));
  EXPECT_TRUE(council.Mails().empty());

  council.stack.Restart({{"EVENHAND_SMTP_PASSWORD", "letmein"}});
  EXPECT_TRUE(Eventually([&] { return council.Count(restriction, "SENT") == 12; }, 30)) << council.Shares(restriction);
  std::map<std::string, int> arrived;
  for (const Json& line : council.Mails()) ++arrived[line["to"]];
  EXPECT_EQ(arrived.size(), 12U);
  for (const auto& [to, times] : arrived) EXPECT_EQ(times, 1) << to;
}

TEST(Scenario19, AServerThatWantsAPasswordWhereNoneIsSetIsNotTakenForARecipientWhoDoesNotExist) {
  Council council(Environment{{"EVENHAND_SMTP_USER", ""}, {"EVENHAND_RETRY_ATTEMPTS", "2"}});
  const std::string restriction = council.Tell(1);
  ASSERT_TRUE(Eventually([&] { return council.Count(restriction, "ESCALATED") == 1; }, 20)) << council.Shares(restriction);
  const Json message = council.Message(restriction);
  EXPECT_TRUE(Council::WentThrough(message, "TECHNICAL_FAILURE")) << message;
  EXPECT_FALSE(Council::WentThrough(message, "PERMANENT_FAILURE")) << message;
  EXPECT_THAT(message.value("lastFailure", ""), HasSubstr("SMTP 530"));
}

TEST(Scenario19, AMailServerThatIsNotTrustedGetsNothingInTheClearAndItIsATechnicalFailure) {
  Council council(Environment{{"EVENHAND_RETRY_ATTEMPTS", "2"}});
  council.stack.Restart({{"EVENHAND_SMTP_CA", council.other.path}});
  const std::string restriction = council.Tell(1);
  ASSERT_TRUE(Eventually([&] { return council.Count(restriction, "ESCALATED") == 1; }, 20)) << council.Shares(restriction);
  Json message = council.Message(restriction);
  EXPECT_TRUE(Council::WentThrough(message, "TEMPORARY_FAILURE")) << message;
  EXPECT_TRUE(Council::WentThrough(message, "TECHNICAL_FAILURE")) << message;
  EXPECT_THAT(council.Shares(restriction)[0]["escalation"].value("why", ""), HasSubstr("the mail server's certificate is not trusted"));
  EXPECT_EQ(council.Metric("evenhand_provider_failures_total{provider=\"smtp\"}"), "2");
  ASSERT_FALSE(council.Noted(".clear").empty());
  for (const std::string& line : council.Noted(".clear"))
    EXPECT_TRUE(line.rfind("EHLO ", 0) == 0 || line == "STARTTLS") << line << ": no user, password, address or mail before TLS";
  EXPECT_TRUE(council.Mails().empty());

  // Another one offers no TLS at all, as where somebody in between strips it: it gets nothing either.
  const int bare = UnusedPort();
  const Peer stripped({"python3", "tests/functional/peers/mail_peer.py", std::to_string(bare), council.folder.path + "/stripped.jsonl"},
                      bare);
  council.stack.Restart({{"EVENHAND_SMTP_URL", Council::Url(bare)}});
  const std::string path = "/v1/notifications/" + message.value("id", "");
  ASSERT_THAT(council.stack.As("team_leader").Post(path + ":retry", {}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return council.Count(restriction, "ESCALATED") == 1; }, 20)) << council.Shares(restriction);
  EXPECT_THAT(council.Message(restriction).value("lastFailure", ""), HasSubstr("offers no TLS"));
  EXPECT_TRUE(LinesOf(council.folder.path + "/stripped.jsonl").empty());

  council.stack.Restart({{"EVENHAND_SMTP_URL", Council::Url(council.port)}, {"EVENHAND_SMTP_CA", council.certificate.path}});
  ASSERT_THAT(council.stack.As("team_leader").Post(path + ":retry", {}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return council.Count(restriction, "SENT") == 1; }, 20)) << council.Shares(restriction);
  ASSERT_EQ(council.Mails().size(), 1U);
  EXPECT_EQ(council.Mails()[0]["secure"], true);
}

}  // namespace
}  // namespace evenhand::testing
