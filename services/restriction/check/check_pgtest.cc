// The check against a real PostgreSQL: freshness whatever the order of commits, counting under a race, the audit's way to the database,
// and replays.
#include <filesystem>
#include <fstream>
#include <thread>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/testing/pg.h"
#include "services/restriction/check/audit_copier.h"
#include "services/restriction/check/check_contact.h"
#include "services/restriction/check/follower.h"
#include "services/restriction/check/people_loader.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/check/replay_contact.h"

namespace evenhand::restriction::check {

std::span<const evenhand::Migration> Migrations();

namespace {

using v1::CheckContactResponse;
using v1::ContactMatch;

constexpr auto kSoon = std::chrono::milliseconds(100);

const Rule kRule{.method = "m", .clause = "12.4"};

Call AsCrm() {
  Call call;
  call.actor = Actor{.id = "crm", .roles = {Role::kCrm}};
  call.rule = &kRule;
  call.deadline = absl::Now() + absl::Seconds(20);
  return call;
}

v1::CheckContactRequest Phone(const std::string& number, const std::string& token = "") {
  v1::CheckContactRequest request;
  request.set_channel(v1::ContactChannel::PHONE);
  request.set_phone(number);
  request.set_consistency_token(token);
  return request;
}

// Writes as the restriction service does, in SQL: what the index must cope with.
class Register {
 public:
  explicit Register(Pool& pool, const Clock& clock) : connection_(pool.Open()), clock_(clock) {}

  std::string Person(const std::string& phone, bool shared = false, bool confirmed = true) {
    const std::string id = NewUuid();
    pqxx::work sql(*connection_);
    sql.exec_params("insert into person (id, reference, state, document, created_at) values ($1, $2, 'ACTIVE', '{}', $3)", id, id, Now());
    AddHandle(sql, id, "PHONE", phone, shared, confirmed);
    Bump(sql, id);
    sql.commit();
    return id;
  }

  void AddHandle(pqxx::transaction_base& sql, const std::string& person, const std::string& kind, const std::string& value,
                 bool shared = false, bool confirmed = true) {
    sql.exec_params(
        "insert into person_handle (id, person_id, kind, value, written, shared, confirmed, since) values ($1, $2, $3, $4, $4, $5, $6, $7)",
        NewUuid(), person, kind, value, shared, confirmed, Now());
  }

  // In force from now on; the token of the decision.
  std::string Impose(const std::string& person, const std::string& kind = "BLOCK_CHANNEL", int max_contacts = 0,
                     std::string* restriction = nullptr) {
    pqxx::work sql(*connection_);
    const std::string id = Impose(sql, person, kind, max_contacts);
    if (restriction != nullptr) *restriction = id;
    const std::string token = Bump(sql, person);
    sql.commit();
    return token;
  }

  std::string Impose(pqxx::transaction_base& sql, const std::string& person, const std::string& kind, int max_contacts) {
    const std::string id = NewUuid();
    sql.exec_params(
        "insert into restriction (id, reference, person_id, service_area, state, document, proposed_at, in_force_from) "
        "values ($1::uuid, $1::uuid::text, $2, 'Housing', 'IN_FORCE', '{}', $3, $3)",
        id, person, Now());
    sql.exec_params(
        "insert into restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, channel, max_contacts, period, "
        "in_force, valid_from) "
        "values ($1, $2, $3, 'Housing', 1, $4, 'PHONE', nullif($5, 0), case when $5 > 0 then 'DAY' end, true, $6)",
        NewUuid(), id, person, kind, max_contacts, Now());
    return id;
  }

  std::string Lift(const std::string& person) {
    pqxx::work sql(*connection_);
    sql.exec_params("update restriction_measure set in_force = false, valid_until = $2 where person_id = $1 and in_force", person, Now());
    const std::string token = Bump(sql, person);
    sql.commit();
    return token;
  }

