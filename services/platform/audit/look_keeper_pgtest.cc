#include "services/platform/audit/look_keeper.h"

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include "evenhand/audit/v1/audit_service.pb.h"
#include "services/platform/pg/pool.h"
#include "services/platform/testing/pg.h"

namespace evenhand {
namespace {

constexpr char kOne[] = "00000000-0000-7000-8000-000000000001", kTwo[] = "00000000-0000-7000-8000-000000000002";
constexpr Migration kMigrations[] = {{1, "thing", "create table thing (id text primary key);"}};

class Looks12_4 : public ::testing::Test {
 protected:
  Looks12_4()
      : connection_(testing::Postgres::Shared().Fresh("incident", kMigrations)), pool_({.connection = connection_, .schema = "incident"}) {
    call_.actor.id = "E1777";
    call_.peer = "gateway";
    call_.look = {.action = "incident.get", .kind = "incident", .subject_id = "i-1", .person_id = "p-1"};
    call_.deadline = absl::Now() + absl::Seconds(20);
  }

  RefusalKind Refuse(const std::string& subject, Refusal with) {
    call_.look.subject_id = subject;
    std::optional<Refusal> refusal = std::move(with);
    looks_.KeepRefused(call_, refusal);
    return refusal->kind;
  }

  int Count(const std::string& where) {
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    return sql.exec1("select count(*) from audit where " + where)[0].as<int>();
  }

  const SystemClock clock_;
  const std::string connection_;
  Pool pool_;
  LookKeeper looks_{pool_, clock_};
  Call call_;
};

TEST_F(Looks12_4, ARefusedOneIsKeptWithTheRecordAndTheClause) {
  EXPECT_EQ(Refuse("i-1", NotPermitted("12.4", "No.")), RefusalKind::kNotPermitted);
  EXPECT_EQ(Refuse("i-2", NotFound("incident")), RefusalKind::kNotFound);
  EXPECT_EQ(Count("action = 'incident.get.refused' and actor = 'E1777' and subject_id = 'i-1' and person_id = 'p-1' and clause = '12.4'"),
            1);
  EXPECT_EQ(Count("subject_id = 'i-2'"), 1) << "a 404 may hide a record";
  EXPECT_EQ(Refuse("i-3", Invalid({{"6.2", "x", "No."}})), RefusalKind::kInvalid);
  EXPECT_EQ(Count("subject_id = 'i-3'"), 0) << "whoever may look and writes badly was not refused a look";
}

TEST_F(Looks12_4, AStateThatWasToldIsKeptWithTheRecordThatItNames) {
  call_.look.subject_id = "";
  std::optional<Refusal> refusal = Conflict(ErrorReason::ALREADY_APPEALED, "7.3", "There is one.");
  refusal->other_id = kOne;
  looks_.KeepRefused(call_, refusal);
  EXPECT_EQ(Count("subject_id = '" + std::string(kOne) + "'"), 1);
}

TEST_F(Looks12_4, WhatAReadShowsIsKeptUnlessTheUseCaseSaidIt) {
  audit::v1::ListAuditEntriesResponse page;  // a list of things with ids, like any other
  for (const char* id : {kOne, kTwo}) page.add_audit_entries()->set_id(id);
  page.add_audit_entries()->set_id("somebody's name");
  const auto show = [&](const char* method, const char* said) {
    const AuditedHere audited;
    AuditedHere::Note(said);
    EXPECT_FALSE(looks_.KeepShown(call_, method, page, audited));
  };
  show("MakeThings", "");
  EXPECT_EQ(Count("true"), 0) << "a write audits what it changes";
  show("ListThings", kTwo);
  EXPECT_EQ(Count("subject_id = '" + std::string(kOne) + "'"), 1) << "one that was said hides no other";
  EXPECT_EQ(Count("true"), 1);
  show("ListThings", "3");
  EXPECT_EQ(Count("action = 'audit_entry.listed' and actor = 'E1777' and clause = '12.4' and subject_id in ('" + std::string(kOne) +
                  "', '" + kTwo + "')"),
            3);
  const AuditedHere audited;
  EXPECT_FALSE(looks_.KeepShown(call_, "GetThing", page.audit_entries(0), audited));
  EXPECT_EQ(Count("action = 'audit_entry.read'"), 1);
  EXPECT_EQ(Count("true"), 4);
  call_.peer = "incident";
  EXPECT_FALSE(looks_.KeepShown(call_, "GetThing", page.audit_entries(0), audited));
  EXPECT_EQ(Count("true"), 4) << "a service looks for nobody";
}

TEST_F(Looks12_4, NobodyWithoutARightFillsTheTrail) {
  for (int i = 0; i < 50; ++i) Refuse("i-1", NotPermitted("12.4", "No."));
  EXPECT_LE(Count("subject_id = 'i-1'"), 2) << "one a minute";
  for (int i = 0; i < 2 * LookKeeper::kMostAMinute; ++i) Refuse(absl::StrCat("x-", i), NotPermitted("12.4", "No."));
  EXPECT_LE(Count("true"), 2 * LookKeeper::kMostAMinute + 4) << "bounded, at most two minutes' worth";
  EXPECT_GE(Count("action = 'looks.refused'"), 1) << "and that there were more is told";
}

TEST_F(Looks12_4, NoAnswerWithoutATrace) {
  Pool away({.connection = "host=127.0.0.1 port=1 dbname=none", .schema = "incident"});
  LookKeeper looks(away, clock_);
  std::optional<Refusal> refusal = NotPermitted("12.4", "No.");
  looks.KeepRefused(call_, refusal);
  EXPECT_EQ(refusal->kind, RefusalKind::kUnavailable);
  audit::v1::AuditEntry shown;
  shown.set_id(kOne);
  EXPECT_EQ(looks.KeepShown(call_, "GetThing", shown, AuditedHere())->kind, RefusalKind::kUnavailable);
}

}  // namespace
}  // namespace evenhand
