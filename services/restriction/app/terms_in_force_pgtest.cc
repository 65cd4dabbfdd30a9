// Exactly one version of the terms holds at every moment, whatever comes in which order; two records that became one hold the union, from
// instant to instant and contact by contact (7.4, scenarios 5 and 15).
#include <random>

#include "services/restriction/app/delegate_authority.h"
#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/people_loader.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/store/time.h"
#include "services/restriction/testing/people_stories.h"
#include "services/restriction/testing/seed.h"

namespace evenhand::restriction {
namespace {

using S = RestrictionState;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

v1::Measure Limit(int most, Period::Value period = Period::DAY) {
  v1::Measure m;
  m.set_kind(MeasureKind::LIMIT_VOLUME);
  m.set_channel(Channel::PHONE);
  m.set_max_contacts(most);
  m.set_period(period);
  return m;
}

class TermsInForce : public PeopleStories {
 protected:
  TermsInForce() : record_(work_) {}

  v1::CheckContactResponse Contact(const std::string& phone) {
    v1::CheckContactRequest request;
    request.set_channel(Channel::PHONE);
    request.set_phone(phone);
    return record_(As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact"), request).value();
  }
  int Left(const std::string& phone) { return Contact(phone).matches(0).remaining_contacts(); }

  Outcome<v1::Restriction> Vary(const std::string& id, const std::function<void(v1::VaryRestrictionRequest&)>& change) {
    v1::VaryRestrictionRequest request;
    request.set_id(id);
    request.set_reason("It changed");
    change(request);
    return decide_.Vary(As(manager_, "RestrictionService/VaryRestriction"), request);
  }
  v1::Person Unmerged(const std::string& id) {
    v1::UnmergePersonRequest request;
    request.set_id(id);
    auto outcome = merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), request);
    EXPECT_THAT(outcome, Allowed());
    return *outcome;
  }
  // What a check would say at the clock's instant, swept or not: kinds and restrictions.
  std::set<std::string> Holding(const std::string& person_id) {
    const auto connection = pool_.Open();
    pqxx::work sql(*connection);
    std::set<std::string> holding;
    for (const auto& person : check::LoadPeople(sql, {person_id})) {
      if (person.guidance == nullptr) continue;
      for (const auto& m : person.guidance->measures)
        if (m.InForce(clock_.Now())) holding.insert(m.restriction_id);
    }
    return holding;
  }

  check::RecordContact record_;
};

// At each instant at which anything began or ended, and just before: one version of a restriction's terms while it is in force, else none.
constexpr char kMomentsWithOtherThanOne[] = R"(
  with moment as (
    select r.id, t from restriction r, lateral (
      select valid_from as t from restriction_measure where restriction_id = r.id
      union select valid_from - interval '1 microsecond' from restriction_measure where restriction_id = r.id
      union select valid_until from restriction_measure where restriction_id = r.id and valid_until is not null
      union select valid_until - interval '1 microsecond' from restriction_measure where restriction_id = r.id and valid_until is not null
      union select r.in_force_until union select r.in_force_until - interval '1 microsecond' union select r.in_force_from) m
    where t is not null),
  held as (
    select m.id, m.t,
           (select count(distinct terms_version) from restriction_measure x where x.restriction_id = m.id and x.valid_from <= m.t
              and (x.valid_until is null or x.valid_until > m.t) and (r.in_force_until is null or r.in_force_until > m.t)) as versions,
           (r.in_force_from <= m.t and (r.ended_at is null or r.ended_at > m.t) and (r.in_force_until is null or r.in_force_until > m.t)) as in_force
    from moment m join restriction r on r.id = m.id)
  select count(*) from held where versions <> case when in_force then 1 else 0 end)";

