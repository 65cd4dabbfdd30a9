// What checks told, on its way from the disk to a real PostgreSQL: each record once and to the letter, whatever is killed when.

#include "services/restriction/check/audit_copier.h"
#include "services/restriction/testing/checks.h"

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;

class CheckAudit : public CheckWithPostgres {};

int Count(Pool& pool, const std::string& what) {
  const auto connection = pool.Open();
  return pqxx::nontransaction(*connection).exec1("select count(*) from " + what)[0].as<int>();
}

// Of several portions: a full one, and one that is not.
constexpr int kSome = 27;

TEST_F(CheckAudit, Clause12_4_EveryGuidanceIsAuditedOnceWhateverIsKilledWhen) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < kSome; ++i) replica.Ask("07700900001");
  replica.Ask("07700900002");
  // As a kill would leave it: the records copied, the file still there.
  for (const auto& file : std::filesystem::directory_iterator(Folder("a"))) std::filesystem::copy(file, Folder("copy.spool"));
  AuditCopier(replica.spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  std::filesystem::rename(Folder("copy.spool"), Folder("a/again.spool"));
  CheckSpool next(Folder("a"), {.most_bytes = 1 << 20});
  AuditCopier(next, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked' and clause = '12.4'"), kSome);
  EXPECT_EQ(next.waiting_bytes(), 0);
}

// Of a file that was half copied when all was killed, what is missing is added.
TEST_F(CheckAudit, Clause12_4_AFileThatWasCopiedInPartIsCopiedToItsEnd) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  for (int i = 0; i < kSome; ++i) {
    replica.Ask("07700900001");
    if (i == 14)
      for (const auto& file : std::filesystem::directory_iterator(Folder("a"))) std::filesystem::copy(file, Folder("half.spool"));
  }
  std::filesystem::create_directory(Folder("b"));
  std::filesystem::rename(Folder("half.spool"), Folder("b/half.spool"));
  CheckSpool half(Folder("b"), {.most_bytes = 1 << 20});
  AuditCopier(half, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), 15);
  AuditCopier(replica.spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked'"), kSome);
}

// The spool's file is gone by then: no portion of it may be where a crash reaches it.
TEST_F(CheckAudit, Clause12_4_WhatWasCopiedOutlivesACrashOfTheDatabase) {
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
  record.set_channel(Channel::EMAIL);
  record.mutable_answer()->set_outcome(CheckContactResponse::Outcome::GUIDANCE);
  record.mutable_answer()->add_matches()->set_person_id(NewUuid());
  return record;
}

void Append(CheckSpool& spool, const v1::ContactCheckRecord& record) {
  std::string batch;
  FrameRecord(record, batch);
  ASSERT_TRUE(spool.Append(batch).ok());
}

TEST_F(CheckAudit, Clause12_4_ARecordIsKeptToTheLetter) {
  CheckSpool spool(Folder("a"), {.most_bytes = 1 << 20});
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
TEST_F(CheckAudit, Clause12_4_TheInstantOfARecordIsKeptToTheMicrosecond) {
  CheckSpool spool(Folder("a"), {.most_bytes = 1 << 20});
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
TEST_F(CheckAudit, ATextThatTheDatabaseCannotHoldHoldsUpNoOther) {
  CheckSpool spool(Folder("a"), {.most_bytes = 1 << 20});
  v1::ContactCheckRecord odd = ARecord();
  odd.set_service_area(std::string("Housing\0Repairs", 15));
  Append(spool, odd);
  Append(spool, ARecord());
  AuditCopier(spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), 2);
}

// A record that no database takes costs itself: the others of its portion are kept, its file is set aside.
TEST_F(CheckAudit, Clause12_4_ARecordThatIsRefusedForGoodCostsItself) {
  CheckSpool spool(Folder("a"), {});
  for (int i = 0; i < kSome; ++i) {
    v1::ContactCheckRecord record = ARecord();
    if (i == 3) record.set_id("no id");
    if (i == kSome - 1) record.mutable_answer()->mutable_matches(0)->set_person_id("nobody");
    Append(spool, record);
  }
  AuditCopier(spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome - 2);
  EXPECT_EQ(Count(pool_, "audit where action = 'contact.checked'"), kSome - 2);
  EXPECT_EQ(spool.troubled_files(), 1U);
  Append(spool, ARecord());
  AuditCopier(spool, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome - 1) << "and holds nobody up";
}

// Nobody is answered any more, and the folder may go with the machine.
TEST_F(CheckAudit, Clause12_4_TheLastCopyTakesEverythingThoughItsConnectionBroke) {
  CheckSpool spool(Folder("a"), {});
  AuditCopier copier(spool, pool_);
  Append(spool, ARecord());
  copier.Copy();
  testing::Postgres::Shared().Crash();
  testing::Postgres::Shared().Start();
  for (int i = 0; i < kSome; ++i) Append(spool, ARecord());
  copier.CopyLast();
  EXPECT_EQ(Count(pool_, "contact_check"), kSome + 1);
  EXPECT_EQ(spool.waiting_bytes(), 0);
}

TEST_F(CheckAudit, Clause12_4_ALargeFileIsCopiedToItsEnd) {
  constexpr int kMany = 2'537;  // the last portion is not full
  {
    CheckSpool spool(Folder("a"), {.most_bytes = 8 << 20});
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

TEST_F(CheckAudit, ATornRecordSpoilsNoOther) {
  register_.Impose(register_.Person("+447700900001"));
  {
    Replica replica(pool_, clock_, Folder("a"));
    replica.Ask("07700900001");
    replica.Ask("07700900001");
  }
  for (const auto& file : std::filesystem::directory_iterator(Folder("a"))) std::filesystem::resize_file(file, file.file_size() - 3);
  CheckSpool next(Folder("a"), {.most_bytes = 1 << 20});
  AuditCopier(next, pool_).Copy();
  EXPECT_EQ(Count(pool_, "contact_check"), 1);
}

TEST_F(CheckAudit, AFullSpoolRefusesGuidanceAndDropsNothing) {
  register_.Impose(register_.Person("+447700900001"));
  Replica replica(pool_, clock_, Folder("a"));
  CheckSpool tiny(Folder("b"), {.most_bytes = 600});
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

}  // namespace
}  // namespace evenhand::restriction::check
