// Two restriction-services on one PostgreSQL, each behind a gateway: they agree within a tenth of a second of a decision, whatever happens
// to the database and to the connections that listen to it, and say UNKNOWN where that can't be proved.
#include <atomic>
#include <chrono>
#include <iostream>
#include <sstream>
#include <thread>

#include "tests/functional/contact_replicas.h"

namespace evenhand::testing {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;
using ::testing::AnyOf;
using ::testing::Eq;

Json By(const std::string& phone, const std::string& token = "") {
  Json ask = {{"channel", "PHONE"}, {"phone", phone}};
  if (!token.empty()) ask["consistencyToken"] = token;
  return ask;
}

std::string OutcomeOf(const Client& crm, const Json& ask) {
  const Reply reply = crm.Post("/v1/contacts:check", ask);
  return reply.status == 200 ? reply.Text("outcome") : std::to_string(reply.status);
}

class TwoReplicas : public ::testing::Test {
 protected:
  TwoReplicas() : second_(stack_), here_(stack_.As("crm", "")), there_(second_.As("crm", "")) {}
  void SetUp() override { ASSERT_TRUE(second_.ready()); }

  // Milliseconds from `since` until both say so; at most `longest`.
  long UntilBothSay(const std::string& phone, const std::string& outcome, Steady::time_point since, long longest = 5000) {
    long took = 0;
    bool here = false, there = false;
    while ((!here || !there) && took < longest) {
      here = here || OutcomeOf(here_, By(phone)) == outcome;
      there = there || OutcomeOf(there_, By(phone)) == outcome;
      took = std::chrono::duration_cast<milliseconds>(Steady::now() - since).count();
    }
    return here && there ? took : longest;
  }

  // A decision at the first replica, again and again; on a machine that does other work one in ten may be a late wake-up of ours.
  void ExpectAgreement(const std::string& when, int decisions = 10) {
    const Client manager = stack_.As("senior_manager");
    std::vector<long> took;
    for (int i = 0; i < decisions; ++i) {
      const std::string phone = FreshPhone();
      Reply decided = Propose(stack_, RegisterPerson(stack_, phone));
      const std::string path = "/v1/restrictions/" + decided.id();
      decided = manager.Post(path + ":impose", {}, decided.IfMatch());
      auto since = Steady::now();
      ASSERT_THAT(decided, Succeeds()) << when;
      took.push_back(UntilBothSay(phone, "GUIDANCE", since));
      decided = manager.Post(path + ":lift", {{"reason", "It worked"}}, decided.IfMatch());
      since = Steady::now();
      ASSERT_THAT(decided, Succeeds()) << when;
      took.push_back(UntilBothSay(phone, "CLEAR", since));
    }
    std::ranges::sort(took);
    std::cout << when << ": both replicas agree after " << took[took.size() / 2] << " ms (median), " << took.back() << " ms (latest of "
              << took.size() << ")\n";
    EXPECT_LE(took[took.size() * 9 / 10 - 1], 100) << when;
    EXPECT_LT(took.back(), 1000) << when;
  }

  void LoseListeners() {
    // What pg_terminate_backend does, without its superuser.
    std::istringstream pids(stack_.Sql("select pid from pg_stat_activity where usename = 'evenhand_restriction'"));
    int lost = 0;
    for (pid_t pid; pids >> pid; ++lost) kill(pid, SIGTERM);
    EXPECT_GE(lost, 2) << "each replica listens on a connection of its own";
  }
  void RestartPostgres() {
    const int before = stack_.Pid("postgres");
    stack_.Signal("postgres", SIGINT);
    ASSERT_TRUE(Eventually([&] { return stack_.Pid("postgres") != before && stack_.Pid("postgres") > 0; }, 30));
    ASSERT_TRUE(stack_.Ready(30));
  }
  // Stops or continues the server and each of its sessions, as a machine that hangs would.
  void Freeze(int signal) {
    const std::string pid = std::to_string(stack_.Pid("postgres"));
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    stack_.Signal("postgres", signal);
    for (pid_t child; children >> child;) kill(child, signal);
  }
  // The first write after a cut may meet the connection that was cut.
  void UntilWritesGoAgain() {
    EXPECT_TRUE(Eventually([&] { return stack_.As("team_leader").Post("/v1/people", {{"displayName", "After the cut"}}).ok(); }, 20));
  }

