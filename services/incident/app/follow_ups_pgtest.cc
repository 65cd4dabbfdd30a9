// What is to be done after an incident: offered, asked, told, and escalated once, against a real PostgreSQL.
#include "services/incident/app/heard.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/testing/stories.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using Kind = FollowUpKind;
using Out = FollowUpOutcome;

class FollowUps : public Stories {};

TEST_F(FollowUps, Clause7_14_EachWitnessIsAskedAndAStatementClosesTheTask) {
  const v1::Incident threat = Recorded(AThreat());
  const Actor witness = Someone("E1500", {Role::kEmployee});
  v1::AddStatementRequest statement;
  statement.set_id(threat.id());
  statement.mutable_statement()->set_text("I heard it.");
  ASSERT_TRUE(AddStatement(work_, neighbours_, By(witness), statement).ok());
  EXPECT_EQ(FollowUpOf(threat.id(), Kind::WITNESS_STATEMENT, witness).outcome(), Out::STATEMENT_GIVEN);
  EXPECT_EQ(AddStatement(work_, neighbours_, By(colleague_), statement).refusal().kind, RefusalKind::kNotPermitted);
}

TEST_F(FollowUps, Clause12_6_TheDirectorIsToldInSomebodysAbsence) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  v1::CompleteFollowUpRequest told;
  told.set_id(FollowUpOf(incident.id(), Kind::STAFF_NAMED_COMMUNICATIONS, hr_).id());
  told.set_outcome(Out::TOLD);
  told.mutable_record()->set_absence("On leave until Monday");
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(hr_), told).ok());
  EXPECT_TRUE(Get(incident.id(), director_).ok());
}

TEST_F(FollowUps, Clause12_8_ThePersonNamedIsToldInPrivateAndTheirWishesKept) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  v1::CompleteFollowUpRequest told;
  told.set_id(FollowUpOf(incident.id(), Kind::STAFF_NAMED_PERSON_TOLD, hr_).id());
  told.set_outcome(Out::TOLD);
  EXPECT_THAT(Clauses(CompleteFollowUp(work_, neighbours_, By(hr_), told).refusal()), ElementsAre("12.8", "12.8"));
  told.mutable_record()->set_wishes("No reply; please ask for removal");
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), told).ok());
}

TEST_F(FollowUps, Clause12_10_TheRemovalRequestWeighsEscalationAndThePersonalRecordIsHrs) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  v1::CompleteFollowUpRequest removal;
  removal.set_id(FollowUpOf(incident.id(), Kind::STAFF_NAMED_REMOVAL, hr_).id());
  removal.set_outcome(Out::REQUESTED);
  removal.mutable_record()->set_wishes("Remove it");
  EXPECT_THAT(Clauses(CompleteFollowUp(work_, neighbours_, By(communications_), removal).refusal()), ElementsAre("12.10"));
  removal.mutable_record()->set_escalation_risk("Low: few followers");
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(communications_), removal).ok());
  const v1::FollowUp record = FollowUpOf(incident.id(), Kind::STAFF_NAMED_PERSONAL_RECORD, hr_);
  v1::CompleteFollowUpRequest note;
  note.set_id(record.id());
  note.set_outcome(Out::NOT_NOTED);
  EXPECT_FALSE(CompleteFollowUp(work_, neighbours_, By(line_manager_), note).ok());
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(hr_), note).ok());
}

TEST_F(FollowUps, Clause12_9_SupportIsOfferedToThePersonNamed) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  EXPECT_EQ(FollowUpOf(incident.id(), Kind::STAFF_NAMED_SUPPORT, line_manager_).staff_id(), "E1001");
}

TEST_F(FollowUps, CaseB_AnOverdueReviewIsCountedForWhoDecidesItAndWithheldFromOthers) {
  for (const char* figure : {"restrictionsProposed", "reviewsOverdue"}) {
    auto& row = *neighbours_.part.add_rows();
    row.set_figure(figure);
    row.set_group("Housing");
    row.set_value(1);
  }
  const auto value = [&](const Actor& actor) -> std::optional<int> {
    const auto reply = GetStatistics(work_, neighbours_, By(actor), {});
    for (const auto& one : reply->figures()) {
      if (one.figure() == "reviewsOverdue" && one.has_value()) return one.value();
    }
    return std::nullopt;
  };
  EXPECT_EQ(value(director_), 1);
  EXPECT_EQ(value(education_), std::nullopt);
  EXPECT_EQ(value(union_), std::nullopt);
}