  std::string Bump(pqxx::transaction_base& sql, const std::string& person) {
    const auto row = sql.exec_params1(
        "with bumped as (update revision set n = n + 1 returning epoch, n), "
        "told as (insert into index_change (revision, person_id, at) select n, $1::uuid, $2 from bumped) "
        "select epoch::text, n, pg_notify('evenhand_index', n::text) from bumped",
        person, Now());
    return FormatToken({row[0].as<std::string>(), row[1].as<std::int64_t>()});
  }

  std::string Now() const { return FormatInstant(clock_.Now()); }
  pqxx::connection& connection() { return *connection_; }

 private:
  std::unique_ptr<pqxx::connection> connection_;
  const Clock& clock_;
};

// One replica of the check.
struct Replica {
  Replica(Pool& pool, const Clock& clock, const std::string& folder)
      : spool(folder, 1 << 20), check(state, spool, clock), follower(pool, clock, state) {
    follower.Start(absl::Seconds(10));
  }

  CheckContactResponse Ask(const std::string& phone, const std::string& token = "") {
    auto answer = check(AsCrm(), Phone(phone, token));
    return answer.ok() ? *answer : CheckContactResponse();
  }

  // How long until the outcome is as expected, or nothing.
  std::optional<std::chrono::milliseconds> Until(const std::string& phone, CheckContactResponse::Outcome outcome,
                                                 std::chrono::milliseconds longest) {
    const auto start = Steady::now();
    while (Steady::now() - start < longest) {
      if (Ask(phone).outcome() == outcome) return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::nullopt;
  }

  CheckState state;
  CheckSpool spool;
  CheckContact check;
  Follower follower;
};

class CheckWithPostgres : public ::testing::Test {
 protected:
  CheckWithPostgres()
      : pool_({.connection = testing::Postgres::Shared().Fresh("restriction", Migrations()), .schema = "restriction", .size = 8}),
        unit_of_work_(pool_, clock_),
        folder_(std::filesystem::temp_directory_path() / NewUuid()),
        register_(pool_, clock_) {}
  ~CheckWithPostgres() override { std::filesystem::remove_all(folder_); }

  std::string Folder(const std::string& name) const { return folder_ / name; }

