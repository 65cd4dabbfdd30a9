// The check against a real PostgreSQL: freshness whatever the order of commits, counting under a race, replays.
#include <thread>

#include "services/restriction/check/audit_copier.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/check/replay_contact.h"
#include "services/restriction/testing/checks.h"

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;
using v1::ContactMatch;

TEST_F(CheckWithPostgres, IsFilledAtStart) {
  register_.Impose(register_.Person("+447700900001"));
  register_.Person("+447700900003");
  Replica replica(pool_, clock_, Folder("a"));
  EXPECT_EQ(replica.Ask("07700 900001").outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(replica.Ask("07700 900002").outcome(), CheckContactResponse::Outcome::CLEAR);
  EXPECT_EQ(replica.state.Current()->index->handles(), 2u);
}

TEST_F(CheckWithPostgres, TwoReplicasSeeADecisionWithinATenthOfASecond) {
  const std::string person = register_.Person("+447700900001");
  Replica one(pool_, clock_, Folder("a")), two(pool_, clock_, Folder("b"));
  for (int i = 0; i < 20; ++i) {
    register_.Impose(person);
    EXPECT_TRUE(one.Until("07700900001", CheckContactResponse::Outcome::GUIDANCE, kSoon));
    EXPECT_TRUE(two.Until("07700900001", CheckContactResponse::Outcome::GUIDANCE, kSoon));
    register_.Lift(person);
    EXPECT_TRUE(one.Until("07700900001", CheckContactResponse::Outcome::CLEAR, kSoon));
    EXPECT_TRUE(two.Until("07700900001", CheckContactResponse::Outcome::CLEAR, kSoon));
  }
}

TEST_F(CheckWithPostgres, ATokenIsNeverAnsweredOlder) {
  const std::string person = register_.Person("+447700900001");
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(replica.Ask("07700900001", register_.Impose(person)).outcome(), CheckContactResponse::Outcome::GUIDANCE);
    EXPECT_EQ(replica.Ask("07700900001", register_.Lift(person)).outcome(), CheckContactResponse::Outcome::CLEAR);
  }
}

// Found elsewhere: a cursor over a sequence passes by the transaction that took its number first and committed last.
TEST_F(CheckWithPostgres, CommitsOutOfOrderLoseNothing) {
  const std::string early = register_.Person("+447700900001"), late = register_.Person("+447700900002");
  Replica replica(pool_, clock_, Folder("a"));
  Register other(pool_, clock_);
  pqxx::work slow(other.connection());
  other.Impose(slow, early, "BLOCK_CHANNEL", 0);
  register_.Impose(late);
  EXPECT_TRUE(replica.Until("07700900002", CheckContactResponse::Outcome::GUIDANCE, kSoon));
  other.Bump(slow, early);
  slow.commit();
  EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::Outcome::GUIDANCE, kSoon));
}

TEST_F(CheckWithPostgres, ATokenOfTheFutureIsUnknown) {
  const std::string token = register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  const auto revision = ParseToken(token);
  EXPECT_EQ(replica.Ask("07700900001", FormatToken({revision->epoch, revision->n + 1'000'000})).outcome(),
            CheckContactResponse::Outcome::UNKNOWN);
}