TEST_F(TermsInForce, Clause7_4_ExactlyOneVersionAtEveryMomentOfARandomLife) {
  const unsigned seed = testing::Seed();
  std::mt19937 random(seed);
  const auto one_of = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const auto pat = APerson();
  std::vector<std::string> ids;
  int appeals = 0;
  std::map<int, int> done;
  for (int step = 0; step < 150; ++step) {
    clock_.Advance(absl::Minutes(1 + one_of(36 * 60)));
    incidents_.known.clear();
    if (ids.empty() || one_of(6) == 0) {
      auto proposal = AProposal(pat.id());
      proposal.mutable_measures(0)->set_channel(one_of(2) == 0 ? Channel::PHONE : Channel::EMAIL);
      if (one_of(3) == 0) proposal.set_ends_on(FormatDate(DateOf(clock_.Now()) + one_of(4)));
      const auto proposed = Propose(proposal, leader_);
      if (proposed && Impose(proposed->id(), manager_)) ids.push_back(proposed->id());
      continue;
    }
    const std::string id = ids[static_cast<std::size_t>(one_of(static_cast<int>(ids.size())))];
    const auto now = Get(id);
    for (const auto& ground : now.grounds())
      for (const auto& incident : ground.incident_ids())
        incidents_.known[incident] = {
            .id = incident, .stands = true, .person_id = pat.id(), .service_area = "Housing", .behaviours = {Behaviour::ABUSE}};
    bool changed = false;
    const int what = one_of(7);
    if (what == 0)
      changed = Vary(id, [&](auto& r) {
                  *r.mutable_terms()->add_measures() = Limit(1 + one_of(9));
                  if (one_of(2) == 0) r.mutable_terms()->set_ends_on(FormatDate(DateOf(clock_.Now()) + one_of(5)));
                }).ok();
    if (what == 1)
      changed = Vary(id, [&](auto& r) { r.mutable_terms()->set_ends_on(FormatDate(DateOf(clock_.Now()) + 1 + one_of(5))); }).ok();
    if (what == 2) changed = Review(id, v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_).ok();
    if (what == 3)
      changed = Review(id, v1::ReviewRestrictionRequest::Outcome::VARY, manager_, [&](auto& r) {
                  *r.mutable_terms()->add_measures() = Limit(3);
                }).ok();
    if (what == 4 && one_of(2) == 0) changed = Lift(id, manager_).ok();
    if (what == 5 && one_of(3) == 0) changed = Apply("a-" + std::to_string(++appeals), now, AppealOutcome::UPHELD).ok();
    if (what == 5 && !changed)
      changed = Apply("a-" + std::to_string(++appeals), now, AppealOutcome::PARTLY_UPHELD, [&](auto& r) {
                  *r.mutable_variation()->add_measures() = Limit(2 + one_of(5));
                }).ok();
    if (what == 6) {
      Sweeps(work_).ExpireRestrictions();
      changed = true;
    }
    done[what] += changed;
    ASSERT_EQ(Sql(kMomentsWithOtherThanOne), "0") << "seed " << seed << " step " << step << " what " << what;
  }
  const auto came = std::ranges::count_if(done, [](const auto& action) { return action.second > 0; });
  EXPECT_GE(came, 5) << "this life was too quiet, seed " << seed;
}

TEST_F(TermsInForce, Scenario5_WhatStandsByHoldsFromTheInstantTheOtherEndsWithoutAWrite) {
  const auto a = APerson("07700 900201"), b = APerson("07700 900202");
  auto ends = AProposal(a.id());
  ends.set_ends_on("2026-11-25");
  const auto first = Imposed(ends);
  auto more = AProposal(b.id());
  more.mutable_measures(0)->set_description("Calls about repairs too");  // not the same word for word: both hold on
  const auto second = Imposed(more);
  Merged(a.id(), b.id());
  EXPECT_EQ(Get(second.id()).state(), S::IN_FORCE);
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{first.id()});
  EXPECT_THAT(GetPerson(a.id()).alerts(), Contains(HasSubstr("TERMS_DIFFER")));
  clock_.Set(At("2026-11-25T23:59:59.999999Z"));
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{first.id()});
  clock_.Set(At("2026-11-26T00:00:00Z"));
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{second.id()}) << "no sweep has run";
  clock_.Advance(absl::Hours(40));
  Sweeps(work_).ExpireRestrictions();
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{second.id()});
  EXPECT_EQ(Sql("select to_char(valid_from at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from restriction_measure where in_force"),
            "2026-11-26 00:00")
      << "the true instant, not the sweep's";
  EXPECT_EQ(Sql("select to_char(valid_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from restriction_measure where restriction_id = '" +
                first.id() + "' order by valid_until desc nulls first limit 1"),
            "2026-11-26 00:00");
}