  SystemClock clock_;
  Pool pool_;
  UnitOfWork unit_of_work_;
  std::filesystem::path folder_;
  Register register_;
};

TEST_F(CheckWithPostgres, IsFilledAtStart) {
  register_.Impose(register_.Person("+447700900001"));
  register_.Person("+447700900003");
  Replica replica(pool_, clock_, Folder("a"));
  EXPECT_EQ(replica.Ask("07700 900001").outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(replica.Ask("07700 900002").outcome(), CheckContactResponse::CLEAR);
  EXPECT_EQ(replica.state.Current()->index->handles(), 2u);
}

TEST_F(CheckWithPostgres, TwoReplicasSeeADecisionWithinATenthOfASecond) {
  const std::string person = register_.Person("+447700900001");
  Replica one(pool_, clock_, Folder("a")), two(pool_, clock_, Folder("b"));
  for (int i = 0; i < 20; ++i) {
    register_.Impose(person);
    EXPECT_TRUE(one.Until("07700900001", CheckContactResponse::GUIDANCE, kSoon));
    EXPECT_TRUE(two.Until("07700900001", CheckContactResponse::GUIDANCE, kSoon));
    register_.Lift(person);
    EXPECT_TRUE(one.Until("07700900001", CheckContactResponse::CLEAR, kSoon));
    EXPECT_TRUE(two.Until("07700900001", CheckContactResponse::CLEAR, kSoon));
  }
}

TEST_F(CheckWithPostgres, ATokenIsNeverAnsweredOlder) {
  const std::string person = register_.Person("+447700900001");
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(replica.Ask("07700900001", register_.Impose(person)).outcome(), CheckContactResponse::GUIDANCE);
    EXPECT_EQ(replica.Ask("07700900001", register_.Lift(person)).outcome(), CheckContactResponse::CLEAR);
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
  EXPECT_TRUE(replica.Until("07700900002", CheckContactResponse::GUIDANCE, kSoon));
  other.Bump(slow, early);
  slow.commit();
  EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::GUIDANCE, kSoon));
}

TEST_F(CheckWithPostgres, ATokenOfTheFutureIsUnknownAndOneFromBeforeARestoreIsRefused) {
  const std::string token = register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  const auto revision = ParseToken(token);
  EXPECT_EQ(replica.Ask("07700900001", FormatToken({revision->epoch, revision->n + 1'000'000})).outcome(), CheckContactResponse::UNKNOWN);
  pqxx::connection owner(testing::Postgres::Shared().owner());
  pqxx::nontransaction(owner).exec("update restriction.revision set epoch = gen_random_uuid()");
  while (replica.state.Current()->revision.epoch == revision->epoch) absl::SleepFor(absl::Milliseconds(1));
  const auto refused = replica.check(AsCrm(), Phone("07700900001", token));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.refusal().kind, RefusalKind::kConflict);
  EXPECT_EQ(replica.Ask("07700900001").outcome(), CheckContactResponse::GUIDANCE);
}

// Scenario 24, and both troubles at once: the LISTEN connection goes with the server.
TEST_F(CheckWithPostgres, Scenario24_AnAbsentDatabaseIsUnknownNeverClear) {
  const std::string person = register_.Person("+447700900001");
  Replica replica(pool_, clock_, Folder("a"));
  testing::Postgres::Shared().Crash();
  const auto start = Steady::now();
  while (Steady::now() - start < std::chrono::milliseconds(1500))
    ASSERT_NE(replica.Ask("07700900009").outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_TRUE(replica.Until("07700900009", CheckContactResponse::UNKNOWN, std::chrono::milliseconds(1500)));
  const auto answer = replica.Ask("07700900009");
  EXPECT_EQ(answer.matches(0).instructions(0).code(), v1::Instruction::TAKE_CARE);
  testing::Postgres::Shared().Start();
  EXPECT_TRUE(replica.Until("07700900009", CheckContactResponse::CLEAR, std::chrono::seconds(5)));
  Register again(pool_, clock_);
  again.Impose(person);
  EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::GUIDANCE, kSoon));
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
    EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::GUIDANCE, kSoon));
    register_.Lift(person);
    EXPECT_TRUE(replica.Until("07700900001", CheckContactResponse::CLEAR, kSoon));
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
  EXPECT_EQ(answer->matches(0).match(), ContactMatch::POSSIBLE);
  EXPECT_EQ(answer->matches(0).remaining_contacts() + answer->matches(1).remaining_contacts(), 5);
}

int Count(Pool& pool, const std::string& what) {
  const auto connection = pool.Open();
  return pqxx::nontransaction(*connection).exec1("select count(*) from " + what)[0].as<int>();
}

// Of several portions: a full one, and one that is not.
constexpr int kSome = 27;

TEST_F(CheckWithPostgres, Clause12_4_EveryGuidanceIsAuditedOnceWhateverIsKilledWhen) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < kSome; ++i) replica.Ask("07700900001");
  replica.Ask("07700900002");
  // As a kill would leave it: the records copied, the file still there.
  for (const auto& file : std::filesystem::directory_iterator(Folder("a"))) std::filesystem::copy(file, Folder("copy.spool"));
  AuditCopier(replica.spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  std::filesystem::rename(Folder("copy.spool"), Folder("a/again.spool"));
  CheckSpool next(Folder("a"), 1 << 20);
  AuditCopier(next, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked' and clause = '12.4'"), kSome);
  EXPECT_EQ(next.waiting_bytes(), 0);
}

// Of a file that was half copied when all was killed, what is missing is added.
TEST_F(CheckWithPostgres, Clause12_4_AFileThatWasCopiedInPartIsCopiedToItsEnd) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < kSome; ++i) {
    replica.Ask("07700900001");
    if (i == 14)
      for (const auto& file : std::filesystem::directory_iterator(Folder("a"))) std::filesystem::copy(file, Folder("half.spool"));
  }
  std::filesystem::create_directory(Folder("b"));
  std::filesystem::rename(Folder("half.spool"), Folder("b/half.spool"));
  CheckSpool half(Folder("b"), 1 << 20);
  AuditCopier(half, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), 15);
  AuditCopier(replica.spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked'"), kSome);
}

