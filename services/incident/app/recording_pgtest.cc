// An incident from its record to its correction, against a real PostgreSQL.
#include "services/incident/app/sweeps.h"
#include "services/incident/testing/stories.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using Kind = FollowUpKind;
using Out = FollowUpOutcome;

class Recording : public Stories {};

TEST_F(Recording, Clause4_4_TheSameRecordTwiceIsTheSameReply) {
  const auto request = AnIncident();
  const v1::Incident first = Recorded(request), second = Recorded(request);
  EXPECT_EQ(first.id(), second.id());
  EXPECT_EQ(first.etag(), second.etag());
  EXPECT_EQ(Sql("select count(*) from incident_version"), "1");
}

TEST_F(Recording, EverythingThatIsMissingAtOnce) {
  const auto refused = RecordIncident(work_, neighbours_, By(officer_), v1::Incident());
  ASSERT_FALSE(refused.ok());
  EXPECT_GE(refused.refusal().violations.size(), 6U);
  for (const Violation& one : refused.refusal().violations) EXPECT_FALSE(one.field.empty() || one.clause.empty()) << one.message;
}

TEST_F(Recording, Clause7_14_NotReportingIsAManagersDecisionWithEverythingItNeeds) {
  const v1::Incident threat = Recorded(AThreat());
  const v1::FollowUp police = FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_);
  v1::CompleteFollowUpRequest not_reported;
  not_reported.set_id(police.id());
  not_reported.set_outcome(Out::NOT_REPORTED);
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(officer_), not_reported).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(education_), not_reported).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_THAT(Clauses(CompleteFollowUp(work_, neighbours_, By(team_leader_), not_reported).refusal()), ElementsAre("7.14", "7.14", "7.14"));
  not_reported.mutable_record()->set_reason("Clearly flippant and taken back at once");
  not_reported.mutable_record()->set_staff_view("Content");
  not_reported.mutable_record()->set_effect_on_others("None foreseen");
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(team_leader_), not_reported).ok());
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(team_leader_), not_reported).refusal().kind, RefusalKind::kConflict);
}

TEST_F(Recording, Clause7_14_AnyoneMayReport) {
  const v1::Incident threat = Recorded(AThreat());
  v1::CompleteFollowUpRequest reported;
  reported.set_id(FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_).id());
  reported.set_outcome(Out::REPORTED);
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(colleague_), reported).ok());
}

TEST_F(Recording, Clause7_13_WhoReportsMaySayWhetherThePersonWasToldElseAManagerDecides) {
  for (const bool said : {true, false}) {
    const v1::Incident threat = Recorded(AThreat());
    v1::CompleteFollowUpRequest reported;
    reported.set_id(FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_).id());
    reported.set_outcome(Out::REPORTED);
    if (said) {
      reported.mutable_record()->mutable_person_informed()->set_informed(false);
      reported.mutable_record()->mutable_person_informed()->set_reason("It would raise the risk");
    }
    ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(colleague_), reported).ok());
    EXPECT_EQ(FollowUpOf(threat.id(), Kind::PERSON_INFORMED_DECISION, team_leader_).id().empty(), said);
  }
}

TEST_F(Recording, Clause8_9_EarlierContactsOutsideShowAsAPattern) {
  auto r = AnIncident();
  r.set_behaviours(0, Behaviour::CONTACT_OUTSIDE_OFFICE);
  r.set_channel(Channel::OUTSIDE_WORK);
  r.mutable_person()->set_person_id(kPat);
  const v1::Incident first = Recorded(r);
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(first.id(), Kind::OUTSIDE_CONTACT_DECISION, line_manager_).id());
  decide.set_outcome(Out::DO_NOT_RECORD);
  decide.mutable_record()->set_reason("A greeting in the supermarket");
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), decide).ok());
  r.set_source_ref("T-second");
  Recorded(r);
  r.set_source_ref("T-third");
  const v1::Incident third = Recorded(r);
  const auto pattern = Get(third.id(), line_manager_)->outside_pattern();
  EXPECT_EQ(pattern.same_person(), 1);
  EXPECT_EQ(pattern.same_staff(), 2);
  EXPECT_EQ(pattern.not_recorded(), 1);
  EXPECT_FALSE(Get(Recorded(AnIncident()).id(), line_manager_)->has_outside_pattern());
}

