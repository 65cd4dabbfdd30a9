// A replay in the very milliseconds of a commit: checks go on while decisions are made as fast as they can be, and for every answer that
// the audit has, a replay of its instant says the same.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "services/restriction/check/audit_copier.h"
#include "services/restriction/check/change_clock.h"
#include "services/restriction/check/check_contact.h"
#include "services/restriction/check/follower.h"
#include "services/restriction/check/replay_contact.h"
#include "services/restriction/store/time.h"
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using check::Steady;
using v1::CheckContactResponse;

constexpr char kPhone[] = "+447700900200";

std::string Said(CheckContactResponse answer) {
  answer.clear_as_of();
  answer.clear_consistency_token();
  return answer.ShortDebugString();
}

class ReplayOfACommit : public PeopleStories {
 protected:
  ReplayOfACommit()
      : real_(clock_.Now() - absl::Now()),  // a clock that goes, as from the tests' own date
        live_(pool_, real_),
        folder_(std::filesystem::temp_directory_path() / NewUuid()),
        spool_(folder_, {}),
        check_(state_, spool_, real_),
        replay_(live_, real_),
        decide_live_(live_, incidents_),
        follower_(pool_, real_, state_) {
    DateChangesBy(&real_);
    follower_.Start(absl::Seconds(20));
  }
  ~ReplayOfACommit() override {
    DateChangesBy(nullptr);
    std::filesystem::remove_all(folder_);
  }

  v1::ReplayContactResponse Replayed(const std::string& at) {
    v1::ReplayContactRequest request;
    request.mutable_check()->set_channel(Channel::PHONE);
    request.mutable_check()->set_phone(kPhone);
    *request.mutable_at() = restriction::ToProto(*ParseInstant(at));
    return replay_(As(Who("auditor", Role::kAuditor, {}), "ContactService/ReplayContact"), request).value();
  }
  void ImposeAndLift(const std::string& id) {
    v1::ImposeRestrictionRequest impose;
    impose.set_id(id);
    ASSERT_THAT(decide_live_.Impose(As(manager_, "RestrictionService/ImposeRestriction"), impose), Allowed());
    std::this_thread::sleep_for(std::chrono::milliseconds(7));
    v1::LiftRestrictionRequest lift;
    lift.set_id(id);
    lift.set_reason("Contact has been good since");
    ASSERT_THAT(decide_live_.Lift(As(manager_, "RestrictionService/LiftRestriction"), lift), Allowed());
    std::this_thread::sleep_for(std::chrono::milliseconds(7));
  }

  struct Clear {
    absl::Time before;
    std::int64_t revision;
  };

  const SystemClock real_;
  UnitOfWork live_;
  std::filesystem::path folder_;
  check::CheckState state_;
  check::CheckSpool spool_;
  check::CheckContact check_;
  check::ReplayContact replay_;
  DecideRestriction decide_live_;
  check::Follower follower_;
};

// Each answer in the audit whose revision was no longer the newest at its instant: it was told between a decision and its arrival.
constexpr char kToldInBetween[] = R"(
  select to_char(c.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), c.answer
  from contact_check c
  where exists (select from check_history h where h.at between c.at - interval '12 milliseconds' and c.at + interval '3 milliseconds')
  order by c.at limit 300)";

TEST_F(ReplayOfACommit, SaysToTheMicrosecondWhatTheAuditSaysWasTold) {
  const auto pat = APerson(kPhone);
  std::vector<std::string> proposals;
  for (int i = 0; i < 40; ++i) proposals.push_back(Proposed(AProposal(pat.id())).id());
  std::atomic<bool> stop{false};
  std::vector<Clear> clear;
  std::thread checks([&] {
    v1::CheckContactRequest request;
    request.set_channel(Channel::PHONE);
    request.set_phone(kPhone);
    while (!stop) {
      const absl::Time before = real_.Now();
      const auto told = check_(As(Who("crm", Role::kCrm, {}), "ContactService/CheckContact"), request).value();
      if (told.outcome() == CheckContactResponse::Outcome::CLEAR) clear.push_back({before, ParseToken(told.consistency_token())->n});
      std::this_thread::sleep_for(std::chrono::microseconds(150));
    }
  });
  for (const auto& id : proposals) ASSERT_NO_FATAL_FAILURE(ImposeAndLift(id));
  stop = true;
  checks.join();
  check::AuditCopier(spool_, pool_).Copy();
  const auto connection = pool_.Open();
  pqxx::work sql(*connection);
  sql.exec("set local search_path = restriction");

  int in_between = 0;
  for (const auto& row : sql.exec(kToldInBetween)) {
    CheckContactResponse told;
    ASSERT_TRUE(told.ParseFromString(pqxx::binarystring(row[1]).str()));
    const std::string at = row[0].as<std::string>();
    EXPECT_EQ(Said(Replayed(at).as_known_then()), Said(told)) << at;
    const auto newest = sql.exec_params1("select max(revision) from check_history where at <= $1", at)[0].as<std::int64_t>();
    in_between += newest > ParseToken(told.consistency_token())->n;
  }
  EXPECT_GT(in_between, 0) << "no answer fell between a decision and its arrival: the test has looked at nothing";

  // A CLEAR leaves no record. It is never older than the two seconds after which a check no longer answers CLEAR.
  std::map<std::int64_t, absl::Time> changed;
  for (const auto& row : sql.exec("select revision, micros(at) from check_history"))
    changed[row[0].as<std::int64_t>()] = absl::FromUnixMicros(row[1].as<std::int64_t>());
  absl::Duration longest;
  for (const Clear& one : clear) {
    const auto next = changed.upper_bound(one.revision);
    if (next != changed.end()) longest = std::max(longest, one.before - next->second);
  }
  EXPECT_LT(longest, absl::Seconds(2));
  RecordProperty("in_between", in_between);
  RecordProperty("longest_ms", static_cast<int>(absl::ToInt64Milliseconds(longest)));
}

// However long a decision waited for its turn: nobody had been told of it, and a replay of that time says so.
TEST_F(ReplayOfACommit, ADecisionThatWaitedIsKnownFromItsCommitOnAndNotBefore) {
  const auto pat = APerson(kPhone);
  const auto proposed = Proposed(AProposal(pat.id()));
  pqxx::connection other(testing::Postgres::Shared().owner());
  auto holding = std::make_unique<pqxx::work>(other);
  holding->exec("select from restriction.revision for update");
  std::thread decision([&] {
    v1::ImposeRestrictionRequest impose;
    impose.set_id(proposed.id());
    EXPECT_THAT(decide_live_.Impose(As(manager_, "RestrictionService/ImposeRestriction"), impose), Allowed());
  });
  while (Sql("select count(*) from pg_locks where not granted") == "0") std::this_thread::sleep_for(std::chrono::milliseconds(2));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const std::string waiting = FormatInstant(real_.Now());
  holding->commit();
  decision.join();
  const std::string after = FormatInstant(real_.Now());
  EXPECT_EQ(Replayed(waiting).as_known_then().outcome(), CheckContactResponse::Outcome::CLEAR);
  EXPECT_EQ(Replayed(after).as_known_then().outcome(), CheckContactResponse::Outcome::GUIDANCE);
}

}  // namespace
}  // namespace evenhand::restriction
