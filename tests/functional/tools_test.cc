// The command line as a newcomer and an operator use it.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CommandLine, StatusNamesTheSixProcessesAndNotTheSupervisor) {
  Stack& stack = Stack::Shared();
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  std::vector<std::string> names;
  for (const Json& row : status.at("processes")) {
    names.push_back(row.at("name"));
    EXPECT_EQ(row.at("state"), "running") << row;
    EXPECT_GT(row.at("pid").get<int>(), 1) << row;
    EXPECT_GT(row.at("port").get<int>(), 0) << row;
    EXPECT_THAT(row.at("since").get<std::string>(), HasSubstr("T")) << row;
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("incident-service", "restriction-service", "appeal-service", "notification-service",
                                                     "gateway", "postgres"));
}

TEST(CommandLine, ACrashIsSeenInStatusAndTheProcessIsBack) {
  Stack& stack = Stack::Shared();
  const int pid = stack.Pid("appeal-service");
  stack.Signal("appeal-service", SIGKILL);
  EXPECT_TRUE(Eventually([&] { return stack.Pid("appeal-service") > 1 && stack.Pid("appeal-service") != pid && stack.Ready(1); }, 15));
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  for (const Json& row : status["processes"]) {
    if (row["name"] == "appeal-service") {
      EXPECT_GE(row["restarts"].get<int>(), 1) << row;
    }
  }
}