  Stack stack_;
  Replica second_;
  const Client here_, there_;
};

TEST_F(TwoReplicas, AgreeThroughARestartOfTheDatabaseALostListenConnectionAndBothAtOnce) {
  ExpectAgreement("as ever");
  LoseListeners();
  UntilWritesGoAgain();
  ExpectAgreement("after the listening connections were lost", 5);

  // One in force through it all: never CLEAR, on either.
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack_, RegisterPerson(stack_, phone));
  ASSERT_LT(UntilBothSay(phone, "GUIDANCE", Steady::now()), 1000);
  std::atomic<bool> over{false};
  std::vector<std::string> wrong;
  std::thread asking([&] {
    while (!over) {
      for (const Client* crm : {&here_, &there_}) {
        const std::string outcome = OutcomeOf(*crm, By(phone));
        if (outcome != "GUIDANCE" && outcome != "UNKNOWN" && outcome != "503" && outcome != "504") wrong.push_back(outcome);
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
  });
  RestartPostgres();
  UntilWritesGoAgain();
  ExpectAgreement("after a restart of PostgreSQL", 5);
  LoseListeners();
  RestartPostgres();
  UntilWritesGoAgain();
  ExpectAgreement("after both at once", 5);
  over = true;
  asking.join();
  EXPECT_EQ(wrong, std::vector<std::string>{});
}

TEST_F(TwoReplicas, ATokenOfOneIsHonouredByTheOtherAndFreshnessThatCantBeProvedIsUnknown) {
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack_, RegisterPerson(stack_, phone));
  const std::string token = imposed.Text("consistencyToken");
  EXPECT_EQ(OutcomeOf(there_, By(phone, token)), "GUIDANCE");
  const Reply asked = there_.Post("/v1/contacts:check", By(phone));
  EXPECT_EQ(OutcomeOf(here_, By(phone, asked.Text("consistencyToken"))), "GUIDANCE");
  // From the future: nobody has come that far.
  const std::string future = token.substr(0, token.rfind('.') + 1) + "999999999";
  EXPECT_THAT(OutcomeOf(here_, By(FreshPhone(), future)), AnyOf(Eq("UNKNOWN"), Eq("503")));
  for (const std::string garbage : {"x", "0.0", "....", "01234567-89ab-4def-8123-456789abcdef.", "%00", "🙂"})
    EXPECT_EQ(OutcomeOf(there_, By(phone, garbage)), "400") << garbage;
  // From before a restore: it proves nothing, on either.
  for (const Client* crm : {&here_, &there_})
    EXPECT_EQ(OutcomeOf(*crm, By(phone, "01234567-89ab-4def-8123-456789abcdef" + token.substr(token.rfind('.')))), "UNKNOWN");

  second_.StopService();
  EXPECT_TRUE(Eventually([&] { return OutcomeOf(there_, By(phone)) == "503"; }, 5));
  EXPECT_EQ(OutcomeOf(here_, By(phone)), "GUIDANCE") << "the other answers";
  second_.ContinueService();
  EXPECT_TRUE(Eventually([&] { return OutcomeOf(there_, By(phone)) == "GUIDANCE"; }, 10));

  const std::string clear = FreshPhone();
  EXPECT_EQ(OutcomeOf(there_, By(clear)), "CLEAR");
  Freeze(SIGSTOP);
  for (const Client* crm : {&here_, &there_}) EXPECT_TRUE(Eventually([&] { return OutcomeOf(*crm, By(clear)) == "UNKNOWN"; }, 5));
  EXPECT_THAT(OutcomeOf(there_, By(clear, asked.Text("consistencyToken"))), AnyOf(Eq("UNKNOWN"), Eq("503")))
      << "a token proves nothing while the database is away";
  Freeze(SIGCONT);
  EXPECT_TRUE(Eventually([&] { return OutcomeOf(there_, By(clear)) == "CLEAR" && OutcomeOf(here_, By(clear)) == "CLEAR"; }, 20));
}

}  // namespace
}  // namespace evenhand::testing
