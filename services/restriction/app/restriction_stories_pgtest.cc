// Restrictions from proposal to end, against a real database.
#include <thread>

#include "services/restriction/app/delegate_authority.h"
#include "services/restriction/app/sweeps.h"
#include "services/restriction/store/time.h"
#include "services/restriction/testing/stories.h"

namespace evenhand::restriction {
namespace {

using S = RestrictionState;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using RO = v1::ReviewRestrictionRequest::Outcome;

TEST_F(Stories, Clause6_2_EveryMissingDemandAtOnce) {
  v1::Restriction bare;
  bare.set_person_id(APerson().id());
  bare.set_service_area("Housing");
  auto* m = bare.add_measures();
  m->set_kind(MeasureKind::BLOCK_CHANNEL);
  m->set_channel(Channel::PHONE);
  const auto outcome = Propose(bare, leader_);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.refusal().kind, RefusalKind::kInvalid);
  EXPECT_GE(outcome.refusal().violations.size(), 8u);
  for (const auto& v : outcome.refusal().violations) EXPECT_TRUE(!v.clause.empty() && !v.field.empty());
}

TEST_F(Stories, Clause7_3_TeamLeaderProposesSeniorManagerImposes) {
  const auto proposed = Proposed(AProposal(APerson().id()));
  EXPECT_EQ(proposed.state(), S::PROPOSED);
  EXPECT_THAT(proposed.reference(), ::testing::StartsWith("RES-2026-"));
  EXPECT_THAT(Impose(proposed.id(), leader_), RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  EXPECT_THAT(Impose(proposed.id(), Who("x", Role::kSeniorManager, {"Education"})), RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  const auto imposed = Impose(proposed.id(), manager_, proposed.etag());
  ASSERT_THAT(imposed, Allowed());
  EXPECT_EQ(imposed->state(), S::IN_FORCE);
  EXPECT_NE(imposed->etag(), proposed.etag());
  EXPECT_FALSE(imposed->consistency_token().empty());
  EXPECT_THAT(imposed->decisions(), SizeIs(1));
  EXPECT_TRUE(imposed->decisions(0).appealable());
  EXPECT_EQ(Events("restriction.imposed"), 1);
  EXPECT_EQ(Get(proposed.reference()).history_size(), 2);
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kConflict, "council rule"));
}

TEST_F(Stories, Clause7_3_OrderOfRefusals) {
  const auto proposed = Proposed(AProposal(APerson().id()));
  EXPECT_EQ(Impose(proposed.id(), leader_, "").refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_EQ(Impose(proposed.id(), manager_, "").refusal().kind, RefusalKind::kEtagMissing);
  EXPECT_EQ(Impose(proposed.id(), manager_, "\"99\"").refusal().kind, RefusalKind::kEtagStale);
}

TEST_F(Stories, Clause7_3_ThePersonHarmedNeverDecides) {
  const auto person = APerson();
  auto request = AProposal(person.id());
  request.mutable_grounds(0)->add_incident_ids(incidents_.Add(person.id(), {"u-sm"}));
  const auto proposed = Proposed(request);
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  const Actor other = Who("u-sm2", Role::kSeniorManager);
  ASSERT_THAT(Impose(proposed.id(), other), Allowed());
  EXPECT_THAT(Lift(proposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(Review(proposed.id(), RO::CONTINUE, manager_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
}

TEST_F(Stories, Clause7_3_EvidenceMustStandAndBeAboutThePerson) {
  const auto person = APerson();
  auto request = AProposal(person.id());
  request.mutable_grounds(0)->clear_incident_ids();
  EXPECT_THAT(Propose(request, leader_), NamesField("grounds[0].incidentIds"));
  // Case A: the link is unconfirmed.
  request.mutable_grounds(0)->add_incident_ids(incidents_.Add(""));
  EXPECT_THAT(Propose(request, leader_), NamesField("grounds[0].incidentIds[0]"));
  request.mutable_grounds(0)->set_incident_ids(0, NewUuid());
  EXPECT_THAT(Propose(request, leader_), RefusedBy(RefusalKind::kInvalid, "7.3"));
  // Scenario 10: its only evidence is withdrawn before the decision.
  request.mutable_grounds(0)->set_incident_ids(0, incidents_.Add(person.id()));
  const auto proposed = Proposed(request);
  incidents_.known[request.grounds(0).incident_ids(0)].stands = false;
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kInvalid, "7.3"));
}

TEST_F(Stories, Clause5_4_TheLastUsableChannelIsNotClosed) {
  const auto person = APerson("07700 900124", [](v1::Person& r) {
    auto* a = r.add_adjustments();
    a->set_description("Cannot write; phone only");
    a->add_usable_channels(Channel::PHONE);
  });
  auto request = AProposal(person.id());
  EXPECT_THAT(Propose(request, leader_), RefusedBy(RefusalKind::kInvalid, "5.4"));
  request.set_alternative_channel("PHONE");
  EXPECT_THAT(Propose(request, leader_), RefusedBy(RefusalKind::kInvalid, "5.4"));
  request.set_alternative_channel("IN_PERSON");
  EXPECT_THAT(Propose(request, leader_), Allowed());
}

TEST_F(Stories, Clause5_4_AskedAgainWhenItIsImposed) {
  const auto person = APerson();
  const auto proposed = Proposed(AProposal(person.id()));
  v1::UpdatePersonRequest update;
  update.mutable_person()->set_id(person.id());
  update.mutable_update_mask()->add_paths("adjustments");
  auto* a = update.mutable_person()->add_adjustments();
  a->set_description("Phone only");
  a->add_usable_channels(Channel::PHONE);
  ASSERT_THAT(people_.Update(As(leader_, "PersonService/UpdatePerson"), update), Allowed());
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kInvalid, "5.4"));
}

TEST_F(Stories, Clause9_8_OnlyAStrategicDirectorLimitsComplaints) {
  auto request = AProposal(APerson().id());
  request.mutable_measures(0)->set_kind(MeasureKind::LIMIT_COMPLAINTS);
  request.mutable_measures(0)->clear_channel();
  EXPECT_THAT(Propose(request, leader_), RefusedBy(RefusalKind::kInvalid, "9.8"));
  request.mutable_measures(0)->set_description("The closed complaint about the kitchen");
  request.mutable_grounds(0)->set_behaviour(Behaviour::COMPLAINT_PROCESS);
  request.mutable_grounds(0)->set_effect("Thirty complaints about one decision stop the repair");
  const auto proposed = Proposed(request);
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "9.8"));
  EXPECT_THAT(Impose(proposed.id(), Who("sd2", Role::kStrategicDirector, {"Education"})), RefusedBy(RefusalKind::kNotPermitted, "9.8"));
  EXPECT_THAT(Impose(proposed.id(), director_), Allowed());
}

