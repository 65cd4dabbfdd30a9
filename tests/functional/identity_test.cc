// Tokens of a real OpenID provider: all three signatures, audiences, rotation and an outage, without a restart.
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

constexpr int kPort = 18'437;  // its issuer's name has the port in it, so it is fixed

// npm's oidc-provider, as a process of its own.
class Provider {
 public:
  explicit Provider(const std::string& keys) { Start(keys); }
  ~Provider() { Stop(); }

  void Start(const std::string& keys) {
    pid_ = fork();
    if (pid_ == 0) {
      if (std::freopen("/dev/null", "w", stdout) == nullptr || std::freopen("/dev/null", "w", stderr) == nullptr) _exit(1);
      execlp("node", "node", "tests/functional/peers/oidc_provider.mjs", std::to_string(kPort).c_str(), keys.c_str(), nullptr);
      _exit(1);
    }
    EXPECT_TRUE(Eventually([] { return Client(kPort, "").Get("/jwks").status == 200; }, 30))
        << "node and npm's oidc-provider (tools/setup test)";
  }

  void Stop() {
    if (pid_ > 0) kill(pid_, SIGKILL);
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  // An access token of this client, signed by `algorithm`, for our audience or (elsewhere) for another.
  std::string Token(const std::string& client, const std::string& algorithm, bool elsewhere = false) const {
    static const std::map<std::string, std::string> basics = {{"E2001", "RTIwMDE6c2VjcmV0"},  // client:secret
                                                              {"E1001", "RTEwMDE6c2VjcmV0"},
                                                              {"head", "aGVhZDpzZWNyZXQ="},
                                                              {"nobody", "bm9ib2R5OnNlY3JldA=="},
                                                              {"system", "c3lzdGVtOnNlY3JldA=="}};
    const std::string& basic = basics.at(client);
    const Reply reply = Client(kPort, "").Send(
        "POST", "/token",
        std::string("grant_type=client_credentials&resource=https://") + (elsewhere ? "elsewhere" : "evenhand") + ".example/" + algorithm,
        {{"Authorization", "Basic " + basic}, {"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(reply.status, 200) << reply;
    return reply.Text("access_token");
  }

 private:
  pid_t pid_ = 0;
};

TEST(Identity, ARealProvidersTokensHoldThroughRotationAndOutage) {
  Provider provider("1");
  const std::string issuer = "http://127.0.0.1:" + std::to_string(kPort);
  Stack stack({{"EVENHAND_JWKS", issuer + "/jwks"}, {"EVENHAND_ISSUER", issuer}});
  const auto list = [&](const std::string& token) { return Client(stack.port(), token).Get("/v1/incidents").status; };

  for (const char* algorithm : {"RS256", "PS256", "ES256"}) EXPECT_EQ(list(provider.Token("E2001", algorithm)), 200) << algorithm;
  EXPECT_EQ(list(provider.Token("E2001", "RS256", true)), 401) << "meant for another audience";
  EXPECT_EQ(stack.As("health_safety_adviser").Get("/v1/incidents").status, 401) << "a token of another issuer";
  EXPECT_EQ(Client(stack.port(), provider.Token("E1001", "ES256")).Post("/v1/incidents", AnIncident()).status, 201)
      << "roles and areas are the provider's";

  const std::string before = provider.Token("E2001", "ES256");
  provider.Stop();
  EXPECT_EQ(list(before), 200) << "an outage of the provider is survived";
  provider.Start("2");
  EXPECT_TRUE(Eventually([&] { return list(provider.Token("E2001", "RS256")) == 200; }, 25))
      << "rotated keys are found without a restart, after the cool-down";
}

// A directory has claims and values of its own: the council's table says what they mean here.
TEST(Identity, ADirectorysClaimsAreReadByTheCouncilsTable) {
  Provider provider("1");
  const std::string issuer = "http://127.0.0.1:" + std::to_string(kPort), table = ::testing::TempDir() + "claims.json";
  std::ofstream(table) << R"({"roles": {"6f0c2f3e-0a4e-4f7c-9a59-2d3f5a1c7b10": "head_of_establishment"},
                              "areas": {"1b2d8c1a-55d0-4c52-8a34-0f6b1e9d2c77": "Education"}})";
  Stack stack({{"EVENHAND_JWKS", issuer + "/jwks"},
               {"EVENHAND_ISSUER", issuer},
               {"EVENHAND_CLAIM_SUBJECT", "employeeid"},
               {"EVENHAND_CLAIM_ROLES", "roles, groups"},
               {"EVENHAND_CLAIM_AREAS", "groups"},
               {"EVENHAND_CLAIM_TABLE", table}});
  const auto as = [&](const std::string& client) { return Client(stack.port(), provider.Token(client, "RS256")); };

  const Reply me = as("head").Get("/v1/me");
  ASSERT_EQ(me.status, 200) << me;
  EXPECT_EQ(me.Text("sub"), "E4711");
  EXPECT_EQ(me.json["roles"], Json::array({"senior_manager"}));
  EXPECT_EQ(me.json["serviceAreas"], Json::array({"Education"}));
  EXPECT_EQ(me.json["unknownRoles"], Json::array({"77aa0000-0a4e-4f7c-9a59-2d3f5a1c7b10"})) << "what means nothing is told";
  EXPECT_EQ(me.json["unknownAreas"], me.json["unknownRoles"]);
  EXPECT_EQ(as("head").Get("/v1/restrictions").status, 200);
  EXPECT_EQ(as("nobody").Get("/v1/me").status, 401) << "without the staff number nobody's conflicts could be judged";
  EXPECT_EQ(as("system").Get("/v1/me").Text("sub"), "system");
  EXPECT_EQ(as("system").Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900001"}}).status, 200);
}

}  // namespace
}  // namespace evenhand::testing
