#include "services/platform/pg/unit_of_work.h"

#include <atomic>
#include <thread>

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "evenhand/common/v1/event_service.pb.h"
#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/pool.h"
#include "services/platform/testing/pg.h"
#include "services/platform/testing/pg_proxy.h"

namespace evenhand {
namespace {

using Reply = common::v1::Event;

constexpr Migration kMigrations[] = {{1, "thing", "create table thing (id text primary key, n int not null);"}};

class Writes : public ::testing::Test {
 protected:
  Writes()
      : connection_(testing::Postgres::Shared().Fresh("incident", kMigrations)),
        pool_({.connection = connection_, .schema = "incident", .size = 24}),
        work_(pool_, clock_) {
    call_.actor.id = "E1001";
    call_.deadline = absl::Now() + absl::Seconds(20);
  }

  Outcome<Reply> Add(const Call& call, const std::string& id, UnitOfWork* work = nullptr) {
    return (work ? work : &work_)->Write<Reply>(call, [&](Session& session) -> Outcome<Reply> {
      session.sql().exec_params("insert into thing values ($1, 1)", id);
      session.Audit({.action = "thing.added", .subject_kind = "thing", .subject_id = id});
      session.Emit(events::MarkerErased{.marker = events::MarkerRef{.marker_id = id, .person_id = "p", .service_area = ""}});
      session.Emit(
          events::RestrictionErased{.restriction = events::RestrictionRef{.restriction_id = id, .person_id = "p", .service_area = ""}});
      Reply reply;
      reply.set_id(NewUuid());
      return reply;
    });
  }

  int Count(const std::string& what) {
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    return sql.exec1("select count(*) from " + what)[0].as<int>();
  }

  Call Keyed(const std::string& key, const std::string& payload = "hash") {
    Call call = call_;
    call.idempotency_key = key;
    call.payload_hash = payload;
    return call;
  }

  const SystemClock clock_;
  const std::string connection_;
  Pool pool_;
  UnitOfWork work_;
  Call call_;
};

TEST_F(Writes, ChangeAuditAndEventsAreKeptTogether) {
  ASSERT_TRUE(Add(call_, "a").ok());
  EXPECT_EQ(Count("thing"), 1);
  EXPECT_EQ(Count("audit where actor = 'E1001' and action = 'thing.added'"), 1);
  EXPECT_EQ(Count("outbox where type = 'marker.erased'"), 1);
  EXPECT_EQ(Count("outbox where type = 'restriction.erased'"), 2) << "one row for each service that hears of it";
}

TEST_F(Writes, ARefusalLeavesNothingBehind) {
  const auto refused = work_.Write<Reply>(call_, [&](Session& session) -> Outcome<Reply> {
    session.sql().exec("insert into thing values ('b', 1)");
    return Conflict(ErrorReason::WRONG_STATE, "7.3", "No.");
  });
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(Count("thing"), 0);
}

TEST_F(Writes, ADryRunAnswersAsTheWriteWouldAndKeepsNothing) {
  Call dry = Keyed("dry");
  dry.validate_only = true;
  EXPECT_TRUE(Add(dry, "c").ok());
  EXPECT_EQ(Count("thing") + Count("outbox") + Count("idempotency"), 0);
  EXPECT_EQ(Count("audit where action = 'thing.added.tried' and subject_id = 'c'"), 1) << "what it showed leaves a trace (12.4)";
  EXPECT_EQ(Count("audit"), 1);
}

TEST_F(Writes, AReplayOfTheSameKeyGetsTheFirstReplyAndDoesNothing) {
  const Call call = Keyed("k1");
  const auto first = Add(call, "d");
  const Call again = Keyed("k1");
  const auto second = Add(again, "d");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->id(), second->id());
  EXPECT_FALSE(call.replayed);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(Count("audit where action = 'thing.added.replayed' and subject_id = 'd'"), 1) << "the reply was shown again (12.4)";
  EXPECT_EQ(Count("thing"), 1);
}

TEST_F(Writes, WhatAuditsNothingIsNamedByItsRequest) {
  Call dry = call_;
  dry.validate_only = true;
  dry.look = {.action = "thing.touch", .kind = "thing", .subject_id = "t"};
  ASSERT_TRUE(work_.Write<Reply>(dry, [](Session&) -> Outcome<Reply> { return Reply(); }).ok());
  EXPECT_EQ(Count("audit where action = 'thing.touch.tried' and subject_id = 't'"), 1);
}

TEST_F(Writes, ADatabaseThatTakesNoWritesIsKnownUntilItTakesOneAgain) {
  pqxx::connection owner(testing::Postgres::Shared().owner());
  const auto make = [&](const std::string& how) {
    pqxx::nontransaction(owner).exec("alter role evenhand_incident " + how + " default_transaction_read_only" +
                                     (how == "set" ? " = on" : ""));
  };
  EXPECT_TRUE(work_.CanWrite(*pool_.Open())) << "nothing is asked before a write fails";
  make("set");
  pool_.Forget();
  const auto refused = Add(call_, "readonly");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.refusal().kind, RefusalKind::kUnavailable) << "no fault of the caller's nor of ours";
  EXPECT_FALSE(work_.CanWrite(*pool_.Open()));
  make("reset");
  pool_.Forget();
  EXPECT_TRUE(work_.CanWrite(*pool_.Open()));
  EXPECT_TRUE(Add(call_, "writable").ok());
}