TEST_F(TermsInForce, Scenario5_WhatStandsByGivesWayWhenTheFirstIsExtendedOrLifted) {
  const auto a = APerson("07700 900201"), b = APerson("07700 900202");
  auto ends = AProposal(a.id());
  ends.set_ends_on("2026-11-25");
  const auto first = Imposed(ends);
  auto more = AProposal(b.id());
  more.mutable_measures(0)->set_description("Calls about repairs too");
  const auto second = Imposed(more);
  Merged(a.id(), b.id());
  ASSERT_THAT(Vary(first.id(), [](auto& r) { r.mutable_terms()->set_ends_on("2026-11-30"); }), Allowed());
  clock_.Set(At("2026-11-26T00:00:00Z"));
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{first.id()});
  ASSERT_THAT(Lift(first.id(), manager_), Allowed());
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{second.id()});
  ASSERT_THAT(Lift(second.id(), manager_), Allowed());
  EXPECT_EQ(Holding(a.id()), std::set<std::string>{});
}

// Found by hand: only one could stand by, and the third waited for the sweep.
TEST_F(TermsInForce, Scenario5_ThreeRecordsThatBecameOneHoldOneAfterTheOtherWithoutAWrite) {
  const auto a = APerson("07700 900201"), b = APerson("07700 900202"), c = APerson("07700 900203");
  std::vector<std::string> ids;
  for (const auto& [person, last] :
       std::vector<std::pair<std::string, std::string>>{{a.id(), "2026-11-25"}, {b.id(), "2026-11-26"}, {c.id(), "2026-11-28"}}) {
    auto proposal = AProposal(person);
    proposal.set_ends_on(last);
    proposal.mutable_measures(0)->set_description("Until " + last);
    ids.push_back(Imposed(proposal).id());
  }
  Merged(b.id(), c.id());
  Merged(a.id(), b.id());
  const auto holds = [&](const char* instant) {
    clock_.Set(At(instant));
    return Holding(a.id());
  };
  using Ids = std::set<std::string>;
  EXPECT_EQ(holds("2026-11-25T23:59:59.999999Z"), Ids{ids[0]});
  EXPECT_EQ(holds("2026-11-26T00:00:00Z"), Ids{ids[1]});
  EXPECT_EQ(holds("2026-11-26T23:59:59.999999Z"), Ids{ids[1]});
  EXPECT_EQ(holds("2026-11-27T00:00:00Z"), Ids{ids[2]}) << "no sweep has run";
  // The sweep comes when two of them have ended, and changes nothing of what holds.
  clock_.Set(At("2026-11-27T09:00:00Z"));
  Sweeps(work_).ExpireRestrictions();
  EXPECT_EQ(Get(ids[1]).state(), S::EXPIRED);
  EXPECT_EQ(Holding(a.id()), Ids{ids[2]});
  EXPECT_EQ(holds("2026-11-28T23:59:59.999999Z"), Ids{ids[2]});
  EXPECT_EQ(holds("2026-11-29T00:00:00Z"), Ids{});
  Sweeps(work_).ExpireRestrictions();
  EXPECT_EQ(Get(ids[2]).state(), S::EXPIRED);
  EXPECT_EQ(Sql("select count(*) from restriction_measure where in_force"), "0");
  EXPECT_EQ(Sql("select string_agg(to_char(valid_from at time zone 'UTC', 'DD HH24:MI') || ' ' || to_char(valid_until at time zone 'UTC', "
                "'DD HH24:MI'), ', ' order by valid_from) from restriction_measure where person_id = '" +
                a.id() + "' and valid_from >= '2026-11-26T00:00:00Z'"),
            "26 00:00 27 00:00, 27 00:00 29 00:00");
}