// A decision, its token, a database that forgets the decision in this way, and more writes than it had before: the token must never pass.
class Restored : public CheckWithPostgres, public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(Restored, ATokenFromBeforeStaysUnknownAndHealsWithTheNextAnswer) {
  const std::string person = register_.Person("+447700900001");
  const std::string other = register_.Person("+447700900002");
  const std::string token = register_.Impose(person);
  auto before = std::make_unique<Replica>(pool_, clock_, Folder("a"), Folder("newest"));
  EXPECT_EQ(before->Ask("07700900001", token).outcome(), CheckContactResponse::Outcome::GUIDANCE);
  const bool asleep = std::string(GetParam().second).starts_with("-- asleep");
  if (asleep) before = nullptr;
  {
    pqxx::connection owner(testing::Postgres::Shared().owner());
    pqxx::work sql(owner);
    sql.exec("set local search_path = restriction");
    sql.exec("set local client_min_messages = warning");
    sql.exec(GetParam().second);
    for (const char* table : {"index_change", "check_history"})  // they went back with the rest
      sql.exec("delete from " + std::string(table) + " where revision > (select n from revision)");
    sql.exec("update restriction_measure set in_force = false, valid_until = valid_from");
    sql.commit();
  }
  const absl::Time until = absl::Now() + absl::Seconds(5);
  while (!asleep && before->state.Current()->revision.epoch == ParseToken(token)->epoch && absl::Now() < until)
    absl::SleepFor(absl::Milliseconds(5));
  Replica replica(pool_, clock_, Folder("b"), Folder("newest"));
  for (int i = 0; i < 20; ++i) {
    pqxx::work sql(register_.connection());
    register_.Bump(sql, other);
    sql.commit();
  }
  for (Replica* one : {&replica, before.get()}) {
    if (one == nullptr) continue;
    const CheckContactResponse old = one->Ask("07700900001", token);
    EXPECT_EQ(old.outcome(), CheckContactResponse::Outcome::UNKNOWN);
    EXPECT_EQ(one->Ask("07700900001", old.consistency_token()).outcome(), CheckContactResponse::Outcome::CLEAR);
    EXPECT_EQ(one->Ask("07700900001", token).outcome(), CheckContactResponse::Outcome::UNKNOWN);
  }
}

constexpr char kMadeAnew[] = R"(
  create table copied (like revision including all);
  insert into copied select only_row, epoch, n - 3 from revision;
  drop table revision;
  alter table copied rename to revision;
  grant select, insert, update on revision to evenhand_restriction)";
constexpr char kWrittenAnew[] = R"(
  create temp table copied as select * from revision;
  delete from revision;
  insert into revision select only_row, epoch, n - 3 from copied)";
constexpr char kEmptied[] = R"(
  alter table revision disable trigger user;
  create temp table copied as select * from revision;
  truncate revision;
  insert into revision select only_row, epoch, n - 3 from copied)";
// As its files put back from a copy: nothing in the database tells.
constexpr char kFilesPutBack[] = "alter table revision disable trigger user; update revision set n = n - 3";
constexpr char kAsleep[] = "-- asleep\nalter table revision disable trigger user; update revision set n = n - 3";

INSTANTIATE_TEST_SUITE_P(Ways, Restored,
                         ::testing::Values(std::pair("new_epoch", "update revision set epoch = gen_random_uuid()"),
                                           std::pair("put_back", "update revision set n = n - 3"), std::pair("made_anew", kMadeAnew),
                                           std::pair("written_anew", kWrittenAnew), std::pair("emptied", kEmptied),
                                           std::pair("files_put_back", kFilesPutBack), std::pair("files_put_back_asleep", kAsleep)),
                         [](const auto& info) { return std::string(info.param.first); });

// Scenario 24, and both troubles at once: the LISTEN connection goes with the server.
TEST_F(CheckWithPostgres, Scenario24_AnAbsentDatabaseIsUnknownNeverClear) {
  const std::string person = register_.Person("+447700900001");
  Replica replica(pool_, clock_, Folder("a"));
  testing::Postgres::Shared().Crash();
  const auto start = Steady::now();
  while (Steady::now() - start < std::chrono::milliseconds(1500))
    ASSERT_NE(replica.Ask("07700900009").outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_TRUE(replica.Until("07700900009", CheckContactResponse::Outcome::UNKNOWN, std::chrono::milliseconds(1500)));
  const auto answer = replica.Ask("07700900009");
  EXPECT_EQ(answer.matches(0).instructions(0).code(), MeasureKind::TAKE_CARE);
  testing::Postgres::Shared().Start();
  EXPECT_TRUE(replica.Until("07700900009", CheckContactResponse::Outcome::CLEAR, std::chrono::seconds(5)));
  Register again(pool_, clock_);
  again.Impose(person);
  EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::Outcome::GUIDANCE, kSoon));
}