TEST_F(Writes, ListsHaveHalfOfThePoolAtMost) {
  Pool pool({.connection = connection_, .schema = "incident", .size = 4});
  const absl::Time soon = absl::Now() + absl::Milliseconds(100);
  const auto one = pool.Acquire(soon, Pool::Use::kLong), two = pool.Acquire(soon, Pool::Use::kLong);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_FALSE(pool.Acquire(soon, Pool::Use::kLong).ok());
  EXPECT_TRUE(pool.Acquire(soon).ok()) << "a write waits for none of them";
}

TEST_F(Writes, TheSameKeyWithAnotherPayloadIsRefused) {
  ASSERT_TRUE(Add(Keyed("k2"), "e").ok());
  const auto other = Add(Keyed("k2", "another"), "f");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.refusal().kind, RefusalKind::kIdempotencyKeyReused);
  EXPECT_EQ(Count("thing"), 1);
}

TEST_F(Writes, AnotherPersonsKeyIsAnotherKey) {
  ASSERT_TRUE(Add(Keyed("k3"), "g").ok());
  Call other = Keyed("k3", "another");
  other.actor.id = "E2002";
  EXPECT_TRUE(Add(other, "h").ok());
}

TEST_F(Writes, TwentyPostsOfOneKeyAtOnceHaveOneEffect) {
  std::atomic<int> fine = 0, in_flight = 0;
  std::vector<std::thread> posts;
  for (int i = 0; i < 20; ++i) {
    posts.emplace_back([&] {
      const auto outcome = Add(Keyed("k4"), NewUuid());
      if (outcome.ok())
        ++fine;
      else if (outcome.refusal().kind == RefusalKind::kIdempotencyInFlight)
        ++in_flight;
    });
  }
  for (std::thread& post : posts) post.join();
  EXPECT_EQ(Count("thing"), 1);
  EXPECT_GE(fine, 1);
  EXPECT_EQ(fine + in_flight, 20);
}

TEST_F(Writes, SerializationFailuresAndDeadlocksAreTriedAgain) {
  int tries = 0;
  const auto outcome = work_.Write<Reply>(call_, [&](Session& session) -> Outcome<Reply> {
    if (++tries < 3) session.sql().exec("do $$ begin raise exception 'try again' using errcode = '40001'; end $$");
    session.sql().exec("insert into thing values ('i', 1)");
    return Reply();
  });
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(tries, 3);
  EXPECT_EQ(Count("thing"), 1);
}

TEST_F(Writes, ACommitInDoubtIsResolvedAndHappensOnce) {
  const std::string behind = connection_.substr(5, connection_.find(' ') - 5);
  testing::PgProxy proxy(behind);
  {
    Pool pool({.connection = "host=" + proxy.folder() + connection_.substr(connection_.find(' ')), .schema = "incident", .size = 2});
    UnitOfWork work(pool, clock_);
    ASSERT_TRUE(Add(call_, "warm", &work).ok());
    proxy.CutAfterNextCommit();
    EXPECT_TRUE(Add(call_, "doubt", &work).ok()) << "it was committed: the caller hears so";
  }
  EXPECT_EQ(Count("thing where id = 'doubt'"), 1);
  EXPECT_EQ(Count("audit where subject_id = 'doubt'"), 1);
}