TEST_F(TermsInForce, Scenario5_WhoeverIsLiftedInTheMiddleTheUnionHoldsOn) {
  for (int lifted = 0; lifted < 3; ++lifted) {
    clock_.Set(At("2026-11-25T10:00:00Z"));
    const std::string n = std::to_string(lifted);
    const std::vector<std::string> people = {APerson("07700 90031" + n).id(), APerson("07700 90032" + n).id(),
                                             APerson("07700 90033" + n).id()};
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
      auto proposal = AProposal(people[static_cast<std::size_t>(i)]);
      proposal.set_ends_on(FormatDate(DateOf(clock_.Now()) + i));
      proposal.mutable_measures(0)->set_description("Of record " + std::to_string(i));
      ids.push_back(Imposed(proposal).id());
    }
    Merged(people[0], people[2]);
    Merged(people[0], people[1]);
    const std::string& gone = ids[static_cast<std::size_t>(lifted)];
    ASSERT_THAT(Lift(gone, manager_), Allowed());
    for (int day = 0; day < 3; ++day) {
      clock_.Set(At("2026-11-25T12:00:00Z") + absl::Hours(24 * day));
      const auto holding = Holding(people[0]);
      // The last record's covers every day before it; without it the second's does.
      EXPECT_EQ(holding.size(), day == 2 && lifted == 2 ? 0u : 1u) << lifted << " " << day;
      EXPECT_FALSE(holding.contains(gone));
    }
  }
}

// Found by reading: a variation met a measure that had ended and waited for the sweep, and was refused as already in force.
TEST_F(TermsInForce, CaseF_AVariationOrAnAppealFindsRoomWhereAnotherHasEndedWithoutASweep) {
  const auto pat = APerson();
  auto email = AProposal(pat.id());
  email.mutable_measures(0)->set_channel(Channel::EMAIL);
  email.set_ends_on("2026-11-25");
  Imposed(email);
  const auto phone = Imposed(AProposal(pat.id()));
  const auto by_email = [](auto& r) {
    auto* m = r.mutable_terms()->add_measures();
    m->set_kind(MeasureKind::BLOCK_CHANNEL);
    m->set_channel(Channel::EMAIL);
  };
  EXPECT_THAT(Vary(phone.id(), by_email), RefusedBy(RefusalKind::kConflict, "council rule"));
  clock_.Set(At("2026-11-26T08:00:00Z"));
  EXPECT_THAT(Vary(phone.id(), by_email), Allowed());
}

TEST_F(TermsInForce, Clause7_2_NewTermsAreNoNewAllowance) {
  const auto pat = APerson("07700 900201");
  auto limited = AProposal(pat.id());
  *limited.mutable_measures(0) = Limit(5);
  const auto imposed = Imposed(limited);
  EXPECT_EQ(Left("07700 900201"), 4);
  EXPECT_EQ(Left("07700 900201"), 3);
  ASSERT_THAT(Vary(imposed.id(), [](auto& r) { r.mutable_terms()->set_ends_on("2027-01-31"); }), Allowed());
  EXPECT_EQ(Left("07700 900201"), 2);
  ASSERT_THAT(Vary(imposed.id(), [](auto& r) { *r.mutable_terms()->add_measures() = Limit(7); }), Allowed());
  EXPECT_EQ(Left("07700 900201"), 3) << "four of seven are used";
  ASSERT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_), Allowed());
  EXPECT_EQ(Left("07700 900201"), 2);
}

TEST_F(TermsInForce, Scenario5_AllowancesOfMergedRecordsCountTogetherAndApartAgain) {
  const auto a = APerson("07700 900201"), b = APerson("07700 900202");
  for (const auto& id : {a.id(), b.id()}) {
    auto limited = AProposal(id);
    *limited.mutable_measures(0) = Limit(5);
    Imposed(limited);
  }
  EXPECT_EQ(Left("07700 900201"), 4);
  EXPECT_EQ(Left("07700 900202"), 4);
  EXPECT_EQ(Left("07700 900202"), 3);
  Merged(a.id(), b.id());
  EXPECT_EQ(Left("07700 900201"), 1) << "one and two and this one of five are used";
  EXPECT_EQ(Left("07700 900202"), 0);
  Unmerged(a.id());
  EXPECT_EQ(Left("07700 900201"), 1) << "its own and what came since";
}

