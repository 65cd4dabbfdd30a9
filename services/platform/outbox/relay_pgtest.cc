#include "services/platform/outbox/relay.h"

#include <atomic>
#include <mutex>
#include <thread>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evenhand/events/v1/notification_events.h"
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
    if (refuse_ == request->event().subject()) return {grpc::StatusCode::INTERNAL, "poisoned"};
    events::v1::NotificationTold told;
    EXPECT_TRUE(request->event().data().UnpackTo(&told));
    got_.push_back(request->event().subject() + "/" + told.telling().letter_id());
    return grpc::Status::OK;
  }
  std::vector<std::string> got() {
    const std::scoped_lock lock(mutex_);
    return got_;
  }
  void Refuse(std::string subject) {
    const std::scoped_lock lock(mutex_);
    refuse_ = std::move(subject);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> got_;
  std::string refuse_;
};

// One that a single service hears: appeal-service.
events::NotificationTold Nth(const std::string& subject, int n) {
  return {.telling = events::TellingRef{.decision_id = subject,
                                        .restriction_id = "r",
                                        .person_id = "p",
                                        .letter_id = std::to_string(n),
                                        .how = notification::v1::Telling::How::POSTED},
          .told_on = "2026-11-25"};
}

class Events : public ::testing::Test {
 protected:
  Events()
      : connection_(testing::Postgres::Shared().Fresh("notification", {})),
        pool_({.connection = connection_, .schema = "notification", .size = 16}),
        work_(pool_, clock_) {
    call_.deadline = absl::Now() + absl::Seconds(20);
    Start();
  }

  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&receiver_);
    server_ = builder.BuildAndStart();
  }

  void Emit(const std::string& subject, int n) {
    const auto done = work_.Write<common::v1::Event>(call_, [&](Session& session) -> Outcome<common::v1::Event> {
      session.Emit(Nth(subject, n));
      return common::v1::Event();
    });
    ASSERT_TRUE(done.ok());
  }

  Relay ARelay(int parking = 12) {
    return Relay(pool_, grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials()),
                 {.source = "notification", .destination = "appeal", .poll = absl::Milliseconds(50), .attempts_before_parking = parking});
  }

  std::string Outbox(const std::string& what) {
    const auto connection = pool_.Open();
    return pqxx::nontransaction(*connection).exec1("select " + what + " from outbox")[0].c_str();
  }

  const SystemClock clock_;
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

TEST_F(Events, OfSeveralRelaysAtOnceKeepTheOrderWithinOneSubject) {
  for (int n = 1; n <= 40; ++n) {
    for (const char* subject : {"a", "b", "c"}) Emit(subject, n);
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
  EXPECT_THAT(receiver_.got(), ElementsAre("fine/1")) << "what came later of the same subject waits: the order holds";
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
  Session session(first, call_, clock_.Now());
  session.Emit(Nth("early", 1));
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