TEST_F(Stories, CaseG_TwentyAtOnceLeaveOneInForceAndNameIt) {
  const auto person = APerson();
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(Proposed(AProposal(person.id())).id());
  std::atomic<int> imposed = 0, named = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      const auto outcome = Impose(ids[i], Who("sm-" + std::to_string(i), Role::kSeniorManager));
      if (outcome.ok()) ++imposed;
      if (!outcome.ok() && outcome.refusal().reason == ErrorReason::ALREADY_IN_FORCE && !outcome.refusal().other_id.empty()) ++named;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(imposed, 1);
  EXPECT_EQ(named, 19);
  EXPECT_EQ(InForce(person.id()), "BLOCK_CHANNEL:PHONE");
}

TEST_F(Stories, Clause7_3_TheDatabaseItselfKeepsOneInForce) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  EXPECT_THROW(
      Sql("insert into restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, channel, in_force, "
          "valid_from) "
          "select gen_random_uuid(), restriction_id, person_id, service_area, 2, kind, channel, true, valid_from from restriction_measure"),
      pqxx::unique_violation);
  const auto no_channel = Imposed([&] {
    auto request = AProposal(imposed.person_id());
    request.mutable_measures(0)->set_kind(MeasureKind::WITHHOLD_STAFF_DETAILS);
    request.mutable_measures(0)->clear_channel();
    return request;
  }());
  EXPECT_THROW(
      Sql("insert into restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, in_force, valid_from) "
          "select gen_random_uuid(), restriction_id, person_id, service_area, 2, kind, true, valid_from from restriction_measure where "
          "restriction_id = '" +
          no_channel.id() + "'"),
      pqxx::unique_violation);
}

