// A mail server with moods, or none at all: each message arrives once and nobody is held up by another (Scenario 19).
#include <signal.h>

#include <map>

#include "tests/functional/mailed_stack.h"

namespace evenhand::testing {
namespace {

TEST(Scenario19, GreylistedDroppedAndSlowMailArrivesOnceEach) {
  MailedStack& with = MailedStack::Shared();
  const std::string later = Behaved("later"), drop = Behaved("drop"), slow = Behaved("slow");
  Keep(with.stack, "public-numbers",
       {{{"staffId", "u-l"}, {"email", later}}, {{"staffId", "u-d"}, {"email", drop}}, {{"staffId", "u-s"}, {"email", slow}}});
  const std::string restriction = Impose(with.stack, RegisterPerson(with.stack)).id();
  ASSERT_TRUE(Eventually([&] { return Count(LedgerOf(with.stack, restriction), "SENT") == 3; }, 20));
  std::map<std::string, int> arrived;
  for (const Json& mail : with.Mails()) ++arrived[mail["to"]];
  EXPECT_EQ(arrived[later], 1);
  EXPECT_EQ(arrived[drop], 1);
  EXPECT_EQ(arrived[slow], 1);
}

TEST(Scenario19, RecipientsWhoseServerHangsHoldUpNobodyElse) {
  MailedStack& with = MailedStack::Shared();
  Json members = Json::array();
  for (int i = 0; i < 5; ++i) members.push_back({{"staffId", "u-hang" + std::to_string(i)}, {"email", Behaved("hang")}});
  Keep(with.stack, "public-numbers", members);
  const std::string stuck = Impose(with.stack, RegisterPerson(with.stack)).id();
  ASSERT_TRUE(ShowsShares(with.stack, stuck, 5));
  members = Json::array();
  for (int i = 0; i < 30; ++i) members.push_back({{"staffId", "u-free" + std::to_string(i)}, {"email", Behaved("free")}});
  Keep(with.stack, "public-numbers", members);
  const std::string free = Impose(with.stack, RegisterPerson(with.stack)).id();
  EXPECT_TRUE(Eventually([&] { return Count(LedgerOf(with.stack, free), "SENT") == 30; }, 10)) << LedgerOf(with.stack, free)["audiences"];
  EXPECT_EQ(Count(LedgerOf(with.stack, stuck), "SENT"), 0);
}

TEST(Scenario19, AMailServerThatIsAwayIsLeftAloneAndEachMessageArrivesOnceWhenItIsBack) {
  const Folder folder;
  const int port = UnusedPort();
  Stack stack(
      {{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(port)}, {"EVENHAND_SMTP_TLS", "off"}, {"EVENHAND_RETRY_FIRST", "200ms"}});
  Json members = Json::array();
  for (int i = 0; i < 12; ++i)
    members.push_back({{"staffId", "u-" + std::to_string(i)}, {"email", "m" + std::to_string(i) + "@example.org"}});
  Keep(stack, "public-numbers", members);
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_TRUE(Eventually([&] { return Count(LedgerOf(stack, restriction), "TEMPORARY_FAILURE") >= 5; }, 20));
  EXPECT_EQ(LedgerOf(stack, restriction)["done"], false);
  const Peer mail({"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl"}, port);
  EXPECT_TRUE(Eventually([&] { return Count(LedgerOf(stack, restriction), "SENT") == 12; }, 60))
      << LedgerOf(stack, restriction)["audiences"];
  std::map<std::string, int> arrived;
  for (const Json& mail_line : LinesOf(folder.path + "/mail.jsonl")) ++arrived[mail_line["to"]];
  EXPECT_EQ(arrived.size(), 12U);
  for (const auto& [to, times] : arrived) EXPECT_EQ(times, 1) << to;
}

TEST(Scenario19, NotificationDownAtImpositionTheDecisionStandsAndEachMessageArrivesOnce) {
  MailedStack& with = MailedStack::Shared();
  Stack& stack = with.stack;
  const std::string to = Behaved("patient");
  Keep(stack, "public-numbers", {{{"staffId", "u-patient"}, {"email", to}}});
  stack.Signal("notification-service", SIGSTOP);
  const std::string person = RegisterPerson(stack);
  const Reply imposed = Impose(stack, person);
  EXPECT_EQ(imposed.Text("state"), "IN_FORCE");
  stack.Signal("notification-service", SIGKILL);
  ASSERT_TRUE(Eventually(
      [&] {
        for (const Json& mail : with.Mails())
          if (mail["to"] == to) return true;
        return false;
      },
      30));
  stack.Signal("notification-service", SIGKILL);
  ASSERT_TRUE(stack.Ready());
  ASSERT_TRUE(Eventually(
      [&] {
        const Json ledger = LedgerOf(stack, imposed.id());  // refused while the service starts: the gateway is ready without it
        return ledger.contains("shares") && Count(ledger, "SENT") == 1;
      },
      30));
  int arrived = 0;
  for (const Json& mail : with.Mails()) arrived += mail["to"] == to ? 1 : 0;
  EXPECT_EQ(arrived, 1);
}

}  // namespace
}  // namespace evenhand::testing
