// Figures of the fan-out: thousands of messages with one recipient in ten failing, and how soon an event reaches its recipient's server.
#include <chrono>
#include <iostream>
#include <map>
#include <thread>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using Clock = std::chrono::steady_clock;
double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

// EVENHAND_LOAD_ROUNDS=20 makes the full ten thousand; the daily run is smaller.
int Rounds() {
  const char* rounds = std::getenv("EVENHAND_LOAD_ROUNDS");
  return rounds != nullptr ? std::atoi(rounds) : 4;
}
constexpr int kMembers = 500;

TEST(NotificationLoad, OneInTenFailsNoneIsLostAndNoneIsDoubled) {
  const Folder folder;
  const int port = UnusedPort();
  const Peer mail({"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl"}, port);
  Stack stack(
      {{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(port)}, {"EVENHAND_SMTP_TLS", "off"}, {"EVENHAND_SMTP_RATE", "5000"}});
  Json members = Json::array();
  for (int i = 0; i < kMembers; ++i) {
    members.push_back(
        {{"staffId", "u-" + std::to_string(i)}, {"email", (i % 10 == 3 ? "never" : "taken") + std::to_string(i) + "@example.org"}});
  }
  ASSERT_THAT(
      stack.As("administrator", "").Put("/v1/audiences/public-numbers", {{"name", "Desk"}, {"members", members}}, {{"If-Match", "*"}}),
      Succeeds());
  const auto start = Clock::now();
  for (int i = 0; i < Rounds(); ++i) Impose(stack, RegisterPerson(stack));
  const int all = Rounds() * kMembers;
  const auto count = [&](const std::string& state) {
    return std::stoi(stack.Sql("select count(*) from notification.notification where kind = 'SHARE' and state = '" + state + "'"));
  };
  ASSERT_TRUE(Eventually([&] { return count("SENT") + count("ESCALATED") == all; }, 300));
  const double took = Seconds(start);
  EXPECT_EQ(count("SENT"), all * 9 / 10);
  EXPECT_EQ(count("ESCALATED"), all / 10);
  std::map<std::string, int> ids;
  for (const Json& one : LinesOf(folder.path + "/mail.jsonl")) {
    const std::string text = one["text"];
    const auto at = text.find("Message-ID: <");
    ++ids[text.substr(at, text.find('>', at) - at)];
  }
  EXPECT_EQ(static_cast<int>(ids.size()), all * 9 / 10);
  for (const auto& [id, times] : ids) EXPECT_EQ(times, 1) << id;
  const std::string lag = stack.Sql(
      "select round(percentile_cont(0.99) within group (order by extract(epoch from (document->>'sentAt')::timestamptz - "
      "created_at))::numeric, 2) "
      "from notification.notification where kind = 'SHARE' and state = 'SENT'");
  std::cout << all << " messages in " << took << " s: " << all / took << " a second; lag at p99 " << lag << " s" << std::endl;
}

struct Passage {
  double rate = 0;  // events a second
  double p99 = 0;   // seconds from the event to the receiver's answer
};

// Eight clients, each at its own instants: together fifty a second, however long one answer takes.
Passage FiftyASecond(Stack& stack, const std::string& received) {
  constexpr int kAll = 400;
  const Client leader = stack.As("team_leader");
  std::vector<Json> people;
  for (int i = 0; i < kAll; ++i)
    people.push_back({{"displayName", Unique("Pat")}, {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}}});
  const std::size_t before = LinesOf(received).size();
  const std::string from = stack.Sql("select now()");
  const auto start = Clock::now();
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      for (int i = c; i < kAll; i += 8) {
        std::this_thread::sleep_until(start + std::chrono::milliseconds(20) * i);
        leader.Post("/v1/people", people[i]);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  Passage passage{kAll / Seconds(start), 0};
  EXPECT_TRUE(Eventually([&] { return LinesOf(received).size() >= before + kAll; }, 30));
  passage.p99 = std::stod(stack.Sql(
      "select round(percentile_cont(0.99) within group (order by extract(epoch from (n.document->>'sentAt')::timestamptz - "
      "o.occurred_at))::numeric, 3) from notification.notification n join notification.occasion o on o.event_id = n.event_id where "
      "n.kind = 'WEBHOOK' and o.occurred_at >= '" +
      from + "'"));
  std::cout << kAll << " events at " << passage.rate << " a second: from event to receiver at p99 " << passage.p99 << " s" << std::endl;
  return passage;
}

TEST(NotificationLoad, AnEventReachesItsReceiverWithinASecondAtFiftyASecond) {
  const Folder folder;
  const int port = UnusedPort();
  const std::string received = folder.path + "/hooks.jsonl";
  const Peer receiver({"node", "tests/functional/peers/webhook_peer.mjs", std::to_string(port), received, folder.path + "/moods.json"},
                      port);
  Stack stack;
  const Reply hook =
      stack.As("administrator", "")
          .Post("/v1/webhooks", {{"url", "http://127.0.0.1:" + std::to_string(port) + "/h"}, {"eventTypes", {"person.registered"}}});
  ASSERT_THAT(hook, Succeeds());
  Write(folder.path + "/moods.json", {{"/h", {{"secret", hook.Text("secret")}, {"answers", {200}}}}});
  EXPECT_LT(FiftyASecond(stack, received).p99, 1.0);
}

}  // namespace
}  // namespace evenhand::testing