TEST_F(Stories, CaseB_AReviewThatIsOverdueAlarmsOnceAndTheRestrictionPersists) {
  clock_.Set(At("2025-01-15T09:00:00Z"));
  const auto imposed = Imposed(AProposal(APerson().id()));
  EXPECT_EQ(imposed.review_due_on(), "2025-07-15");
  clock_.Set(At("2025-07-15T22:30:00Z"));  // the last half hour of the day in London
  EXPECT_FALSE(Get(imposed.id()).review_overdue());
  clock_.Set(At("2025-07-15T23:00:00Z"));
  const auto overdue = Get(imposed.id());
  EXPECT_TRUE(overdue.review_overdue());
  EXPECT_EQ(overdue.state(), S::IN_FORCE);
  Sweeps sweeps(work_);
  sweeps.AlarmOverdueReviews();
  sweeps.AlarmOverdueReviews();
  EXPECT_EQ(Events("restriction.review_overdue"), 1);
}

TEST_F(Stories, CaseE_EndsOnIsTheLastLocalDay) {
  auto request = AProposal(APerson().id());
  request.set_ends_on("2026-07-31");
  clock_.Set(At("2026-07-01T09:00:00Z"));
  const auto imposed = Imposed(request);
  clock_.Set(At("2026-07-31T22:59:59Z"));
  EXPECT_EQ(Get(imposed.id()).state(), S::IN_FORCE);
  clock_.Set(At("2026-07-31T23:00:00Z"));
  EXPECT_EQ(Get(imposed.id()).state(), S::EXPIRED);
}

TEST_F(Stories, Scenario22_AcrossClockChangesTheDayIsLocal) {
  const auto ends = [&](const char* phone, const char* last_day) {
    auto request = AProposal(APerson(phone).id());
    request.set_ends_on(last_day);
    return Imposed(request).id();
  };
  clock_.Set(At("2026-10-01T09:00:00Z"));
  const std::string long_day = ends("07700 900301", "2026-10-25");  // 25 hours: the clocks go back
  const std::string winter = ends("07700 900302", "2026-12-31");
  clock_.Set(At("2026-10-25T23:59:59Z"));
  EXPECT_EQ(Get(long_day).state(), S::IN_FORCE);
  clock_.Set(At("2026-10-26T00:00:00Z"));
  EXPECT_EQ(Get(long_day).state(), S::EXPIRED);
  clock_.Set(At("2026-12-31T23:59:59Z"));
  EXPECT_EQ(Get(winter).state(), S::IN_FORCE);
  clock_.Set(At("2027-01-01T00:00:00Z"));
  EXPECT_EQ(Get(winter).state(), S::EXPIRED);
}

TEST_F(Stories, CaseF_ExpiryNeedsNoSweepAndIsToldExactlyOnce) {
  const auto person = APerson();
  auto request = AProposal(person.id());
  request.set_ends_on("2026-11-25");
  const auto imposed = Imposed(request);
  clock_.Set(At("2026-11-28T09:00:00Z"));
  EXPECT_EQ(Get(imposed.id()).state(), S::EXPIRED);
  EXPECT_THAT(Lift(imposed.id(), manager_), RefusedBy(RefusalKind::kConflict, "council rule"));
  Sweeps sweeps(work_);
  sweeps.ExpireRestrictions();
  sweeps.ExpireRestrictions();
  EXPECT_EQ(Events("restriction.expired"), 1);
  EXPECT_EQ(FormatInstant(FromProto(Get(imposed.id()).ended_at())), "2026-11-26T00:00:00Z");
}