TEST_F(FollowUps, Clause10_4_ADebriefIsOfferedAfterARestrictionToo) {
  const v1::Incident incident = Recorded(AnIncident());
  const Call call = By(safety_);
  const auto imposed = OfRestriction<events::RestrictionImposed>(kSam, "Housing", common::v1::RestrictionState::IN_FORCE, {incident.id()});
  for (int twice = 0; twice < 2; ++twice) Hear(call, imposed);
  EXPECT_EQ(Sql("select count(*) from follow_up where kind = 'DEBRIEF' and state = 'OPEN'"), "2");
}

TEST_F(FollowUps, Clause12_6_TheDirectorWhoMayHaveToDecideReadsWhatStaffWereNamedIn) {
  const v1::Incident named = Recorded(AStaffNamedPost());
  EXPECT_FALSE(Get(named.id(), director_).ok());
  Hear(By(safety_), OfRestriction<events::RestrictionProposed>(kSam, "Housing", common::v1::RestrictionState::PROPOSED, {named.id()}));
  EXPECT_TRUE(Get(named.id(), director_).ok());
  EXPECT_FALSE(Get(named.id(), team_leader_).ok());
}

TEST_F(FollowUps, Clause10_4_ADebriefDeclinedIsNotAskedAgain) {
  const v1::Incident incident = Recorded(AnIncident());
  const v1::FollowUp debrief = FollowUpOf(incident.id(), Kind::DEBRIEF, line_manager_);
  v1::DeclineFollowUpRequest decline;
  decline.set_id(debrief.id());
  EXPECT_EQ(DeclineFollowUp(work_, neighbours_, By(colleague_), decline).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_EQ(DeclineFollowUp(work_, neighbours_, By(officer_), decline)->state(), v1::FollowUp::State::DECLINED);
  v1::AmendIncidentRequest amend;
  amend.set_id(incident.id());
  amend.set_reason("More detail");
  amend.mutable_incident()->set_narrative("Shouted and swore for ten minutes.");
  ASSERT_TRUE(AmendIncident(work_, neighbours_, By(officer_), amend).ok());
  EXPECT_EQ(Sql("select count(*) from follow_up where kind = 'DEBRIEF'"), "1");
  EXPECT_EQ(Sql("select state from follow_up where kind = 'DEBRIEF'"), "DECLINED");
}

TEST_F(FollowUps, OverdueFollowUpsEscalateOnce) {
  Recorded(AThreat());
  clock_.Advance(absl::Hours(24 * 14));
  EscalateLateFollowUps(work_);
  const std::string once = Sql("select count(*) from outbox where type = 'incident.follow_up_overdue' and destination = 'notification'");
  const std::string marks = Sql("select count(*) from idempotency");
  EscalateLateFollowUps(work_);
  EXPECT_EQ(Sql("select count(*) from idempotency"), marks) << "a sweep that finds nothing writes nothing";
  EXPECT_NE(once, "0");
  EXPECT_EQ(Sql("select count(*) from outbox where type = 'incident.follow_up_overdue' and destination = 'notification'"), once);
  EXPECT_EQ(Sql("select count(*) from follow_up"), once);
}

TEST_F(FollowUps, WhatIsMineAndWhatIsLateIsOneCall) {
  Recorded(AThreat());
  clock_.Advance(absl::Hours(24 * 14));
  v1::ListFollowUpsRequest list;
  list.set_mine(true);
  list.set_late(true);
  const auto late = ListFollowUps(work_, neighbours_, By(line_manager_), list);
  ASSERT_TRUE(late.ok());
  ASSERT_GT(late->follow_ups_size(), 0);
  for (const auto& f : late->follow_ups()) EXPECT_TRUE(f.mine() && f.late());
  EXPECT_EQ(late->mine_count(), late->follow_ups_size());
  EXPECT_EQ(ListFollowUps(work_, neighbours_, By(colleague_), {})->follow_ups_size(), 0);
}

}  // namespace
}  // namespace evenhand::incident