TEST_F(Recording, ARegisterThatIsAwayNeverKeepsAnIncidentFromBeingRecorded) {
  auto r = AnIncident();
  r.mutable_person()->set_person_id(kPat);
  EXPECT_EQ(Recorded(r).link().state(), v1::PersonLink::State::CONFIRMED);
  neighbours_.answer = FoundPerson::Answer::kAway;
  r.set_source_ref("T-away");
  const v1::Incident waiting = Recorded(r);
  EXPECT_EQ(waiting.link().state(), v1::PersonLink::State::UNCONFIRMED);
  EXPECT_EQ(waiting.flags(0).code(), "PERSON_NOT_CONFIRMED");
  EXPECT_EQ(Link(waiting.id(), kPat, team_leader_).refusal().kind, RefusalKind::kUnavailable);
  neighbours_.answer = FoundPerson::Answer::kUnknown;
  EXPECT_EQ(Link(waiting.id(), kSam, team_leader_).refusal().kind, RefusalKind::kInvalid);
  r.set_source_ref("T-unknown");
  EXPECT_EQ(RecordIncident(work_, neighbours_, By(officer_), r).refusal().kind, RefusalKind::kInvalid);
}

TEST_F(Recording, CaseA_TheLinkIsConfirmedTakenBackAndEveryReaderNamedOnce) {
  const v1::Incident incident = Recorded(AnIncident());
  EXPECT_EQ(incident.link().state(), v1::PersonLink::State::UNCONFIRMED);
  EXPECT_FALSE(Link(incident.id(), kPat, officer_).ok());
  ASSERT_TRUE(Link(incident.id(), kPat, team_leader_).ok());
  EXPECT_EQ(Link(incident.id(), kSam, team_leader_).refusal().kind, RefusalKind::kConflict);
  Get(incident.id(), officer_);
  Get(incident.id(), officer_);
  Get(incident.id(), safety_);
  v1::UnlinkPersonRequest unlink;
  unlink.set_id(incident.id());
  unlink.set_reason("It was somebody else");
  ASSERT_TRUE(UnlinkPerson(work_, neighbours_, By(team_leader_), unlink).ok());
  EXPECT_EQ(Sql("select data->>'readers' from outbox where type = 'incident.person_unlinked' limit 1"), "[\"E1001\", \"E6001\"]");
  EXPECT_EQ(Sql("select data->'facts'->>'personId' from outbox where type = 'incident.person_unlinked' limit 1"), kPat);
  EXPECT_TRUE(Link(incident.id(), kSam, team_leader_).ok());
}

TEST_F(Recording, ACorrectionIsAddedWithWhoAndWhyAndTheRulesRunAgain) {
  const v1::Incident threat = Recorded(AThreat());
  v1::AmendIncidentRequest amend;
  amend.set_id(threat.id());
  amend.mutable_incident()->add_behaviours(Behaviour::ABUSE);
  EXPECT_THAT(Clauses(AmendIncident(work_, neighbours_, By(team_leader_), amend).refusal()), ElementsAre("12.4"));
  amend.set_reason("It was no threat");
  const auto amended = AmendIncident(work_, neighbours_, By(team_leader_), amend);
  ASSERT_TRUE(amended.ok());
  ASSERT_EQ(amended->versions_size(), 2);
  EXPECT_EQ(amended->versions(0).incident().behaviours(0), Behaviour::PHYSICAL_THREAT);
  EXPECT_EQ(amended->versions(1).reason(), "It was no threat");
  EXPECT_EQ(FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_).state(), v1::FollowUp::State::NO_LONGER_DUE);
  Call stale = By(team_leader_);
  stale.if_match = threat.etag();
  EXPECT_EQ(AmendIncident(work_, neighbours_, stale, amend).refusal().kind, RefusalKind::kEtagStale);
}

TEST_F(Recording, AWithdrawnIncidentNeedsNothingMore) {
  const v1::Incident threat = Recorded(AThreat());
  v1::WithdrawIncidentRequest withdraw;
  withdraw.set_id(threat.id());
  withdraw.set_reason("Recorded by mistake");
  const auto withdrawn = WithdrawIncident(work_, neighbours_, By(officer_), withdraw);
  ASSERT_TRUE(withdrawn.ok());
  EXPECT_EQ(withdrawn->state(), v1::IncidentState::WITHDRAWN);
  for (const auto& f : withdrawn->follow_ups()) EXPECT_EQ(f.state(), v1::FollowUp::State::NO_LONGER_DUE);
  EXPECT_EQ(WithdrawIncident(work_, neighbours_, By(officer_), withdraw).refusal().kind, RefusalKind::kConflict);
}