TEST_F(Stories, CaseF_WhatHasEndedMakesRoomWithoutASweep) {
  const auto person = APerson();
  auto request = AProposal(person.id());
  request.set_ends_on("2026-11-25");
  Imposed(request);
  clock_.Set(At("2026-11-27T09:00:00Z"));
  EXPECT_THAT(Impose(Proposed(AProposal(person.id())).id(), manager_), Allowed());
  EXPECT_EQ(Events("restriction.expired"), 1);
}

TEST_F(Stories, Clause7_4_AnEndInThePastIsRefused) {
  auto request = AProposal(APerson().id());
  request.set_ends_on("2020-01-01");
  EXPECT_THAT(Propose(request, leader_), NamesField("endsOn"));
}

TEST_F(Stories, CaseC_AContinuationIsANewAppealableDecision) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  clock_.Advance(absl::Hours(24 * 170));
  ASSERT_THAT(Review(imposed.id(), RO::START, manager_), Allowed());
  EXPECT_EQ(Get(imposed.id()).open_review().started_by(), "u-sm");
  const auto continued = Review(imposed.id(), RO::CONTINUE, manager_);
  ASSERT_THAT(continued, Allowed());
  ASSERT_EQ(continued->decisions_size(), 2);
  EXPECT_EQ(continued->decisions(1).kind(), DecisionKind::CONTINUATION);
  EXPECT_TRUE(continued->decisions(1).appealable());
  EXPECT_EQ(continued->review_due_on(), "2027-11-14");
  EXPECT_FALSE(continued->has_open_review());
  EXPECT_EQ(Events("restriction.reviewed"), 1);
}

TEST_F(Stories, Clause7_4_AVariationLeavesOneVersionInForce) {
  const auto person = APerson();
  const auto imposed = Imposed(AProposal(person.id()));
  const auto varied = Review(imposed.id(), RO::VARY, manager_, [](v1::ReviewRestrictionRequest& r) {
    auto* m = r.mutable_terms()->add_measures();
    m->set_kind(MeasureKind::LIMIT_VOLUME);
    m->set_channel(Channel::PHONE);
    m->set_max_contacts(2);
    m->set_period(Period::WEEK);
  });
  ASSERT_THAT(varied, Allowed());
  EXPECT_EQ(varied->terms_version(), 2);
  EXPECT_EQ(varied->decisions(1).kind(), DecisionKind::VARIATION);
  EXPECT_EQ(InForce(person.id()), "LIMIT_VOLUME:PHONE");
}