// Found by a day's replay: what had been counted kept a limit that stood by from giving way.
TEST_F(TermsInForce, Scenario5_ALimitThatStandsByGivesWayWithWhatWasCounted) {
  const auto a = APerson("07700 900201"), b = APerson("07700 900202");
  auto ends = AProposal(a.id());
  *ends.mutable_measures(0) = Limit(5);
  ends.set_ends_on("2026-11-25");
  const auto first = Imposed(ends);
  auto more = AProposal(b.id());
  *more.mutable_measures(0) = Limit(9);
  const auto second = Imposed(more);
  EXPECT_EQ(Left("07700 900202"), 8);
  Merged(a.id(), b.id());
  ASSERT_THAT(Vary(first.id(), [](auto& r) { r.mutable_terms()->set_ends_on("2026-11-30"); }), Allowed());
  ASSERT_THAT(Lift(first.id(), manager_), Allowed());
  EXPECT_EQ(Left("07700 900202"), 7);
  ASSERT_THAT(Lift(second.id(), manager_), Allowed());
}

TEST_F(TermsInForce, Clause7_4_AContinuationLeavesTheMeasuresAsTheyAre) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  EXPECT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_,
                     [](auto& r) { *r.mutable_terms()->add_measures() = Limit(3); }),
              NamesField("measures"));
}

TEST_F(TermsInForce, Clause4_1_DelegatedAuthorityConfirmsAMarkerForItsTimeAlone) {
  const auto pat = APerson();
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id()));
  ASSERT_THAT(marker, Allowed());
  const Actor deputy = Who("u-deputy", Role::kTeamLeader), harmed = Who("E1001", Role::kTeamLeader);
  EXPECT_THAT(Confirm(*marker, deputy), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  DelegateAuthority delegate(work_);
  for (const auto& actor : {deputy, harmed}) {
    delegation::v1::Delegation lend;
    lend.set_delegate_id(actor.id);
    lend.set_service_area("Housing");
    *lend.mutable_ends_at() = ToProto(clock_.Now() + absl::Hours(24));
    ASSERT_THAT(delegate.Create(As(manager_, "evenhand.delegation.v1.DelegationService/CreateDelegation"), lend), Allowed());
  }
  EXPECT_THAT(Confirm(*marker, harmed), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  const auto confirmed = Confirm(*marker, deputy);
  ASSERT_THAT(confirmed, Allowed());
  EXPECT_NE(confirmed->history(1).delegation_id(), "");
  clock_.Advance(absl::Hours(24));
  marker::v1::RemoveMarkerRequest remove;
  remove.set_id(pat.id());
  remove.set_mid(marker->id());
  remove.set_reason("Ended mid-way");
  EXPECT_THAT(register_.Remove(As(deputy, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove),
              RefusedBy(RefusalKind::kNotPermitted, "council rule"));
}

TEST_F(TermsInForce, Scenario22_TheLastDayEndsAtLocalMidnightOnEveryDayAroundEveryClockChange) {
  v1::Restriction restriction;
  restriction.set_state(S::IN_FORCE);
  for (int year = 2024; year <= 2030; ++year) {
    for (const int month : {3, 10}) {
      const LocalDate sunday = absl::PrevWeekday(LocalDate(absl::CivilMonth(year, month) + 1), absl::Weekday::sunday);
      for (const int off : {-1, 0, 1}) {
        const LocalDate last = sunday + off;
        restriction.set_ends_on(FormatDate(last));
        // Summer time: from the last Sunday of March to that of October; its midnights are an hour early.
        const bool summer = month == 3 ? last >= sunday : last < sunday;
        const absl::Time end = absl::FromCivil(absl::CivilSecond(last + 1), absl::UTCTimeZone()) - absl::Hours(summer ? 1 : 0);
        EXPECT_EQ(StateOf(restriction, end - absl::Microseconds(1)), State::IN_FORCE) << restriction.ends_on();
        EXPECT_EQ(StateOf(restriction, end), State::EXPIRED) << restriction.ends_on();
        EXPECT_EQ(absl::ToInt64Hours(EndOf(last) - StartOf(last)), off != 0 ? 24 : month == 3 ? 23 : 25);
      }
    }
  }
}

}  // namespace
}  // namespace evenhand::restriction
