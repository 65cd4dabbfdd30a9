// The edge with the real services behind it: what a client that misbehaves, and a service that does, cost the others.
#include <csignal>

#include <chrono>
#include <fstream>
#include <future>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

// The most memory that a process ever had, in MiB.
long PeakMemory(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stol(line.substr(6)) / 1024;
  }
  return 0;
}

TEST(TheEdge, HostileInputIsNamedByItsPath) {
  const Client client = Stack::Shared().As("employee");
  const auto refused = [&](const std::string& body) {
    return client.Send("POST", "/v1/incidents", body, {{"Content-Type", "application/json"}});
  };
  EXPECT_THAT(refused(AnIncident({{"zz", 1}}).dump()), Violates("zz"));
  EXPECT_THAT(refused(R"({"staff":[{"staffId":"E1","rank":"high"}]})"), Violates("staff[0].rank"));
  EXPECT_THAT(refused(R"({"narrative":"a\u0000b"})"), Violates("narrative"));
  EXPECT_THAT(refused("{\"person\":{\"name\":\"\xff\"}}"), Violates("person.name"));
  EXPECT_THAT(refused(R"({"team":"a","team":"b"})"), Violates("team"));
  EXPECT_THAT(refused(R"({"contactEnded":"yes"})"), Violates("contactEnded"));
  EXPECT_THAT(client.Get("/v1/incidents?pageSize=many"), Violates("pageSize"));
  EXPECT_EQ(refused(std::string(100'000, '[')).status, 400);
  EXPECT_EQ(refused("{'team':'a'}").status, 400);
}

TEST(TheEdge, ALargeFileGoesThroughWithoutBeingHeld) {
  Stack& stack = Stack::Shared();
  const Reply incident = stack.As("employee").Post("/v1/incidents", AnIncident());
  ASSERT_THAT(incident, Succeeds());
  const long before = PeakMemory(stack.Pid("gateway"));
  std::string file(60 * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < file.size(); i += 4099) file[i] = static_cast<char>('a' + i % 23);
  const std::string path = "/v1/incidents/" + incident.id() + "/evidence";
  const Reply kept = stack.As("employee").Stream(path, file, "text/plain", {{"X-Evidence-Name", "log.txt"}});
  ASSERT_THAT(kept, Succeeds());
  const Reply back = stack.As("team_leader").Get(path + "/" + kept.id() + ":content");
  EXPECT_EQ(back.status, 200);
  EXPECT_TRUE(back.body == file);
  EXPECT_LT(PeakMemory(stack.Pid("gateway")) - before, 24);
}

TEST(TheEdge, AFrozenRestrictionServiceCostsACheckASecondAndTheNextNothing) {
  Stack& stack = Stack::Shared();
  const Client crm = stack.As("crm", "");
  const Json ask = {{"channel", "PHONE"}, {"phone", "07700 900999"}};
  ASSERT_THAT(crm.Post("/v1/contacts:check", ask), Succeeds());
  stack.Signal("restriction-service", SIGSTOP);
  // Every gateway thread has a stream of its own and finds out for itself.
  for (int i = 0; i < 8; ++i) EXPECT_EQ(crm.Post("/v1/contacts:check", ask).status, 503);
  auto began = steady_clock::now();
  EXPECT_EQ(crm.Post("/v1/contacts:check", ask).status, 503);
  EXPECT_LT(steady_clock::now() - began, milliseconds(1200));
  EXPECT_EQ(stack.Anonymous().Get("/readyz").status, 503);
  EXPECT_EQ(stack.Anonymous().Get("/healthz").status, 200);
  stack.Signal("restriction-service", SIGCONT);
  EXPECT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", ask).status == 200; }));
}

TEST(TheEdge, TwentyClientsWithOneTokenAreAnsweredOneByOne) {
  const Client client = Stack::Shared().As("crm", "");
  std::vector<std::future<int>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::async(std::launch::async, [&] { return client.Post("/v1/contacts:check", {{"phone", "07700 900998"}}).status; }));
  }
  for (auto& one : all) EXPECT_EQ(one.get(), 200);
}

TEST(TheEdge, TheContractIsServedWithoutAToken) {
  const Reply contract = Stack::Shared().Anonymous().Get("/openapi.json");
  EXPECT_EQ(contract.json.value("openapi", ""), "3.1.0");
  EXPECT_TRUE(contract.json["paths"].contains("/v1/contacts:check"));
  EXPECT_THAT(Stack::Shared().Anonymous().Get("/docs").body, HasSubstr("/docs/docs.js"));
}

}  // namespace
}  // namespace evenhand::testing