TEST_F(Recording, ADuplicatePointsAtTheOriginal) {
  const v1::Incident original = Recorded(AnIncident()), copy = Recorded(AnIncident());
  v1::MarkDuplicateRequest mark;
  mark.set_id(copy.id());
  mark.set_duplicate_of(copy.reference());
  EXPECT_EQ(MarkDuplicate(work_, neighbours_, By(team_leader_), mark).refusal().kind, RefusalKind::kInvalid);
  mark.set_duplicate_of(original.reference());
  EXPECT_EQ(MarkDuplicate(work_, neighbours_, By(team_leader_), mark)->duplicate_of(), original.id());
}

TEST_F(Recording, Clause8_9_NotRecordedKeepsDateReporterAndDecisionOnly) {
  auto r = AnIncident();
  r.set_behaviours(0, Behaviour::CONTACT_OUTSIDE_OFFICE);
  r.set_channel(Channel::OUTSIDE_WORK);
  const v1::Incident incident = Recorded(r);
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(incident.id(), Kind::OUTSIDE_CONTACT_DECISION, line_manager_).id());
  decide.set_outcome(Out::DO_NOT_RECORD);
  decide.mutable_record()->set_reason("A greeting in the supermarket");
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(officer_), decide).refusal().kind, RefusalKind::kNotPermitted);
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), decide).ok());
  const auto left = Get(incident.id(), line_manager_);
  EXPECT_EQ(left->state(), v1::IncidentState::NOT_KEPT);
  EXPECT_EQ(left->narrative() + left->person().name(), "");
  EXPECT_TRUE(left->has_occurred_at());
  EXPECT_EQ(left->recorded_by(), "E1001");
  for (const auto& version : left->versions()) EXPECT_EQ(version.incident().narrative(), "");
}

TEST_F(Recording, Scenario4_AnUnknownCallerIdentifiedNeedsAFreshRegisterDecision) {
  auto r = AnIncident();
  r.clear_person();
  r.set_person_unknown(true);
  const v1::Incident incident = Recorded(r);
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(incident.id(), Kind::REGISTER_DECISION, team_leader_).id());
  decide.set_outcome(Out::TO_REGISTER);
  decide.mutable_record()->set_reason("Threatening");
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(team_leader_), decide).refusal().kind, RefusalKind::kInvalid);
  decide.set_outcome(Out::NOT_TO_REGISTER);
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(team_leader_), decide).ok());
  ASSERT_TRUE(Link(incident.id(), kPat, team_leader_).ok());
  EXPECT_EQ(Sql("select count(*) from follow_up where kind = 'REGISTER_DECISION' and state = 'OPEN'"), "1");
}

TEST_F(Recording, GroundsFactsSayWhatADecisionMayRestOn) {
  const v1::Incident incident = Recorded(AnIncident());
  Link(incident.id(), kPat, team_leader_);
  v1::GetGroundsFactsRequest ask;
  ask.add_incident_ids(incident.reference());
  ask.add_incident_ids(kSam);
  const auto facts = GetGroundsFacts(work_, By(safety_), ask);
  ASSERT_EQ(facts->incidents_size(), 1);
  EXPECT_TRUE(facts->incidents(0).link_confirmed());
  EXPECT_THAT(facts->incidents(0).affected_staff_ids(), ElementsAre("E1001"));
}

TEST_F(Recording, AnAbsenceThatGrowsBecomesReportable) {
  auto r = AnIncident();
  SetTime(r.mutable_occurred_at(), *ParseInstant("2026-11-20T10:15:00Z"));
  r.mutable_injury()->set_injured(true);
  r.mutable_injury()->set_absent_from("2026-11-21");
  const v1::Incident incident = Recorded(r);
  EXPECT_FALSE(incident.injury().reportable());
  clock_.Advance(absl::Hours(24 * 4));
  LookAtInjuriesAgain(work_);
  const auto later = Get(incident.id(), safety_);
  EXPECT_TRUE(later->injury().reportable());
  EXPECT_EQ(later->injury().report_due_on(), "2026-12-05");
  EXPECT_EQ(FollowUpOf(incident.id(), Kind::INJURY_REPORT, safety_).state(), v1::FollowUp::State::OPEN);
}

}  // namespace
}  // namespace evenhand::incident