TEST_F(CheckWithPostgres, ALostListenConnectionCostsAPollAtMost) {
  const std::string person = register_.Person("+447700900001");
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < 3; ++i) {
    const auto ended =
        pqxx::nontransaction(register_.connection())
            .exec(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and datname = current_database() "
                "and pid <> pg_backend_pid()");
    EXPECT_EQ(ended.size(), 1u);
    register_.Impose(person);
    EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::Outcome::GUIDANCE, kSoon));
    register_.Lift(person);
    EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::Outcome::CLEAR, kSoon));
  }
}

TEST_F(CheckWithPostgres, Clause7_2_SixteenContactsAtOnceUseEachAllowanceOnce) {
  const std::string person = register_.Person("+447700900001");
  const std::string token = register_.Impose(person, "LIMIT_VOLUME", 5);
  RecordContact record(unit_of_work_);
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::vector<int> left;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      const auto answer = record(AsCrm(), Phone("07700900001", token));
      const std::lock_guard lock(mutex);
      left.push_back(answer.ok() ? answer->matches(0).remaining_contacts() : -1);
    });
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(left);
  EXPECT_THAT(left, ::testing::ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4));
  Replica replica(pool_, clock_, Folder("a"));
  const auto answer = replica.Ask("07700900001");
  EXPECT_TRUE(answer.matches(0).has_remaining_contacts());
  EXPECT_EQ(answer.matches(0).remaining_contacts(), 0);
}

TEST_F(CheckWithPostgres, AContactOnASharedNumberUsesUpNobodysAllowance) {
  const std::string person = register_.Person("+447700900001");
  register_.Impose(person, "LIMIT_VOLUME", 5);
  register_.Person("+447700900001");
  RecordContact record(unit_of_work_);
  const auto answer = record(AsCrm(), Phone("07700900001"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->matches_size(), 2);
  EXPECT_EQ(answer->matches(0).match(), HandleMatch::POSSIBLE);
  EXPECT_EQ(answer->matches(0).remaining_contacts() + answer->matches(1).remaining_contacts(), 5);
}

TEST_F(CheckWithPostgres, ABadOneInABatchSpoilsNoOther) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  v1::BatchCheckContactsRequest batch;
  *batch.add_requests() = Phone("07700900001");
  *batch.add_requests() = Phone("no number");
  *batch.add_requests() = Phone("07700900002");
  const auto reply = replica.check(AsCrm(), batch);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->replies(0).outcome(), CheckContactResponse::Outcome::GUIDANCE);
  EXPECT_EQ(reply->replies(1).error().field(), "phone");
  EXPECT_EQ(reply->replies(2).outcome(), CheckContactResponse::Outcome::CLEAR);
}

v1::ReplayContactRequest ReplayOf(const std::string& phone, absl::Time at) {
  v1::ReplayContactRequest request;
  request.mutable_check()->set_phone(phone);
  request.mutable_check()->set_channel(Channel::PHONE);
  const std::int64_t micros = absl::ToUnixMicros(at);
  request.mutable_at()->set_seconds(micros / 1'000'000);
  request.mutable_at()->set_nanos(static_cast<int>(micros % 1'000'000 * 1000));
  return request;
}

