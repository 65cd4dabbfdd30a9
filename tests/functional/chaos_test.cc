// Processes die at any moment, PostgreSQL too: what was acknowledged is there, once, and everything comes back by itself.
#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using Clock = std::chrono::steady_clock;

// Clerks who record incidents all the time; each tries the same request (the same key) until it is answered, as a careful CRM does.
class Clerks {
 public:
  Clerks(Stack& stack, int count) : stack_(stack) {
    for (int i = 0; i < count; ++i) {
      const Client client = stack_.As("employee", "Housing", "E10" + std::to_string(10 + i));
      threads_.emplace_back([this, client] { Work(client); });
    }
  }

  // Ends the work and returns the sourceRefs that were acknowledged.
  std::set<std::string> Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    return acknowledged_;
  }

  int acknowledged() {
    const std::scoped_lock lock(mutex_);
    return static_cast<int>(acknowledged_.size());
  }

 private:
  void Work(const Client& client) {
    while (!stopping_) {
      const Json body = AnIncident({{"sourceRef", Unique("chaos")}});
      const std::string key = Unique("key");
      for (const auto end = Clock::now() + std::chrono::seconds(40); Clock::now() < end;) {
        const Reply reply = client.Post("/v1/incidents", body, {{"Idempotency-Key", key}});
        if (reply.ok()) {
          const std::scoped_lock lock(mutex_);
          acknowledged_.insert(body["sourceRef"]);
          break;
        }
        EXPECT_TRUE(reply.status == 0 || reply.status == 409 || reply.status >= 500)
            << "a fault of ours never looks like the caller's: " << reply;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    }
  }

  Stack& stack_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<std::string> acknowledged_;
  std::vector<std::thread> threads_;
};

TEST(Chaos, WhatWasAcknowledgedSurvivesTheKillOfAnyProcessAndHappenedOnce) {
  Stack stack;
  Clerks clerks(stack, 4);
  for (const char* victim : {"incident-service", "postgres", "gateway", "restriction-service", "postgres", "notification-service",
                             "appeal-service", "incident-service"}) {
    const int before = clerks.acknowledged();
    ASSERT_TRUE(Eventually([&] { return clerks.acknowledged() > before + 5; }, 30)) << "work goes on before the kill of " << victim;
    stack.Signal(victim, SIGKILL);
    ASSERT_TRUE(Eventually([&] { return clerks.acknowledged() > before + 20; }, 30)) << "work goes on after the kill of " << victim;
  }
  const std::set<std::string> acknowledged = clerks.Stop();
  ASSERT_TRUE(stack.Ready());
  EXPECT_GT(acknowledged.size(), 100u);
  std::string list;
  for (const std::string& ref : acknowledged) list += (list.empty() ? "'" : ",'") + ref + "'";
  EXPECT_EQ(stack.Sql("select count(*) from incident.incident where source_ref in (" + list + ")"), std::to_string(acknowledged.size()));
  EXPECT_EQ(stack.Sql("select count(*) from (select source_ref from incident.incident group by source_ref having count(*) > 1) twice"),
            "0");
  EXPECT_EQ(stack.Sql("select count(*) from incident.audit where action = 'incident.recorded'"),
            stack.Sql("select count(*) from incident.incident"))
      << "each change has its one audit entry";
  EXPECT_TRUE(Eventually([&] { return stack.Sql("select count(*) from incident.outbox") == "0"; }, 30)) << "every event arrives in the end";
}

TEST(Chaos, AStoppedProcessIsAnsweredForAndRecovers) {
  Stack stack;
  const Client employee = stack.As("employee"), crm = stack.As("crm", "");
  ASSERT_THAT(employee.Post("/v1/incidents", AnIncident()), Succeeds());
  stack.Signal("restriction-service", SIGKILL);
  const Reply check = crm.Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900123"}});
  EXPECT_TRUE(check.status == 503 || check.Text("outcome") == "UNKNOWN" || check.Text("outcome") == "CLEAR") << check;
  EXPECT_TRUE(Eventually(
      [&] { return crm.Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900123"}}).Text("outcome") == "CLEAR"; }, 15));
}

TEST(Chaos, TermUnderLoadFailsNoRequest) {
  Stack stack;
  const Client employee = stack.As("employee");
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0, failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const Reply reply = employee.Post("/v1/incidents", AnIncident());
        if (reply.ok()) ++answered;
        // A new connection may be refused while the door is shut; a request that was taken is answered.
        else if (reply.status != 0 && reply.status != 503)
          ++failed;
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return answered > 50; }, 20));
  stack.Signal("gateway", SIGTERM);
  const int before = answered;
  EXPECT_TRUE(Eventually([&] { return answered > before + 50; }, 20)) << "it is started again";
  stack.Signal("incident-service", SIGTERM);
  const int between = answered;
  EXPECT_TRUE(Eventually([&] { return answered > between + 50; }, 20));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace evenhand::testing