TEST_F(Stories, Clause4_1_DelegatedAuthorityHoldsBetweenStartAndEnd) {
  const Actor deputy = Who("u-deputy", Role::kTeamLeader);
  const auto proposed = Proposed(AProposal(APerson().id()));
  DelegateAuthority delegate(work_);
  delegation::v1::Delegation request;
  request.set_delegate_id("u-deputy");
  request.set_service_area("Housing");
  *request.mutable_starts_at() = ToProto(clock_.Now() + absl::Hours(1));
  *request.mutable_ends_at() = ToProto(clock_.Now() + absl::Hours(3));
  ASSERT_THAT(delegate.Create(As(manager_, "evenhand.delegation.v1.DelegationService/CreateDelegation"), request), Allowed());
  EXPECT_THAT(Impose(proposed.id(), deputy), RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  clock_.Advance(absl::Hours(4));
  EXPECT_THAT(Impose(proposed.id(), deputy), RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  clock_.Advance(absl::Hours(-2));
  const auto imposed = Impose(proposed.id(), deputy);
  ASSERT_THAT(imposed, Allowed());
  EXPECT_FALSE(imposed->decisions(0).delegation_id().empty());
}

TEST_F(Stories, Clause6_4_AWithheldNoticeIsLookedAtAgainOnItsDateOnce) {
  auto request = AProposal(APerson().id());
  request.mutable_explanation()->Clear();
  request.mutable_explanation()->mutable_withheld()->set_record("Notice would raise the risk to a witness");
  EXPECT_THAT(Propose(request, leader_), NamesField("explanation.withheld.lookAgainOn"));
  request.mutable_explanation()->mutable_withheld()->set_look_again_on("2026-12-01");
  Imposed(request);
  Sweeps sweeps(work_);
  sweeps.LookAgain();
  EXPECT_EQ(Events("restriction.notice_withheld_due"), 0);
  clock_.Set(At("2026-12-01T00:00:01Z"));
  sweeps.LookAgain();
  sweeps.LookAgain();
  EXPECT_EQ(Events("restriction.notice_withheld_due"), 1);
}

TEST_F(Stories, Clause8_1_AMinorNeedsAnAgeCheck) {
  const auto pupil = APerson("", [](v1::Person& r) { r.set_date_of_birth("2012-05-01"); });
  auto request = AProposal(pupil.id());
  EXPECT_THAT(Propose(request, leader_), NamesField("ageCheck.basis"));
  request.mutable_age_check()->set_basis("School roll");
  EXPECT_THAT(Propose(request, leader_), Allowed());
  // A head of establishment decides in their one establishment and nowhere else.
  request.set_service_area("Alva Academy");
  const auto proposed = Propose(request, Who("tl-alva", Role::kTeamLeader, {"Alva Academy"}));
  ASSERT_THAT(proposed, Allowed());
  EXPECT_THAT(Impose(proposed->id(), Who("head-2", Role::kSeniorManager, {"Lornshill Academy"})),
              RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  EXPECT_THAT(Impose(proposed->id(), Who("head", Role::kSeniorManager, {"Alva Academy"})), Allowed());
}

TEST_F(Stories, Clause12_4_AColleaguesCaseIsClosedToTheirTeamAndManager) {
  const auto colleague = APerson("", [](v1::Person& r) {
    r.set_is_employee(true);
    r.mutable_employment()->set_staff_id("E7");
    r.mutable_employment()->set_line_manager_id("u-sm");
  });
  const auto proposed = Proposed(AProposal(colleague.id()));
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  v1::GetRestrictionRequest get;
  get.set_id(proposed.id());
  EXPECT_THAT(read_.Get(As(manager_, "RestrictionService/GetRestriction"), get), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(Impose(proposed.id(), Who("u-sm2", Role::kSeniorManager)), Allowed());
}

TEST_F(Stories, Clause12_1_RetentionIsByKindAndHeldByALegalHold) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  v1::SetLegalHoldRequest hold;
  hold.set_id(imposed.id());
  hold.set_hold(true);
  hold.set_reason("Court claim");
  ASSERT_THAT(decide_.SetLegalHold(As(manager_, "RestrictionService/SetLegalHold"), hold), Allowed());
  const auto lifted = Lift(imposed.id(), manager_);
  ASSERT_THAT(lifted, Allowed());
  EXPECT_EQ(lifted->retention_ends_on(), "2029-11-25");  // abuse: three years
  EXPECT_THAT(lifted->holds(), SizeIs(1));
  clock_.Set(At("2029-11-25T10:00:00Z"));
  EXPECT_THAT(Get(imposed.id()).alerts(), ElementsAre(v1::Restriction::Alert::RETENTION_HELD));
  hold.set_hold(false);
  ASSERT_THAT(decide_.SetLegalHold(As(manager_, "RestrictionService/SetLegalHold"), hold), Allowed());
  EXPECT_THAT(Get(imposed.id()).alerts(), ElementsAre(v1::Restriction::Alert::RETENTION_DUE));
}

TEST_F(Stories, Clause12_4_AListShowsTheCallersAreasAlone) {
  Proposed(AProposal(APerson().id()));
  v1::ListRestrictionsRequest all;
  const auto method = "RestrictionService/ListRestrictions";
  EXPECT_EQ(read_.List(As(leader_, method), all)->restrictions_size(), 1);
  EXPECT_EQ(read_.List(As(Who("x", Role::kTeamLeader, {"Education"}), method), all)->restrictions_size(), 0);
  EXPECT_EQ(read_.List(As(Who("a", Role::kAuditor, {}), method), all)->restrictions_size(), 1);
}

}  // namespace
}  // namespace evenhand::restriction
