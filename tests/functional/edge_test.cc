// The edge with the real services behind it: what a client that misbehaves, and a service that does, cost the others.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include <chrono>
#include <fstream>
#include <future>
#include <thread>

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

// Each service stopped in turn: the gateway stays with its load balancer, and what the others do goes on.
TEST(TheEdge, AFrozenServiceTakesNobodyElseAway) {
  Stack& stack = Stack::Shared();
  const std::map<std::string, std::string> routes = {
      {"incident", "/v1/incidents"}, {"appeal", "/v1/appeals"}, {"notification", "/v1/notifications"}, {"restriction", "/v1/delegations"}};
  for (const std::string frozen : {"notification", "appeal", "incident"}) {
    stack.Signal(frozen + "-service", SIGSTOP);
    EXPECT_TRUE(Eventually([&] {
      return stack.Anonymous().Get("/readyz").body.find("\"" + frozen + "\":\"NOT_SERVING\"") != std::string::npos;
    })) << frozen;
    const auto began = steady_clock::now();
    EXPECT_EQ(stack.Anonymous().Get("/readyz").status, 200) << frozen;
    EXPECT_LT(steady_clock::now() - began, milliseconds(500));
    EXPECT_EQ(stack.As("crm", "").Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900997"}}).status, 200) << frozen;
    for (const auto& [service, path] : routes)
      if (service != frozen) {
        EXPECT_EQ(stack.As("team_leader").Get(path).status, 200) << path << " while " << frozen << " stands still";
      }
    stack.Signal(frozen + "-service", SIGCONT);
    EXPECT_TRUE(stack.Ready(10));
  }
}

// However many wait for the one that answers nobody, the others' threads are never all theirs.
TEST(TheEdge, ManyThatWaitForAFrozenServiceKeepNobodyOut) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Json proposal = ARestriction(person, {EvidenceAbout(stack, person)});
  const Client leader = stack.As("team_leader");
  stack.Signal("incident-service", SIGSTOP);
  std::vector<std::future<int>> waiting;
  for (int i = 0; i < 48; ++i) {
    waiting.push_back(std::async(std::launch::async, [&] { return stack.As("team_leader").Post("/v1/restrictions", proposal).status; }));
  }
  std::this_thread::sleep_for(milliseconds(500));
  for (const std::string path : {"/v1/restrictions", "/v1/serviceAreas", "/v1/delegations"}) {
    EXPECT_EQ(leader.Get(path).status, 200) << path;
  }
  EXPECT_EQ(stack.Anonymous().Get("/readyz").status, 200);
  for (auto& one : waiting) EXPECT_EQ(one.get(), 503);
  stack.Signal("incident-service", SIGCONT);
  ASSERT_TRUE(stack.Ready(10));
  EXPECT_THAT(leader.Post("/v1/restrictions", proposal), Succeeds());
}

TEST(TheEdge, FortyIdleUploadsHoldNobodyUp) {
  Stack& stack = Stack::Shared();
  const Reply incident = stack.As("employee").Post("/v1/incidents", AnIncident());
  ASSERT_THAT(incident, Succeeds());
  std::vector<int> slow;
  for (int i = 0; i < 40; ++i) {  // five of each of eight subjects
    const Client client = stack.As("employee", "Housing", "E19" + std::to_string(10 + i / 5));
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(stack.port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const std::string head = "POST /v1/incidents/" + incident.id() + "/evidence HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                             client.token() +
                             "\r\nContent-Type: text/plain\r\nX-Evidence-Name: slow.txt\r\nContent-Length: 1000000\r\n\r\nslow!";
    ASSERT_EQ(send(fd, head.data(), head.size(), 0), static_cast<ssize_t>(head.size()));
    slow.push_back(fd);
  }
  const auto began = steady_clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(stack.As("team_leader").Get("/v1/incidents/" + incident.id()).status, 200);
  EXPECT_LT(steady_clock::now() - began, milliseconds(2000));
  for (const int fd : slow) close(fd);
}

// 12.4: the register is no list, however it is asked.
TEST(TheEdge, AnEmployeeCannotSweepTheRegister) {
  const Client employee = Stack::Shared().As("employee", "Housing", "E1950");
  Json batch = {{"requests", Json::array()}};
  for (int i = 0; i < 1000; ++i) batch["requests"].push_back({{"channel", "EMAIL"}, {"email", "a" + std::to_string(i) + "@example.org"}});
  EXPECT_EQ(employee.Post("/v1/contacts:batchCheck", batch).status, 200);
  const Reply refused = employee.Post("/v1/contacts:batchCheck", batch);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json.value("clause", ""), "12.4");
  EXPECT_EQ(employee.Post("/v1/contacts:check", {{"phone", "07700 900996"}}).status, 429);
  EXPECT_EQ(Stack::Shared().As("crm", "").Post("/v1/contacts:batchCheck", batch).status, 200);
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
  EXPECT_THAT(Stack::Shared().Anonymous().Get("/docs").body, HasSubstr("/docs/api-reference."));
}

}  // namespace
}  // namespace evenhand::testing
