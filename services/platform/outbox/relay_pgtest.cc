#include "services/platform/outbox/relay.h"

#include <atomic>
#include <mutex>
#include <thread>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/pg/unit_of_work.h"
#include "services/platform/testing/pg.h"

namespace evenhand {
namespace {

using ::testing::ElementsAre;

// Another service's door, with moods.
class Receiver final : public common::v1::EventService::Service {
 public:
  grpc::Status DeliverEvent(grpc::ServerContext*, const common::v1::DeliverEventRequest* request,
                            common::v1::DeliverEventResponse*) override {
    const std::scoped_lock lock(mutex_);
    if (refuse_ == request->event().thing()) return {grpc::StatusCode::INTERNAL, "poisoned"};
    got_.push_back(request->event().thing() + "/" + request->event().attributes().at("n"));
    return grpc::Status::OK;
  }
  std::vector<std::string> got() {
    const std::scoped_lock lock(mutex_);
    return got_;
  }
  void Refuse(std::string thing) {
    const std::scoped_lock lock(mutex_);
    refuse_ = std::move(thing);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> got_;
  std::string refuse_;
};

class Events : public ::testing::Test {
 protected:
  Events()
      : connection_(testing::Postgres::Shared().Fresh("incident", {})),
        pool_({.connection = connection_, .schema = "incident", .size = 16}),
        work_(pool_, clock_, routes_) {
    call_.deadline = absl::Now() + absl::Seconds(20);
    Start();
  }

  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&receiver_);
    server_ = builder.BuildAndStart();
  }

  void Emit(const std::string& thing, int n) {
    const auto done = work_.Write<common::v1::Event>(call_, [&](Session& session) -> Outcome<common::v1::Event> {
      session.Emit({.type = "thing.changed", .thing = thing, .attributes = {{"n", std::to_string(n)}}});
      return common::v1::Event();
    });
    ASSERT_TRUE(done.ok());
  }

  Relay ARelay(int parking = 12) {
    return Relay(pool_, grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials()),
                 {.source = "incident", .destination = "restriction", .poll = absl::Milliseconds(50), .attempts_before_parking = parking});
  }

  std::string Outbox(const std::string& what) {
    const auto connection = pool_.Open();
    return pqxx::nontransaction(*connection).exec1("select " + what + " from outbox")[0].c_str();
  }

  const SystemClock clock_;
  const std::vector<EventRoute> routes_ = {{"thing.", "restriction"}};
  const std::string connection_;
  Pool pool_;
  UnitOfWork work_;
  Call call_;
  Receiver receiver_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(Events, ArriveInOrderAndLeaveTheOutbox) {
  for (int n = 1; n <= 3; ++n) Emit("a", n);
  Relay relay = ARelay();
  for (int i = 0; i < 5; ++i) relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("a/1", "a/2", "a/3"));
  EXPECT_EQ(Outbox("count(*)"), "0");
}

TEST_F(Events, OfSeveralRelaysAtOnceKeepTheOrderWithinOneThing) {
  for (int n = 1; n <= 40; ++n) {
    for (const char* thing : {"a", "b", "c"}) Emit(thing, n);
  }
  std::vector<std::thread> relays;
  for (int i = 0; i < 3; ++i) {
    relays.emplace_back([this] {
      Relay relay = ARelay();
      for (const absl::Time end = absl::Now() + absl::Seconds(15); absl::Now() < end && receiver_.got().size() < 120;) relay.RunOnce();
    });
  }
  for (std::thread& relay : relays) relay.join();
  std::map<std::string, int> last;
  for (const std::string& one : receiver_.got()) {
    const int n = std::stoi(one.substr(2));
    EXPECT_EQ(n, last[one.substr(0, 1)] + 1) << one;
    last[one.substr(0, 1)] = n;
  }
  EXPECT_EQ(receiver_.got().size(), 120u);
}

TEST_F(Events, AFailingOneBacksOffIsParkedAndHoldsUpNothingElse) {
  receiver_.Refuse("poison");
  Emit("poison", 1);
  Emit("fine", 1);
  Relay relay = ARelay(2);
  for (const absl::Time end = absl::Now() + absl::Seconds(5); absl::Now() < end && Outbox("count(parked_at)") == "0";) relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("fine/1"));
  EXPECT_EQ(Outbox("count(parked_at)"), "1");
  Emit("poison", 2);
  relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("fine/1")) << "what came later of the same thing waits: the order holds";
}

TEST_F(Events, AnAbsentDestinationCostsNoAttempt) {
  server_->Shutdown();
  Emit("a", 1);
  Relay relay = ARelay(1);
  for (int i = 0; i < 3; ++i) relay.RunOnce();
  EXPECT_EQ(Outbox("count(parked_at)"), "0");
  Start();
  for (const absl::Time end = absl::Now() + absl::Seconds(8); absl::Now() < end && receiver_.got().empty();) relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("a/1"));
}

TEST_F(Events, ThatCommitOutOfOrderAreAllDelivered) {
  const auto slow = pool_.Open();
  pqxx::work first(*slow);
  Session session(first, call_, clock_.Now(), routes_);
  session.Emit({.type = "thing.changed", .thing = "early", .attributes = {{"n", "1"}}});
  Emit("late", 1);
  Relay relay = ARelay();
  relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("late/1"));
  first.commit();
  relay.RunOnce();
  relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("late/1", "early/1"));
}

TEST_F(Events, AreWokenByANotificationAndFoundByPollingWithoutOne) {
  Relay relay = ARelay();
  relay.RunOnce();
  {
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    sql.exec("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' and pid <> pg_backend_pid()");
  }
  Emit("a", 1);
  for (int i = 0; i < 10 && receiver_.got().empty(); ++i) relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("a/1"));
}

TEST_F(Events, ThatBecomeDueLaterAreFoundByPollingThoughNobodyWakes) {
  Relay relay = ARelay();
  relay.RunOnce();
  Emit("a", 1);
  {
    const auto connection = pool_.Open();
    pqxx::nontransaction(*connection).exec("update outbox set next_attempt_at = now() + interval '300 ms'");
  }
  relay.RunOnce();
  relay.RunOnce();
  EXPECT_TRUE(receiver_.got().empty()) << "not yet";
  for (const absl::Time end = absl::Now() + absl::Seconds(5); absl::Now() < end && receiver_.got().empty();) relay.RunOnce();
  EXPECT_THAT(receiver_.got(), ElementsAre("a/1"));
}

// Who listened used to take its leave from a connection that was gone: the process ended, most often when PostgreSQL was started again.
TEST_F(Events, GoOnThoughTheListeningConnectionIsLostAgainAndAgain) {
  Relay relay = ARelay();
  for (int n = 1; n <= 20; ++n) {
    relay.RunOnce();
    {
      const auto connection = pool_.Open();
      pqxx::nontransaction sql(*connection);
      sql.exec("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = current_user");
    }
    Emit("a", n);
    for (int i = 0; i < 10 && receiver_.got().size() < static_cast<std::size_t>(n); ++i) relay.RunOnce();
    ASSERT_EQ(receiver_.got().size(), static_cast<std::size_t>(n));
  }
}

}  // namespace
}  // namespace evenhand