// A crash of the server may hand the number of a lost transaction out again: another's commit must not pass for ours.
TEST_F(Writes, ACommitLostInACrashIsDoneAgainThoughItsNumberIsAnothersNow) {
  const std::string behind = connection_.substr(5, connection_.find(' ') - 5);
  testing::PgProxy proxy(behind);
  {
    Pool pool({.connection = "host=" + proxy.folder() + connection_.substr(connection_.find(' ')), .schema = "incident", .size = 2});
    UnitOfWork work(pool, clock_);
    ASSERT_TRUE(Add(call_, "warm", &work).ok());
    proxy.LoseNextCommit([&] {
      testing::Postgres::Shared().Crash();
      testing::Postgres::Shared().Start();
      // Whoever writes first now gets the lost transaction's number.
      EXPECT_TRUE(Add(call_, "another").ok());
    });
    EXPECT_TRUE(Add(call_, "lost", &work).ok());
  }
  EXPECT_EQ(Count("thing where id = 'lost'"), 1);
  EXPECT_EQ(Count("thing where id = 'another'"), 1);
}

TEST_F(Writes, ADatabaseThatFellAndCameBackIsUsedAgain) {
  ASSERT_TRUE(Add(call_, "before").ok());
  testing::Postgres::Shared().Crash();
  Call hasty = call_;
  hasty.deadline = absl::Now() + absl::Milliseconds(300);
  const auto away = Add(hasty, "meanwhile");
  ASSERT_FALSE(away.ok());
  EXPECT_EQ(away.refusal().reason, ErrorReason::UNAVAILABLE);
  testing::Postgres::Shared().Start();
  EXPECT_TRUE(Add(call_, "after").ok());
  EXPECT_EQ(Count("thing"), 2);
}

TEST_F(Writes, NobodyWaitsForAConnectionLongerThanTheirDeadline) {
  Pool small({.connection = connection_, .schema = "incident", .size = 1});
  const auto held = small.Acquire(absl::Now() + absl::Seconds(1));
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(small.Acquire(absl::Now() + absl::Milliseconds(50)).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(Writes, ACallerWhoLeavesFreesTheConnection) {
  for (int i = 0; i < 2; ++i) {
    std::atomic<bool> left = false;
    Call call = call_;
    call.cancelled = [&] { return left.load(); };
    std::thread leaves([&] {
      absl::SleepFor(absl::Milliseconds(100));
      left = true;
    });
    const absl::Time start = absl::Now();
    const auto outcome = work_.Write<Reply>(call, [](Session& session) -> Outcome<Reply> {
      session.sql().exec("select pg_sleep(15)");
      return Reply();
    });
    leaves.join();
    EXPECT_FALSE(outcome.ok());
    EXPECT_LT(absl::Now() - start, absl::Seconds(5));
    absl::SleepFor(absl::Milliseconds(150));  // the watch has nothing to look at and rests
  }
}

TEST_F(Writes, NoServiceMayRewriteTheAudit) {
  ASSERT_TRUE(Add(call_, "x").ok());
  const auto connection = pool_.Open();
  for (const char* statement : {"update audit set actor = 'somebody else'", "delete from audit", "truncate audit", "drop table audit"}) {
    pqxx::work sql(*connection);
    EXPECT_THROW(sql.exec(statement), pqxx::insufficient_privilege) << statement;
  }
}

TEST(Migrations, AreAppliedOnceAndRefusedWhenChanged) {
  auto& postgres = testing::Postgres::Shared();
  postgres.Fresh("incident", kMigrations);
  EXPECT_TRUE(Migrate(postgres.owner(), "incident", kMigrations).ok()) << "a second run changes nothing";
  constexpr Migration kChanged[] = {{1, "thing", "create table thing (id text primary key);"}};
  EXPECT_EQ(Migrate(postgres.owner(), "incident", kChanged).code(), absl::StatusCode::kFailedPrecondition);
  constexpr Migration kBroken[] = {kMigrations[0], {2, "more", "create table more (id int); select nonsense;"}};
  EXPECT_FALSE(Migrate(postgres.owner(), "incident", kBroken).ok());
  constexpr Migration kMended[] = {kMigrations[0], {2, "more", "create table more (id int);"}};
  EXPECT_TRUE(Migrate(postgres.owner(), "incident", kMended).ok()) << "a step that failed left nothing behind";
}

TEST(Migrations, TwoMigratorsAtOnceWaitForEachOther) {
  auto& postgres = testing::Postgres::Shared();
  postgres.Fresh("incident", {});
  absl::Status one, two;
  std::thread first([&] { one = Migrate(postgres.owner(), "incident", kMigrations); });
  std::thread second([&] { two = Migrate(postgres.owner(), "incident", kMigrations); });
  first.join();
  second.join();
  EXPECT_TRUE(one.ok()) << one;
  EXPECT_TRUE(two.ok()) << two;
}

}  // namespace
}  // namespace evenhand
