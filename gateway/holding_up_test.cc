// Nobody holds the others up: slow bodies, many bodies, many questions, and services that are away.
#include <fstream>
#include <thread>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "gateway/testing/edge.h"

namespace evenhand::gateway {
namespace {

using testing::Answer;
using testing::Edge;
using testing::FakeServices;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using Clients = std::vector<std::unique_ptr<RawClient>>;

constexpr char kEvidence[] = "/v1/incidents/0190/evidence";

// What this process has in memory, in MiB.
long Resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6)) / 1024;
  }
  return 0;
}

template <typename Condition>
bool Eventually(Condition condition, int seconds = 10) {
  for (int i = 0; i < seconds * 100; ++i) {
    if (condition()) return true;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return false;
}

TEST(Uploads, TakeNoThreadOfAServiceBeforeTheyAreHere) {
  Edge edge({"--streams-per-subject=64", "--memory-budget=128"});  // one caller's share of it is more than forty uploads take
  Clients slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(std::make_unique<RawClient>(edge.port()));
    slow.back()->Send(edge.Head("POST", kEvidence, "Content-Type: text/plain\r\nContent-Length: 1000000\r\n") + "slow!");
  }
  EXPECT_EQ(edge.Call("GET", "/v1/incidents/1").status, 200);
  EXPECT_EQ(edge.services().heard().uploads_begun, 0);
  slow[7]->Send(std::string(999'995, 'x'));
  const Answer kept = slow[7]->Read();
  EXPECT_EQ(kept.status, 201);
  EXPECT_EQ(kept.headers.at("etag"), "1000000") << "all bytes, in the order in which they came";
  EXPECT_EQ(edge.services().heard().uploads_begun, 1);
}

TEST(Uploads, OfOneCallerAreBounded) {
  Edge edge({"--streams-per-subject=3"});
  Clients slow;
  for (int i = 0; i < 4; ++i) {
    slow.push_back(std::make_unique<RawClient>(edge.port()));
    slow.back()->Send(edge.Head("POST", kEvidence, "Content-Type: text/plain\r\nContent-Length: 100\r\nExpect: 100-continue\r\n"));
    if (i == 3) break;
    ASSERT_EQ(slow.back()->Read().status, 100);
    slow.back()->Send("slow!");
  }
  const Answer refused = slow[3]->Read();
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  slow[0]->Send(std::string(95, 'x'));
  EXPECT_EQ(slow[0]->Read().status, 201);
  EXPECT_EQ(edge.Call("POST", kEvidence, "short", "Content-Type: text/plain\r\n").status, 201) << "one place is free again";
  slow.clear();
  EXPECT_TRUE(Eventually([&] {
    Clients again;
    for (int i = 0; i < 3; ++i) {
      again.push_back(std::make_unique<RawClient>(edge.port()));
      again.back()->Send(edge.Head("POST", kEvidence, "Content-Type: text/plain\r\nContent-Length: 2\r\n") + "ab");
    }
    return std::ranges::all_of(again, [](const auto& one) { return one->Read().status == 201; });
  })) << "who leaves gives the place back";
}

TEST(Uploads, FindNoSpaceWhereTheDiskIsSpokenFor) {
  Edge edge({"--spool-space=1"});
  EXPECT_EQ(edge.Call("POST", kEvidence, std::string(900'000, 'x'), "Content-Type: text/plain\r\n").status, 201);
  const Answer refused = edge.Call("POST", kEvidence, std::string(3'000'000, 'x'), "Content-Type: text/plain\r\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  EXPECT_EQ(edge.Call("POST", kEvidence, std::string(900'000, 'x'), "Content-Type: text/plain\r\n").status, 201);
}

TEST(Downloads, HoldNoThreadOfAServiceForAReaderWhoDoesNotRead) {
  Edge edge;
  RawClient idle(edge.port());
  idle.Send(edge.Head("GET", std::string(kEvidence) + "/1:content", "X-Acknowledge-Distressing: true\r\n"));
  EXPECT_TRUE(Eventually([&] { return edge.services().heard().downloads == 0; }));
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(edge.services().heard().downloads, 0);
  const Answer all = idle.Read();
  EXPECT_EQ(all.body.size(), 48U * 64 * 1024);
  EXPECT_TRUE(all.whole);
}

TEST(Uploads, ABodyThatTricklesEndsWith408) {
  Edge edge;
  RawClient upload(edge.port()), json(edge.port()), import(edge.port());
  upload.Send(edge.Head("POST", kEvidence, "Content-Type: text/plain\r\nContent-Length: 1000000\r\n") + std::string(400'000, 'x'));
  json.Send(edge.Head("POST", "/v1/incidents", "Content-Length: 1000\r\n") + "{");
  import.Send(edge.Head("POST", "/v1/incidents:import", "Content-Type: text/csv\r\nContent-Length: 1000000\r\n") + "a");
  for (int i = 0; i < 17; ++i) {
    absl::SleepFor(absl::Seconds(1));
    for (RawClient* one : {&upload, &json, &import}) one->Send("a");
  }
  EXPECT_EQ(upload.Read().status, 408) << "what came quickly before buys no time";
  EXPECT_EQ(json.Read().status, 408);
  EXPECT_EQ(import.Read().status, 408);
}

TEST(Memory, HasABudgetHoweverManyConnectionsThereAre) {
  Edge edge({"--memory-budget=16"});
  edge.Call("GET", "/healthz");
  malloc_trim(0);
  const long before = Resident();
  const std::string head = edge.Head("POST", "/v1/incidents", "Content-Length: 1048576\r\n"), body(1'000'000, ' ');
  Clients many;
  for (int i = 0; i < 400; ++i) {
    many.push_back(std::make_unique<RawClient>(edge.port()));
    many.back()->Send(head + body);
  }
  EXPECT_LT(Resident() - before, 60);
  const Answer other = edge.Call("GET", "/v1/incidents/1");
  EXPECT_EQ(other.status, 200) << "whoever asks for little is answered";
  int refused = 0;
  for (std::size_t i = 300; i < many.size(); ++i) {
    const Answer answer = many[i]->Read();
    refused += (answer.status == 429 || answer.status == 503) && answer.headers.contains("retry-after");
  }
  EXPECT_GT(refused, 90);
  many.clear();
  EXPECT_TRUE(Eventually([&] { return malloc_trim(0), Resident() - before < 16; })) << Resident() - before;
  EXPECT_EQ(edge.Call("POST", "/v1/incidents", "{}" + std::string(1'000'000, ' ')).status, 201) << "the budget is free again";
}

TEST(Memory, RequestsAheadOfTheirTurnAreNotKeptWithoutEnd) {
  Edge edge({"--memory-budget=1"});
  const long before = Resident();
  const std::string slow = R"({"sourceRef":"slow"})";
  const std::string first = edge.Head("POST", "/v1/incidents", "Content-Length: " + std::to_string(slow.size()) + "\r\n") + slow;
  Clients many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(std::make_unique<RawClient>(edge.port()));
    many.back()->Send(first + std::string(60'000, 'G'));
  }
  EXPECT_LT(Resident() - before, 24);
  many.clear();
  absl::SleepFor(absl::Milliseconds(2500));  // for the slow ones to end
}

TEST(Enumeration, IsBoundedByHandlesNotByRequests) {
  Edge edge({"--handle-limits=employee=1000"});
  const auto batch = [&](int handles) {
    std::string body = R"({"requests":[)";
    for (int i = 0; i < handles; ++i)
      body += std::string(i > 0 ? "," : "") + R"({"channel":"PHONE","phone":"07700 900)" + std::to_string(100 + i) + "\"}";
    return edge.Call("POST", "/v1/contacts:batchCheck", body + "]}");
  };
  EXPECT_NE(batch(600).status, 429);
  const Answer refused = batch(600);
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  EXPECT_THAT(refused.body, HasSubstr(R"("clause":"12.4")"));
  EXPECT_THAT(refused.body, Not(HasSubstr("replies")));
  for (int i = 0; i < 399; ++i) ASSERT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"1"})").status, 200);
  EXPECT_NE(edge.Call("POST", "/v1/people:resolve", R"({"phone":"1"})").status, 429);
  for (const char* path :
       {"/v1/contacts:check", "/v1/contacts:record", "/v1/contacts:replay", "/v1/people:resolve", "/v1/contacts:check?validateOnly=true"})
    EXPECT_EQ(edge.Call("POST", path, R"({"phone":"1"})").status, 429) << path;
  EXPECT_EQ(batch(1).status, 429);
  EXPECT_EQ(edge.Call("GET", "/v1/incidents/1").status, 200) << "other work goes on";
}

TEST(Strangers, HaveALimitOfTheirOwn) {
  Edge edge({"--stranger-rate-limit=5"});
  const auto unknown = [&](std::string_view path) { return edge.Call("GET", path, "", "", false); };
  for (const char* path : {"/nothing", "/v1/incidents", "/docs"}) EXPECT_NE(unknown(path).status, 429) << path;
  EXPECT_EQ(edge.Call("DELETE", "/v1/incidents").status, 405);
  EXPECT_EQ(edge.Call("GET", "/v1/incidents", "", "Authorization: Bearer a.b.c\r\n", false).status, 401);
  for (const char* path : {"/nothing", "/v1/incidents", "/docs", "/openapi.json"}) {
    const Answer refused = unknown(path);
    EXPECT_EQ(refused.status, 429) << path;
    EXPECT_TRUE(refused.headers.contains("retry-after"));
  }
  EXPECT_EQ(edge.Call("GET", "/v1/incidents/1").status, 200) << "whoever is known is not held up by them";
  EXPECT_EQ(unknown("/healthz").status, 200);
}

TEST(Strangers, BehindATrustedProxyEachHasTheirOwn) {
  Edge edge({"--stranger-rate-limit=2", "--trusted-proxies=127.0.0.1"});
  const auto from = [&](const std::string& address) {
    return edge.Call("GET", "/nothing", "", "X-Forwarded-For: " + address + "\r\n", false).status;
  };
  EXPECT_EQ(from("203.0.113.5"), 404);
  EXPECT_EQ(from("203.0.113.5"), 404);
  EXPECT_EQ(from("203.0.113.5"), 429);
  EXPECT_EQ(from("203.0.113.5, 127.0.0.1"), 429);
  EXPECT_EQ(from("203.0.113.6"), 404);
  Edge direct({"--stranger-rate-limit=2"});
  const auto spoofed = [&](const std::string& address) {
    return direct.Call("GET", "/nothing", "", "X-Forwarded-For: " + address + "\r\n", false).status;
  };
  spoofed("203.0.113.1");
  spoofed("203.0.113.2");
  EXPECT_EQ(spoofed("203.0.113.3"), 429) << "nobody chooses their own address";
}

TEST(Strangers, BehindATrustedProxySlowRequestsOfOneAreCapped) {
  Edge edge({"--max-connections-per-client=3", "--trusted-proxies=127.0.0.1"});
  const auto slow = [&](const std::string& address) {
    auto client = std::make_unique<RawClient>(edge.port());
    client->Send(edge.Head("POST", "/v1/incidents", "Content-Length: 100\r\nX-Forwarded-For: " + address + "\r\n") + "{");
    return client;
  };
  Clients some;
  for (int i = 0; i < 3; ++i) some.push_back(slow("203.0.113.5"));
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(slow("203.0.113.5")->Read().status, 503);
  EXPECT_EQ(edge.Call("GET", "/v1/incidents/1", "", "X-Forwarded-For: 203.0.113.6\r\n").status, 200);
  some.clear();
  absl::SleepFor(absl::Milliseconds(100));
  some.push_back(slow("203.0.113.5"));
  some.back()->Send("}" + std::string(98, ' '));
  EXPECT_EQ(some.back()->Read().status, 201);
}

TEST(Strangers, FillNoLog) {
  Edge edge;
  std::string path = "/tmp/evenhand-log-XXXXXX";
  const int file = mkstemp(path.data()), kept = dup(STDERR_FILENO);
  dup2(file, STDERR_FILENO);
  RawClient client(edge.port());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 20; ++i) {
    client.Send(many);
    for (int j = 0; j < 100; ++j) client.Read();
  }
  absl::SleepFor(absl::Milliseconds(1100));
  client.Send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
  client.Read();
  // A request's line comes after its reply.
  std::string text;
  Eventually([&] {
    std::ifstream log(path);
    text.assign(std::istreambuf_iterator<char>(log), {});
    return text.find("requests_not_logged") != std::string::npos;
  });
  dup2(kept, STDERR_FILENO);
  close(kept);
  close(file);
  EXPECT_LT(std::ranges::count(text, '\n'), 200);
  EXPECT_THAT(text, HasSubstr("requests_not_logged"));
  unlink(path.c_str());
}

TEST(Readiness, IsTheGatewaysOwnAndRestrictionServices) {
  FakeServices others;
  Edge edge({"--notification=" + others.address(), "--appeal=" + others.address()});
  const auto ready = [&] { return edge.Call("GET", "/readyz", "", "", false); };
  ASSERT_TRUE(Eventually([&] { return ready().body.find("NOT_SERVING") == std::string::npos; }));
  EXPECT_EQ(ready().status, 200);
  others.Stop();
  ASSERT_TRUE(Eventually([&] { return ready().body.find("NOT_SERVING") != std::string::npos; }));
  EXPECT_EQ(ready().status, 200);
  EXPECT_THAT(
      ready().body,
      HasSubstr(
          R"("ready":true,"services":{"appeal":"NOT_SERVING","incident":"SERVING","notification":"NOT_SERVING","restriction":"SERVING"})"));
  const absl::Time began = absl::Now();
  for (int i = 0; i < 10; ++i) ready();
  EXPECT_LT(absl::Now() - began, absl::Milliseconds(500)) << "nobody is asked while somebody waits";
  edge.services().Stop();
  EXPECT_TRUE(Eventually([&] { return ready().status == 503; }));
}

}  // namespace
}  // namespace evenhand::gateway