// The spool's file is gone by then: no portion of it may be where a crash reaches it.
TEST_F(CheckWithPostgres, Clause12_4_WhatWasCopiedOutlivesACrashOfTheDatabase) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  AuditCopier copier(replica.spool, pool_);
  replica.Ask("07700900001");
  copier.Copy();
  for (int i = 1; i < kSome; ++i) replica.Ask("07700900001");
  copier.Copy();
  testing::Postgres::Shared().Crash();
  EXPECT_EQ(replica.spool.waiting_bytes(), 0);
  testing::Postgres::Shared().Start();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked'"), kSome);
}

v1::ContactCheckRecord ARecord(std::int64_t micros = 0) {
  v1::ContactCheckRecord record;
  record.set_id(NewUuid());
  record.mutable_at()->set_seconds(1'795'000'000 + micros / 1'000'000);
  record.mutable_at()->set_nanos(static_cast<int>(micros % 1'000'000 * 1000));
  record.set_actor("crm");
  record.set_channel(v1::ContactChannel::EMAIL);
  record.mutable_answer()->set_outcome(CheckContactResponse::GUIDANCE);
  record.mutable_answer()->add_matches()->set_person_id(NewUuid());
  return record;
}

void Append(CheckSpool& spool, const v1::ContactCheckRecord& record) {
  std::string batch;
  FrameRecord(record, batch);
  ASSERT_TRUE(spool.Append(batch).ok());
}

TEST_F(CheckWithPostgres, Clause12_4_ARecordIsKeptToTheLetter) {
  CheckSpool spool(Folder("a"), 1 << 20);
  v1::ContactCheckRecord record = ARecord(123'457);
  record.set_actor("E1001");
  record.set_acting_through("crm");
  record.set_service_area(R"({"Housing", \\x00 'and' (Repairs), NULL})");
  record.set_staff_id("Zoë");
  record.set_trace_id("00ff");
  record.mutable_answer()->add_matches()->set_person_id(NewUuid());
  record.mutable_answer()->add_matches()->add_instructions()->set_text(std::string("a\0b\n\\", 5));
  Append(spool, record);
  AuditCopier(spool, pool_).Copy();
  const auto connection = pool_.Open();
  pqxx::nontransaction sql(*connection);
  const auto kept = sql.exec1(
      "select id, actor, acting_through, channel, service_area, staff_id, outcome, person_ids, trace_id, answer, "
      "extract(epoch from at) from contact_check");
  const std::string one = record.answer().matches(0).person_id(), other = record.answer().matches(1).person_id();
  const std::vector<std::string> expected = {
      record.id(), "E1001", "crm", "EMAIL", record.service_area(), "Zoë", "GUIDANCE", "{" + one + "," + other + "}", "00ff"};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(kept[static_cast<int>(i)].as<std::string>(), expected[i]);
  EXPECT_EQ(pqxx::binarystring(kept[9]).str(), record.answer().SerializeAsString());
  EXPECT_EQ(kept[10].as<std::string>(), "1795000000.123457");
  const auto audit =
      sql.exec_n(2,
                 "select subject_id, actor, acting_through, action, subject_kind, person_id, clause, before, after, trace_id, "
                 "extract(epoch from at) from audit order by id");
  for (int i = 0; i < 2; ++i) {
    const std::string& person = i == 0 ? one : other;
    const std::vector<std::string> told = {person, "E1001",     "crm",  "contact.checked",  "person", person, "12.4",
                                           "",     record.id(), "00ff", "1795000000.123457"};
    for (std::size_t at = 0; at < told.size(); ++at) EXPECT_EQ(audit[i][static_cast<int>(at)].as<std::string>(), told[at]);
  }
}

// An instant is compared with what a caller was told (12.4): not a microsecond may be lost on its way.
TEST_F(CheckWithPostgres, Clause12_4_TheInstantOfARecordIsKeptToTheMicrosecond) {
  CheckSpool spool(Folder("a"), 1 << 20);
  std::string expected;
  for (const std::int64_t micros : {0, 1, 9, 99'999, 100'000, 499'999, 500'000, 500'001, 999'998, 999'999}) {
    Append(spool, ARecord(micros));
    absl::StrAppend(&expected, expected.empty() ? "" : ",", "1795000000.", absl::Dec(micros, absl::kZeroPad6));
  }
  AuditCopier(spool, pool_).Copy();
  const auto connection = pool_.Open();
  pqxx::nontransaction sql(*connection);
  EXPECT_EQ(sql.exec1("select string_agg(extract(epoch from at)::text, ',' order by at) from contact_check")[0].as<std::string>(),
            expected);
}

// A text may hold what a database's cannot: its record must not hold up all that follow.
TEST_F(CheckWithPostgres, ATextThatTheDatabaseCannotHoldHoldsUpNoOther) {
  CheckSpool spool(Folder("a"), 1 << 20);
  v1::ContactCheckRecord odd = ARecord();
  odd.set_service_area(std::string("Housing\0Repairs", 15));
  Append(spool, odd);
  Append(spool, ARecord());
  AuditCopier(spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), 2);
}

TEST_F(CheckWithPostgres, Clause12_4_ALargeFileIsCopiedToItsEnd) {
  constexpr int kMany = 2'537;  // the last portion is not full
  {
    CheckSpool spool(Folder("a"), 8 << 20);
    v1::ContactCheckRecord record = ARecord();
    record.mutable_answer()->mutable_matches(0)->add_instructions()->set_text(std::string(200, 'x'));
    for (int i = 0; i < kMany; ++i) {
      record.set_id(NewUuid());
      Append(spool, record);
    }
    EXPECT_GT(spool.waiting_bytes(), 512 * 1024);
    AuditCopier(spool, pool_).Copy();
    EXPECT_EQ(spool.waiting_bytes(), 0);
  }
  EXPECT_EQ(Count(pool_, "contact_check"), kMany);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked'"), kMany);
}

TEST_F(CheckWithPostgres, ATornRecordSpoilsNoOther) {
  register_.Impose(register_.Person("+447700900001"));
  {
    Replica replica(pool_, clock_, Folder("a"));
    replica.Ask("07700900001");
    replica.Ask("07700900001");
  }
  for (const auto& file : std::filesystem::directory_iterator(Folder("a"))) std::filesystem::resize_file(file, file.file_size() - 3);
  CheckSpool next(Folder("a"), 1 << 20);
  AuditCopier(next, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), 1);
}

TEST_F(CheckWithPostgres, AFullSpoolRefusesGuidanceAndDropsNothing) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  CheckSpool tiny(Folder("b"), 600);
  CheckContact check(replica.state, tiny, clock_);
  int given = 0;
  std::optional<Refusal> refusal;
  for (int i = 0; i < 10 && !refusal; ++i) {
    const auto answer = check(AsCrm(), Phone("07700900001"));
    answer.ok() ? void(++given) : void(refusal = answer.refusal());
  }
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, RefusalKind::kUnavailable);
  EXPECT_TRUE(check(AsCrm(), Phone("07700900002")).ok()) << "what needs no record is answered still";
  AuditCopier(tiny, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), given);
  EXPECT_TRUE(check(AsCrm(), Phone("07700900001")).ok());
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
  EXPECT_EQ(reply->replies(0).outcome(), CheckContactResponse::GUIDANCE);
  EXPECT_EQ(reply->replies(1).error().field(), "phone");
  EXPECT_EQ(reply->replies(2).outcome(), CheckContactResponse::CLEAR);
}

v1::ReplayContactRequest ReplayOf(const std::string& phone, absl::Time at) {
  v1::ReplayContactRequest request;
  request.set_phone(phone);
  request.set_channel(v1::ContactChannel::PHONE);
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

}  // namespace
}  // namespace evenhand::restriction::check