TEST_F(CheckWithPostgres, AReplaySaysWhatWasTold) {
  ReplayContact replay(unit_of_work_, clock_);
  Replica replica(pool_, clock_, Folder("a"));
  const std::string person = register_.Person("+447700900001");
  std::vector<std::pair<absl::Time, CheckContactResponse>> told;
  const auto check = [&](const std::string& token) {
    told.emplace_back(clock_.Now(), replica.Ask("07700900001", token));
    absl::SleepFor(absl::Milliseconds(2));
  };
  for (int i = 0; i < 5; ++i) {
    check(register_.Impose(person));
    check(register_.Lift(person));
    check(register_.Impose(person, "LIMIT_VOLUME", 3 + i));
    RecordContact record(unit_of_work_);
    check(record(AsCrm(), Phone("07700900001"))->consistency_token());
    check(register_.Lift(person));
  }
  for (auto& [at, answer] : told) {
    const auto replayed = replay(AsCrm(), ReplayOf("07700 900001", at));
    ASSERT_TRUE(replayed.ok());
    answer.clear_as_of();
    answer.clear_consistency_token();
    EXPECT_EQ(replayed->as_known_then().ShortDebugString(), answer.ShortDebugString());
  }
}

TEST_F(CheckWithPostgres, AReplayKnowsOfAMergeOnlyNow) {
  ReplayContact replay(unit_of_work_, clock_);
  const std::string gone = register_.Person("+447700900001"), stays = register_.Person("+447700900002");
  register_.Impose(gone);
  const absl::Time then = clock_.Now();
  absl::SleepFor(absl::Milliseconds(5));
  {
    pqxx::work sql(register_.connection());
    sql.exec_params("update person_handle set person_id = $1 where person_id = $2", stays, gone);
    sql.exec_params("update restriction set person_id = $1 where person_id = $2", stays, gone);
    sql.exec_params("update restriction_measure set person_id = $1 where person_id = $2", stays, gone);
    register_.Bump(sql, gone);
    register_.Bump(sql, stays);
    sql.commit();
  }
  const auto replayed = replay(AsCrm(), ReplayOf("07700 900001", then));
  ASSERT_TRUE(replayed.ok());
  EXPECT_EQ(replayed->as_known_then().matches(0).person_id(), gone);
  EXPECT_EQ(replayed->as_known_now().matches(0).person_id(), stays);
}

// Linked against the order of their ids: the index finds them in another order than the history. What was told stands in the audit, and
// within milliseconds of a decision it may be what held before it.
TEST_F(CheckWithPostgres, AReplayOfANumberThatTwoHoldSaysWhatWasTold) {
  const std::string one = register_.Person("+447700900009"), two = register_.Person("+447700900001");
  {
    pqxx::work sql(register_.connection());
    register_.AddHandle(sql, one, "PHONE", "+447700900001");
    register_.Bump(sql, one);
    sql.commit();
  }
  Replica replica(pool_, clock_, Folder("a"));
  AuditCopier copier(replica.spool, pool_);
  ReplayContact replay(unit_of_work_, clock_);
  std::vector<v1::CheckContactResponse> told;
  const auto changes = [&](const std::string& person) {
    for (const bool imposed : {true, false}) {
      const std::string token = imposed ? register_.Impose(person) : register_.Lift(person);
      told.push_back(replica.Ask("07700900001"));
      for (int i = 0; i < 3; ++i) told.push_back(replica.Ask("07700900001", token));
    }
  };
  for (int i = 0; i < 5; ++i) changes(i % 2 == 0 ? one : two);
  std::thread([&] { copier.Copy(); }).join();
  pqxx::nontransaction sql(register_.connection());
  const auto kept = sql.exec("select micros(at), answer from contact_check order by at");
  ASSERT_GT(kept.size(), 10u);
  for (const pqxx::row& row : kept) {
    v1::CheckContactResponse answer;
    ASSERT_TRUE(answer.ParseFromString(pqxx::binarystring(row[1]).str()));
    answer.clear_as_of();
    answer.clear_consistency_token();
    const auto replayed = replay(AsCrm(), ReplayOf("07700 900001", absl::FromUnixMicros(row[0].as<std::int64_t>())));
    ASSERT_TRUE(replayed.ok());
    EXPECT_EQ(replayed->as_known_then().ShortDebugString(), answer.ShortDebugString());
  }
}

}  // namespace
}  // namespace evenhand::restriction::check