TEST(CommandLine, ATokenIsPrintedLastAndTakesNoServiceArea) {
  Stack& stack = Stack::Shared();
  const std::string output = stack.Tool({"token", "--sub", "crm", "--roles", "crm", "--service-areas", ""});
  const Client crm(stack.port(), output.substr(output.find_last_of(" \n") + 1));
  EXPECT_EQ(crm.Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900555"}}).status, 200);
  EXPECT_NE(Json::parse(stack.Tool({"token", "--sub", "x", "--roles", "crm", "--output", "json"})).value("token", ""), "");
}

TEST(CommandLine, UpOnARunningStackSaysWhereItIsAndStartsNothing) {
  Stack& stack = Stack::Shared();
  const int gateway = stack.Pid("gateway");
  const Json up = Json::parse(stack.Tool({"up", "--detach", "--output", "json"}));
  EXPECT_EQ(up.at("port"), stack.port());
  EXPECT_EQ(stack.Pid("gateway"), gateway);
}

TEST(Version, IsTheSameWhoeverTellsIt) {
  Stack& stack = Stack::Shared();
  const std::string line = stack.Tool({"--version"});
  const std::string version = line.substr(line.find(' ') + 1, line.find('\n') - line.find(' ') - 1);
  const Client anybody = stack.Anonymous();
  EXPECT_EQ(anybody.Get("/openapi.json").json["info"]["version"], version);
  EXPECT_EQ(anybody.Get("/healthz").json["version"], version);
  int processes = 0;
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  for (const Json& row : status["processes"]) {
    const int port = row.value("metricsPort", 0);
    if (port == 0) continue;
    ++processes;
    EXPECT_THAT(Client(port, "").Get("/metrics").body, ::testing::HasSubstr("evenhand_build_info{version=\"" + version + "\"} 1")) << row;
  }
  EXPECT_EQ(processes, 5);
}

TEST(CommandLine, NoSecretStandsInAnArgumentOrALog) {
  Stack& stack = Stack::Shared();
  std::string password;
  {
    std::ifstream file(stack.data_dir() + "/secrets/evenhand_incident.pgpass");
    std::getline(file, password);
    password = password.substr(password.rfind(':') + 1);
  }
  ASSERT_GT(password.size(), 20u);
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  for (const Json& row : status["processes"]) {
    std::ifstream arguments("/proc/" + std::to_string(row["pid"].get<int>()) + "/cmdline");
    EXPECT_THAT(std::string((std::istreambuf_iterator<char>(arguments)), {}), Not(HasSubstr(password)));
  }
  for (const auto& entry : std::filesystem::directory_iterator(stack.data_dir() + "/logs")) {
    std::ifstream log(entry.path());
    EXPECT_THAT(std::string((std::istreambuf_iterator<char>(log)), {}), Not(HasSubstr(password))) << entry.path();
  }
  EXPECT_EQ(std::filesystem::status(stack.data_dir() + "/secrets/evenhand_incident.pgpass").permissions() & std::filesystem::perms(077),
            std::filesystem::perms::none);
  EXPECT_EQ(std::filesystem::status(stack.data_dir() + "/dev/key.pem").permissions() & std::filesystem::perms(077),
            std::filesystem::perms::none);
}

TEST(CommandLine, ImportCountsByOutcome) {
  Stack& stack = Stack::Shared();
  stack.Tool({"import", "tools/samples/portal-export.csv", "--output", "json"});
  // The progress goes to standard error, which the harness reads too: the JSON is the last line.
  const std::string output = stack.Tool({"import", "tools/samples/portal-export.csv", "--output", "json"});
  const Json again = Json::parse(output.substr(output.rfind("\n{") == std::string::npos ? 0 : output.rfind("\n{") + 1));
  EXPECT_EQ(again.at("created"), 0);
  EXPECT_EQ(again.at("rejected"), 16);
  EXPECT_EQ(again.at("rejections").size(), 16u);
}

TEST(CommandLine, TheDemoTellsEveryStepAndHoldsTheMainJob) {
  Stack& stack = Stack::Shared();
  const std::string story = stack.Tool({"demo"});
  for (const char* fact : {"refused by clause 7.3", "imposed, in force", "GUIDANCE", "Another number: CLEAR", "Without a token: 401",
                           "is lodged against", "To be told: ", "0 changed"})
    EXPECT_THAT(story, HasSubstr(fact));
  EXPECT_THAT(story, Not(HasSubstr("swore")));
}

TEST(CommandLine, ConfigPrintsAndChecksEveryProcess) {
  Stack& stack = Stack::Shared();
  const Json config = Json::parse(stack.Tool({"config", "--output", "json"}));
  for (const char* process : {"incident", "restriction", "appeal", "notification", "gateway"})
    EXPECT_EQ(config.at(process).at("ok"), true) << process;
  EXPECT_THAT(stack.Tool({"config", "check"}), HasSubstr("gateway: ok"));
}

TEST(CommandLine, TheOutboxRunsEmpty) {
  Stack& stack = Stack::Shared();
  EXPECT_TRUE(Eventually([&] { return Json::parse(stack.Tool({"outbox", "--output", "json"})).at("events").empty(); }, 60));
}

TEST(CommandLine, ABackupBringsEverythingBackUnderANewEpoch) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  const std::string before = stack.Sql("select epoch from restriction.revision");
  const std::string file = stack.data_dir() + "-backup";
  stack.Tool({"backup", file});
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms(077), std::filesystem::perms::none);

  Stack restored(Stack::From{file});
  std::filesystem::remove(file);
  EXPECT_EQ(restored.As("senior_manager").Get("/v1/restrictions/" + imposed.id()).Text("state"), "IN_FORCE");
  const Json ask = {{"channel", "PHONE"}, {"phone", phone}, {"serviceArea", "Housing"}};
  EXPECT_EQ(restored.As("crm", "").Post("/v1/contacts:check", ask).json.value("outcome", ""), "GUIDANCE");
  EXPECT_NE(restored.Sql("select epoch from restriction.revision"), before);
  // A token from before the restore proves nothing any more.
  Json with_old_token = ask;
  with_old_token["consistencyToken"] = imposed.Text("consistencyToken");
  const Reply old = restored.As("crm", "").Post("/v1/contacts:check", with_old_token);
  EXPECT_TRUE(old.status != 200 || old.json.value("outcome", "") == "UNKNOWN") << old;
}

}  // namespace
}  // namespace evenhand::testing
