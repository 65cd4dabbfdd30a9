// Sweeps and decisions about the same person wait for each other in one order, the person first: neither sees half of the other, and
// nothing is ever dead-locked.
#include <atomic>
#include <chrono>
#include <thread>

#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using S = RestrictionState;

class SweepOrder : public PeopleStories {
 protected:
  static bool Until(const std::function<bool()>& done) {
    for (int i = 0; i < 2000; ++i) {
      if (done()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  // Somebody waits for a lock.
  bool SomebodyWaits() { return Sql("select count(*) from pg_locks where not granted") != "0"; }
  // The figures of a connection are certain once it is gone.
  int Deadlocks() {
    Sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    return std::stoi(Sql("select deadlocks from pg_stat_database where datname = current_database()"));
  }
  v1::Restriction ImposedUntil(const std::string& person, const std::string& last_day, Channel::Value channel) {
    auto proposal = AProposal(person);
    proposal.set_ends_on(last_day);
    proposal.mutable_measures(0)->set_channel(channel);
    return Imposed(proposal);
  }
};

// Found by reading: a sweep that filled gaps while a lift was not yet committed could put a lifted measure back in force, for ever.
TEST_F(SweepOrder, Clause7_4_TheSweepWaitsForADecisionAboutTheSamePerson) {
  const auto pat = APerson(), kim = APerson("07700 900202");
  const auto first = ImposedUntil(pat.id(), "2026-11-25", Channel::PHONE);
  const auto other = ImposedUntil(kim.id(), "2026-11-25", Channel::PHONE);
  clock_.Set(At("2026-11-26T09:00:00Z"));
  pqxx::connection decision(testing::Postgres::Shared().owner());
  auto deciding = std::make_unique<pqxx::work>(decision);
  deciding->exec("select from restriction.person where id = '" + pat.id() + "' for update");
  std::thread sweep([&] { Sweeps(work_).ExpireRestrictions(); });
  EXPECT_TRUE(Until([&] { return SomebodyWaits(); }));
  EXPECT_EQ(Sql("select state from restriction where id = '" + first.id() + "'"), "IN_FORCE");
  EXPECT_EQ(Sql("select in_force from restriction_measure where restriction_id = '" + first.id() + "'"), "t") << "untouched while it waits";
  deciding->commit();
  deciding.reset();
  sweep.join();
  for (const auto& r : {first, other}) EXPECT_EQ(Sql("select state from restriction where id = '" + r.id() + "'"), "EXPIRED");
  EXPECT_EQ(Events("restriction.expired"), 2);
}

TEST_F(SweepOrder, CaseF_OnePersonWhoCantBeSweptKeepsNobodyElseWaiting) {
  std::vector<std::string> people;
  for (int i = 0; i < 3; ++i) {
    people.push_back(APerson("07700 90021" + std::to_string(i)).id());
    ImposedUntil(people.back(), "2026-11-25", Channel::PHONE);
  }
  // Whatever is wrong with one record, the others' ends are told.
  Sql("create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$; "
      "create trigger broken before update on restriction for each row when (old.person_id = '" +
      *std::ranges::min_element(people) + "') execute function broken(); select 1");
  clock_.Set(At("2026-11-26T09:00:00Z"));
  Sweeps(work_).ExpireRestrictions();
  EXPECT_EQ(Events("restriction.expired"), 2);
}

// Found by reading: a contact counted at the very moment of a variation was counted for the terms that ended, and given again.
TEST_F(SweepOrder, Clause7_2_NoContactIsLostWhileTheTermsChange) {
  const auto pat = APerson("07700 900201");
  auto limited = AProposal(pat.id());
  auto* m = limited.mutable_measures(0);
  m->set_kind(MeasureKind::LIMIT_VOLUME);
  m->set_max_contacts(9000);
  m->set_period(Period::MONTH);
  const auto imposed = Imposed(limited);
  std::atomic<bool> stop{false};
  std::atomic<int> contacts{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i)
    callers.emplace_back([&] {
      check::RecordContact record(work_);
      v1::CheckContactRequest request;
      request.set_channel(Channel::PHONE);
      request.set_phone("07700 900201");
      for (; !stop; ++contacts) EXPECT_THAT(record(As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact"), request), Allowed());
    });
  for (int varied = 0; varied < 12; ++varied) {
    v1::VaryRestrictionRequest vary;
    vary.set_id(imposed.id());
    vary.set_reason("It changed");
    *vary.mutable_terms()->add_measures() = *m;
    vary.mutable_terms()->mutable_measures(0)->set_max_contacts(9001 + varied);
    EXPECT_THAT(decide_.Vary(As(manager_, "RestrictionService/VaryRestriction"), vary), Allowed());
  }
  stop = true;
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(Sql("select used from contact_count c join restriction_measure m on m.id = c.measure_id where m.in_force"),
            std::to_string(contacts));
}

// A council's busiest hour in three seconds: decisions, merges, contacts, every sweep, all about the same few people.
TEST_F(SweepOrder, DecisionsMergesContactsAndSweepsAtOnceNeverBlockEachOther) {
  constexpr int kPeople = 4;
  std::vector<std::string> people;
  for (int i = 0; i < kPeople; ++i) people.push_back(APerson("07700 90022" + std::to_string(i)).id());
  std::vector<std::vector<std::string>> proposals(3);
  for (int i = 0; i < 36; ++i) {
    auto proposal = AProposal(people[static_cast<std::size_t>(i) % kPeople]);
    proposal.mutable_measures(0)->set_channel(i % 2 == 0 ? Channel::PHONE : Channel::EMAIL);
    proposal.mutable_measures(0)->set_kind(i % 3 == 0 ? MeasureKind::LIMIT_VOLUME : MeasureKind::BLOCK_CHANNEL);
    proposal.mutable_measures(0)->set_max_contacts(5);
    proposal.mutable_measures(0)->set_period(Period::DAY);
    proposal.mutable_review()->set_date("2026-11-26");
    if (i % 3 != 2) proposal.set_ends_on("2026-11-26");
    proposals[static_cast<std::size_t>(i) % 3].push_back(Proposed(proposal).id());
  }
  for (std::size_t i = 0; i < 4; ++i) (void)Impose(proposals[0][i], manager_);
  clock_.Set(At("2026-11-26T10:00:00Z"));
  const int before = Deadlocks();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  const auto run = [&](std::function<void(int)> work) {
    threads.emplace_back([&stop, work = std::move(work)] {
      for (int i = 0; !stop; ++i) work(i);
    });
  };
  for (const auto& own : proposals)
    run([&, own](int i) {
      const std::string& id = own[static_cast<std::size_t>(i) % own.size()];
      (void)Impose(id, manager_);
      (void)Review(id, v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_);
      if (i % 2 == 0) (void)Lift(id, manager_);
    });
  run([&](int i) {
    v1::MergePeopleRequest merge;
    merge.set_survivor_id(people[static_cast<std::size_t>(i) % kPeople]);
    merge.set_duplicate_id(people[static_cast<std::size_t>(i + 1) % kPeople]);
    (void)merger_.Merge(As(leader_, "PersonService/MergePeople"), merge);
    v1::UnmergePersonRequest undo;
    undo.set_id(people[static_cast<std::size_t>(i + 1) % kPeople]);
    (void)merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo);
  });
  run([&](int i) {
    check::RecordContact record(work_);
    v1::CheckContactRequest request;
    request.set_channel(Channel::PHONE);
    request.set_phone("07700 90022" + std::to_string(i % kPeople));
    (void)record(As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact"), request);
  });
  run([&](int) {
    // What ends today is made to end now.
    Sql("update restriction set in_force_until = '2026-11-26T09:00:00Z' where id in (select id from restriction where state = 'IN_FORCE' "
        "and in_force_until > '2026-11-26T10:00:00Z' order by id limit 2 for update skip locked) returning 1");
    Sweeps(work_).ExpireRestrictions();
    Sweeps(work_).AlarmOverdueReviews();
    Sweeps(work_).LookAgain();
  });
  std::this_thread::sleep_for(std::chrono::seconds(3));
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Deadlocks(), before);
  // Nothing that has ended holds, and nothing that holds has ended.
  EXPECT_EQ(Sql("select count(*) from restriction_measure m join restriction r on r.id = m.restriction_id "
                "where m.in_force and r.state <> 'IN_FORCE'"),
            "0");
}

}  // namespace
}  // namespace evenhand::restriction
