// What people do with an incident, told as stories against a real PostgreSQL.
#include <random>

#include "services/incident/app/heard.h"
#include "services/incident/app/rejections.h"
#include "services/incident/app/statistics.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/testing/fixture.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Kind = v1::FollowUp::Kind;
using Out = v1::FollowUp::Outcome;

constexpr char kPat[] = "0190f7a0-0000-7000-8000-000000000001";
constexpr char kSam[] = "0190f7a0-0000-7000-8000-000000000002";

class Stories : public WithDatabase {
 protected:
  std::vector<std::string> Clauses(const Refusal& refusal) {
    std::vector<std::string> clauses;
    for (const Violation& one : refusal.violations) clauses.push_back(one.clause);
    return clauses;
  }
  Outcome<v1::Incident> Link(const std::string& id, const std::string& person, const Actor& by) {
    v1::LinkPersonRequest link;
    link.set_id(id);
    link.set_person_id(person);
    return LinkPerson(work_, neighbours_, By(by), link);
  }
  Outcome<v1::Incident> Get(const std::string& id, const Actor& by) {
    v1::GetIncidentRequest get;
    get.set_id(id);
    return GetIncident(work_, By(by), get);
  }
  v1::RecordIncidentRequest AThreat() {
    auto r = AnIncident();
    r.set_behaviours(0, v1::Behaviour::PHYSICAL_THREAT);
    r.mutable_threat()->set_target(v1::Threat::Target::THIRD_PARTY);
    r.add_witnesses("E1500");
    return r;
  }
  v1::RecordIncidentRequest AStaffNamedPost() {
    auto r = AnIncident();
    r.set_behaviours(0, v1::Behaviour::NAMED_PUBLICLY);
    r.set_channel(v1::Channel::SOCIAL_MEDIA);
    r.set_web_link("https://social.example.org/post/1");
    return r;
  }
};

TEST_F(Stories, Clause4_4_TheSameRecordTwiceIsTheSameReply) {
  const auto request = AnIncident();
  const v1::Incident first = Recorded(request), second = Recorded(request);
  EXPECT_EQ(first.id(), second.id());
  EXPECT_EQ(first.etag(), second.etag());
  EXPECT_EQ(Sql("select count(*) from incident_version"), "1");
}

TEST_F(Stories, Clause12_4_ASecondSenderOfAGuessedReferenceReadsNothing) {
  const auto request = AnIncident();
  Recorded(request);
  const auto guessed = RecordIncident(work_, neighbours_, By(colleague_), request);
  ASSERT_TRUE(guessed.ok());
  EXPECT_EQ(guessed->narrative(), "");
}

TEST_F(Stories, EverythingThatIsMissingAtOnce) {
  const auto refused = RecordIncident(work_, neighbours_, By(officer_), v1::RecordIncidentRequest());
  ASSERT_FALSE(refused.ok());
  EXPECT_GE(refused.refusal().violations.size(), 6U);
  for (const Violation& one : refused.refusal().violations) EXPECT_FALSE(one.field.empty() || one.clause.empty()) << one.message;
}

TEST_F(Stories, Clause7_14_NotReportingIsAManagersDecisionWithEverythingItNeeds) {
  const v1::Incident threat = Recorded(AThreat());
  const v1::FollowUp police = FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_);
  v1::CompleteFollowUpRequest not_reported;
  not_reported.set_id(police.id());
  not_reported.set_outcome(Out::NOT_REPORTED);
  EXPECT_EQ(CompleteFollowUp(work_, By(officer_), not_reported).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_EQ(CompleteFollowUp(work_, By(education_), not_reported).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_THAT(Clauses(CompleteFollowUp(work_, By(team_leader_), not_reported).refusal()), ElementsAre("7.14", "7.14", "7.14"));
  not_reported.set_reason("Clearly flippant and taken back at once");
  not_reported.set_staff_view("Content");
  not_reported.set_effect_on_others("None foreseen");
  EXPECT_TRUE(CompleteFollowUp(work_, By(team_leader_), not_reported).ok());
  EXPECT_EQ(CompleteFollowUp(work_, By(team_leader_), not_reported).refusal().kind, RefusalKind::kConflict);
}

TEST_F(Stories, Clause7_14_AnyoneMayReport) {
  const v1::Incident threat = Recorded(AThreat());
  v1::CompleteFollowUpRequest reported;
  reported.set_id(FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_).id());
  reported.set_outcome(Out::REPORTED);
  EXPECT_TRUE(CompleteFollowUp(work_, By(colleague_), reported).ok());
}

TEST_F(Stories, Clause7_13_WhoReportsMaySayWhetherThePersonWasToldElseAManagerDecides) {
  for (const bool said : {true, false}) {
    const v1::Incident threat = Recorded(AThreat());
    v1::CompleteFollowUpRequest reported;
    reported.set_id(FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_).id());
    reported.set_outcome(Out::REPORTED);
    if (said) {
      reported.mutable_person_informed()->set_informed(false);
      reported.mutable_person_informed()->set_reason("It would raise the risk");
    }
    ASSERT_TRUE(CompleteFollowUp(work_, By(colleague_), reported).ok());
    EXPECT_EQ(FollowUpOf(threat.id(), Kind::PERSON_INFORMED_DECISION, team_leader_).id().empty(), said);
  }
}

TEST_F(Stories, Clause8_9_EarlierContactsOutsideShowAsAPattern) {
  auto r = AnIncident();
  r.set_behaviours(0, v1::Behaviour::CONTACT_OUTSIDE_OFFICE);
  r.set_channel(v1::Channel::OUTSIDE_WORK);
  r.mutable_person()->set_person_id(kPat);
  const v1::Incident first = Recorded(r);
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(first.id(), Kind::OUTSIDE_CONTACT_DECISION, line_manager_).id());
  decide.set_outcome(Out::DO_NOT_RECORD);
  decide.set_reason("A greeting in the supermarket");
  ASSERT_TRUE(CompleteFollowUp(work_, By(line_manager_), decide).ok());
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

// That somebody read it is noted in a row that points at the incident: a lock for the key would make every reader wait for a writer.
TEST_F(Stories, AReaderDoesNotWaitForAWriter) {
  const v1::Incident incident = Recorded(AnIncident());
  const auto written = work_.Write<v1::Incident>(By(team_leader_), [&](Session& session) -> Outcome<v1::Incident> {
    LoadIncident(session, incident.id(), true);
    Call reader = By(safety_);
    reader.deadline = absl::Now() + absl::Seconds(3);
    v1::GetIncidentRequest get;
    get.set_id(incident.id());
    EXPECT_TRUE(GetIncident(work_, reader, get).ok());
    EXPECT_TRUE(ListIncidents(work_, reader, {}).ok());
    return v1::Incident();
  });
  EXPECT_TRUE(written.ok());
}

TEST_F(Stories, Scenario4_WhoReadItInAListOrInAReplyIsToldAsWell) {
  const v1::Incident incident = Recorded(AnIncident());
  ASSERT_TRUE(Link(incident.id(), kPat, line_manager_).ok());  // the reply shows it
  ASSERT_TRUE(ListIncidents(work_, By(safety_), {}).ok());
  v1::UnlinkPersonRequest unlink;
  unlink.set_id(incident.id());
  unlink.set_reason("It was somebody else");
  ASSERT_TRUE(UnlinkPerson(work_, By(team_leader_), unlink).ok());
  EXPECT_EQ(Sql("select attributes->>'readers' from outbox where type = 'incident.person_unlinked' limit 1"), "E2001,E6001");
}

TEST_F(Stories, Clause7_14_EachWitnessIsAskedAndAStatementClosesTheTask) {
  const v1::Incident threat = Recorded(AThreat());
  const Actor witness = Someone("E1500", {Role::kEmployee});
  v1::AddStatementRequest statement;
  statement.set_id(threat.id());
  statement.set_text("I heard it.");
  ASSERT_TRUE(AddStatement(work_, By(witness), statement).ok());
  EXPECT_EQ(FollowUpOf(threat.id(), Kind::WITNESS_STATEMENT, witness).outcome(), Out::STATEMENT_GIVEN);
  EXPECT_EQ(AddStatement(work_, By(colleague_), statement).refusal().kind, RefusalKind::kNotPermitted);
}

TEST_F(Stories, Clause12_4_WhoNeedsToKnowReadsAndNobodyElse) {
  const v1::Incident incident = Recorded(AnIncident());
  EXPECT_EQ(Get(incident.id(), officer_)->view(), "FULL");
  EXPECT_EQ(Get(incident.id(), team_leader_)->view(), "FULL");
  EXPECT_EQ(Get(incident.id(), safety_)->view(), "FULL");
  for (const Actor& other : {colleague_, education_, hr_, communications_}) {
    EXPECT_EQ(Get(incident.id(), other).refusal().clause.empty() ? Get(incident.id(), other).refusal().violations[0].clause
                                                                 : Get(incident.id(), other).refusal().clause,
              "12.4");
  }
  EXPECT_EQ(Sql("select count(*) from audit where action = 'incident.read'"), "3");
}

TEST_F(Stories, Clause12_7_AStaffNamedCaseIsOpenToItsCircleAlone) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  for (const Actor& one : {line_manager_, officer_, hr_, communications_}) EXPECT_EQ(Get(incident.id(), one)->view(), "FULL") << one.id;
  for (const Actor& one : {team_leader_, director_, colleague_, education_}) EXPECT_FALSE(Get(incident.id(), one).ok()) << one.id;
  const auto counted = Get(incident.id(), safety_);
  EXPECT_EQ(counted->view(), "REFERENCE");
  EXPECT_EQ(counted->narrative() + counted->web_link() + counted->line_manager_id(), "");
  EXPECT_EQ(counted->staff_size(), 0);
}

TEST_F(Stories, Clause12_6_TheDirectorIsToldInSomebodysAbsence) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  v1::CompleteFollowUpRequest told;
  told.set_id(FollowUpOf(incident.id(), Kind::STAFF_NAMED_COMMUNICATIONS, hr_).id());
  told.set_outcome(Out::TOLD);
  told.set_absence("On leave until Monday");
  ASSERT_TRUE(CompleteFollowUp(work_, By(hr_), told).ok());
  EXPECT_TRUE(Get(incident.id(), director_).ok());
}

TEST_F(Stories, Clause12_8_ThePersonNamedIsToldInPrivateAndTheirWishesKept) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  v1::CompleteFollowUpRequest told;
  told.set_id(FollowUpOf(incident.id(), Kind::STAFF_NAMED_PERSON_TOLD, hr_).id());
  told.set_outcome(Out::TOLD);
  EXPECT_THAT(Clauses(CompleteFollowUp(work_, By(hr_), told).refusal()), ElementsAre("12.8", "12.8"));
  told.set_wishes("No reply; please ask for removal");
  ASSERT_TRUE(CompleteFollowUp(work_, By(line_manager_), told).ok());
}

TEST_F(Stories, Clause12_10_TheRemovalRequestWeighsEscalationAndThePersonalRecordIsHrs) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  v1::CompleteFollowUpRequest removal;
  removal.set_id(FollowUpOf(incident.id(), Kind::STAFF_NAMED_REMOVAL, hr_).id());
  removal.set_outcome(Out::REQUESTED);
  removal.set_wishes("Remove it");
  EXPECT_THAT(Clauses(CompleteFollowUp(work_, By(communications_), removal).refusal()), ElementsAre("12.10"));
  removal.set_escalation_risk("Low: few followers");
  EXPECT_TRUE(CompleteFollowUp(work_, By(communications_), removal).ok());
  const v1::FollowUp record = FollowUpOf(incident.id(), Kind::STAFF_NAMED_PERSONAL_RECORD, hr_);
  v1::CompleteFollowUpRequest note;
  note.set_id(record.id());
  note.set_outcome(Out::NOT_NOTED);
  EXPECT_FALSE(CompleteFollowUp(work_, By(line_manager_), note).ok());
  EXPECT_TRUE(CompleteFollowUp(work_, By(hr_), note).ok());
}

TEST_F(Stories, Clause12_9_SupportIsOfferedToThePersonNamed) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  EXPECT_EQ(FollowUpOf(incident.id(), Kind::STAFF_NAMED_SUPPORT, line_manager_).staff_id(), "E1001");
}

TEST_F(Stories, TheListObeysTheSameTable) {
  const v1::Incident ordinary = Recorded(AnIncident()), named = Recorded(AStaffNamedPost());
  const auto ids = [&](const Actor& actor) {
    std::vector<std::string> seen;
    const auto list = ListIncidents(work_, By(actor), {});
    EXPECT_TRUE(list.ok());
    for (const auto& one : list->incidents()) seen.push_back(one.id() + "/" + one.view());
    return seen;
  };
  EXPECT_THAT(ids(team_leader_), ElementsAre(ordinary.id() + "/FULL"));
  EXPECT_THAT(ids(hr_), ElementsAre(named.id() + "/FULL"));
  EXPECT_THAT(ids(line_manager_), UnorderedElementsAre(ordinary.id() + "/FULL", named.id() + "/FULL"));
  EXPECT_THAT(ids(safety_), UnorderedElementsAre(ordinary.id() + "/FULL", named.id() + "/REFERENCE"));
  EXPECT_THAT(ids(colleague_), IsEmpty());
  EXPECT_THAT(ids(education_), IsEmpty());
}

TEST_F(Stories, AListIsReadPageByPageInAStableOrder) {
  for (int i = 0; i < 7; ++i) Recorded(AnIncident());
  v1::ListIncidentsRequest list;
  list.set_page_size(3);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto page = ListIncidents(work_, By(safety_), list);
    for (const auto& one : page->incidents()) seen.insert(one.id());
    list.set_page_token(page->next_page_token());
    ++pages;
  } while (!list.page_token().empty());
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(pages, 3);
}

TEST_F(Stories, ARegisterThatIsAwayNeverKeepsAnIncidentFromBeingRecorded) {
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

TEST_F(Stories, CaseB_AnOverdueReviewIsCountedForWhoDecidesItAndWithheldFromOthers) {
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

TEST_F(Stories, Clause10_4_ADebriefIsOfferedAfterARestrictionToo) {
  const v1::Incident incident = Recorded(AnIncident());
  const Call call = By(safety_);
  const IncomingEvent imposed{.id = "1",
                              .source = "restriction",
                              .type = "restriction.imposed",
                              .thing = "r",
                              .attributes = {{"restrictionId", kSam}, {"incidentIds", incident.id()}},
                              .occurred_at = clock_.Now()};
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = work_.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
      if (auto no = HandlersOfHeard().at("restriction.imposed")(session, imposed)) return *no;
      return v1::Incident();
    });
    ASSERT_TRUE(done.ok());
  }
  EXPECT_EQ(Sql("select count(*) from follow_up where kind = 'DEBRIEF' and state = 'OPEN'"), "2");
}

TEST_F(Stories, CaseA_TheLinkIsConfirmedTakenBackAndEveryReaderNamedOnce) {
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
  ASSERT_TRUE(UnlinkPerson(work_, By(team_leader_), unlink).ok());
  EXPECT_EQ(Sql("select attributes->>'readers' from outbox where type = 'incident.person_unlinked' limit 1"), "E1001,E6001");
  EXPECT_EQ(Sql("select attributes->>'personId' from outbox where type = 'incident.person_unlinked' limit 1"), kPat);
  EXPECT_TRUE(Link(incident.id(), kSam, team_leader_).ok());
}

TEST_F(Stories, ACorrectionIsAddedWithWhoAndWhyAndTheRulesRunAgain) {
  const v1::Incident threat = Recorded(AThreat());
  v1::AmendIncidentRequest amend;
  amend.set_id(threat.id());
  amend.add_behaviours(v1::Behaviour::ABUSE);
  EXPECT_THAT(Clauses(AmendIncident(work_, By(officer_), amend).refusal()), ElementsAre("12.4"));
  amend.set_reason("It was no threat");
  const auto amended = AmendIncident(work_, By(officer_), amend);
  ASSERT_TRUE(amended.ok());
  ASSERT_EQ(amended->versions_size(), 2);
  EXPECT_EQ(amended->versions(0).incident().behaviours(0), v1::Behaviour::PHYSICAL_THREAT);
  EXPECT_EQ(amended->versions(1).reason(), "It was no threat");
  EXPECT_EQ(FollowUpOf(threat.id(), Kind::POLICE_DECISION, team_leader_).state(), v1::FollowUp::State::NO_LONGER_DUE);
  Call stale = By(officer_);
  stale.if_match = threat.etag();
  EXPECT_EQ(AmendIncident(work_, stale, amend).refusal().kind, RefusalKind::kEtagStale);
}

TEST_F(Stories, AWithdrawnIncidentNeedsNothingMore) {
  const v1::Incident threat = Recorded(AThreat());
  v1::WithdrawIncidentRequest withdraw;
  withdraw.set_id(threat.id());
  withdraw.set_reason("Recorded by mistake");
  const auto withdrawn = WithdrawIncident(work_, By(officer_), withdraw);
  ASSERT_TRUE(withdrawn.ok());
  EXPECT_EQ(withdrawn->state(), v1::IncidentState::WITHDRAWN);
  for (const auto& f : withdrawn->follow_ups()) EXPECT_EQ(f.state(), v1::FollowUp::State::NO_LONGER_DUE);
  EXPECT_EQ(WithdrawIncident(work_, By(officer_), withdraw).refusal().kind, RefusalKind::kConflict);
}

TEST_F(Stories, ADuplicatePointsAtTheOriginal) {
  const v1::Incident original = Recorded(AnIncident()), copy = Recorded(AnIncident());
  v1::MarkDuplicateRequest mark;
  mark.set_id(copy.id());
  mark.set_duplicate_of(copy.reference());
  EXPECT_EQ(MarkDuplicate(work_, By(team_leader_), mark).refusal().kind, RefusalKind::kInvalid);
  mark.set_duplicate_of(original.reference());
  EXPECT_EQ(MarkDuplicate(work_, By(team_leader_), mark)->duplicate_of(), original.id());
}

TEST_F(Stories, Clause8_9_NotRecordedKeepsDateReporterAndDecisionOnly) {
  auto r = AnIncident();
  r.set_behaviours(0, v1::Behaviour::CONTACT_OUTSIDE_OFFICE);
  r.set_channel(v1::Channel::OUTSIDE_WORK);
  const v1::Incident incident = Recorded(r);
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(incident.id(), Kind::OUTSIDE_CONTACT_DECISION, line_manager_).id());
  decide.set_outcome(Out::DO_NOT_RECORD);
  decide.set_reason("A greeting in the supermarket");
  EXPECT_EQ(CompleteFollowUp(work_, By(officer_), decide).refusal().kind, RefusalKind::kNotPermitted);
  ASSERT_TRUE(CompleteFollowUp(work_, By(line_manager_), decide).ok());
  const auto left = Get(incident.id(), line_manager_);
  EXPECT_EQ(left->state(), v1::IncidentState::NOT_KEPT);
  EXPECT_EQ(left->narrative() + left->person().name(), "");
  EXPECT_TRUE(left->has_occurred_at());
  EXPECT_EQ(left->recorded_by(), "E1001");
  for (const auto& version : left->versions()) EXPECT_EQ(version.incident().narrative(), "");
}

TEST_F(Stories, Clause10_4_ADebriefDeclinedIsNotAskedAgain) {
  const v1::Incident incident = Recorded(AnIncident());
  const v1::FollowUp debrief = FollowUpOf(incident.id(), Kind::DEBRIEF, line_manager_);
  v1::DeclineFollowUpRequest decline;
  decline.set_id(debrief.id());
  EXPECT_EQ(DeclineFollowUp(work_, By(colleague_), decline).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_EQ(DeclineFollowUp(work_, By(officer_), decline)->state(), v1::FollowUp::State::DECLINED);
  v1::AmendIncidentRequest amend;
  amend.set_id(incident.id());
  amend.set_reason("More detail");
  amend.set_narrative("Shouted and swore for ten minutes.");
  ASSERT_TRUE(AmendIncident(work_, By(officer_), amend).ok());
  EXPECT_EQ(Sql("select count(*) from follow_up where kind = 'DEBRIEF'"), "1");
  EXPECT_EQ(Sql("select state from follow_up where kind = 'DEBRIEF'"), "DECLINED");
}

TEST_F(Stories, OverdueFollowUpsEscalateOnce) {
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

TEST_F(Stories, WhatIsMineAndWhatIsLateIsOneCall) {
  Recorded(AThreat());
  clock_.Advance(absl::Hours(24 * 14));
  v1::ListFollowUpsRequest list;
  list.set_mine(true);
  list.set_late(true);
  const auto late = ListFollowUps(work_, By(line_manager_), list);
  ASSERT_TRUE(late.ok());
  ASSERT_GT(late->follow_ups_size(), 0);
  for (const auto& f : late->follow_ups()) EXPECT_TRUE(f.mine() && f.late());
  EXPECT_EQ(late->mine_count(), late->follow_ups_size());
  EXPECT_EQ(ListFollowUps(work_, By(colleague_), {})->follow_ups_size(), 0);
}

TEST_F(Stories, Scenario4_AnUnknownCallerIdentifiedNeedsAFreshRegisterDecision) {
  auto r = AnIncident();
  r.clear_person();
  r.set_person_unknown(true);
  const v1::Incident incident = Recorded(r);
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(incident.id(), Kind::REGISTER_DECISION, team_leader_).id());
  decide.set_outcome(Out::TO_REGISTER);
  decide.set_reason("Threatening");
  EXPECT_EQ(CompleteFollowUp(work_, By(team_leader_), decide).refusal().kind, RefusalKind::kInvalid);
  decide.set_outcome(Out::NOT_TO_REGISTER);
  ASSERT_TRUE(CompleteFollowUp(work_, By(team_leader_), decide).ok());
  ASSERT_TRUE(Link(incident.id(), kPat, team_leader_).ok());
  EXPECT_EQ(Sql("select count(*) from follow_up where kind = 'REGISTER_DECISION' and state = 'OPEN'"), "1");
}

TEST_F(Stories, Clause13_SmallNumbersAreWithheldFromWhoHasNoCaseAccess) {
  for (int i = 0; i < 9; ++i) Recorded(AnIncident());
  for (int i = 0; i < 2; ++i) {
    auto r = AnIncident();
    r.set_service_area("Education");
    Recorded(r);
  }
  const auto exact = GetStatistics(work_, neighbours_, By(safety_), {});
  ASSERT_EQ(exact->rows_size(), 2);
  EXPECT_EQ(exact->rows(0).key(), "Education");
  EXPECT_EQ(exact->rows(0).count(), 2);
  EXPECT_EQ(exact->total(), 11);
  const auto shown = GetStatistics(work_, neighbours_, By(union_), {});
  int visible = 0, withheld = 0;
  for (const auto& row : shown->rows()) row.has_count() ? visible += row.count() : ++withheld;
  EXPECT_TRUE(shown->suppressed());
  EXPECT_NE(shown->total() - visible, 2);
  EXPECT_EQ(withheld, 2);
  const auto own = GetStatistics(work_, neighbours_, By(education_), {});
  ASSERT_EQ(own->rows_size(), 1);
  EXPECT_EQ(own->rows(0).count(), 2);
}

// The condition of SQL and the table of rules are two writings of one thing: random incidents and readers hold them together.
TEST_F(Stories, TheListAgreesWithTheTableOfReaders) {
  std::mt19937 random(11);
  const auto pick = [&](std::vector<std::string> from) { return from[random() % from.size()]; };
  const std::vector<std::string> people = {"E1001", "E1002", "E2001", "E2002", "E3001", "E5001"}, areas = {"Housing", "Education"};
  std::vector<v1::Incident> all;
  for (int i = 0; i < 60; ++i) {
    auto r = random() % 2 == 0 ? AStaffNamedPost() : AnIncident();
    r.set_service_area(pick(areas));
    r.set_line_manager_id(pick(people));
    r.mutable_staff(0)->set_staff_id(pick(people));
    if (random() % 3 == 0) r.mutable_staff(0)->set_role(v1::StaffMember::Role::OTHER);
    if (random() % 3 == 0) r.add_witnesses(pick(people));
    if (random() % 4 == 0) {
      r.mutable_person()->mutable_employee()->set_staff_id(pick(people));
      r.mutable_person()->mutable_employee()->set_line_manager_id(pick(people));
      if (random() % 2 == 0) r.mutable_person()->mutable_employee()->set_service_area(pick(areas));
    }
    const Actor recorder = Someone(pick(people), {Role::kEmployee});
    v1::Incident made = *RecordIncident(work_, neighbours_, By(recorder), r);
    v1::Incident whole;
    CopySameFields(r, whole, false);
    whole.set_id(made.id());
    whole.set_recorded_by(recorder.id);
    all.push_back(whole);
  }
  for (const Role role : {Role::kEmployee, Role::kTeamLeader, Role::kSeniorManager, Role::kStrategicDirector, Role::kHrBusinessPartner,
                          Role::kCommunicationsLead, Role::kHealthSafetyAdviser}) {
    for (const std::string& id : people) {
      const Actor actor = Someone(id, {role}, {pick(areas)});
      std::set<std::string> want, got;
      for (const v1::Incident& one : all) {
        if (ViewOf(ClosenessOf(actor, one, false)) != View::kNone) want.insert(one.id());
      }
      v1::ListIncidentsRequest list;
      list.set_page_size(100);
      const auto listed = ListIncidents(work_, By(actor), list);
      ASSERT_TRUE(listed.ok());
      for (const auto& one : listed->incidents()) got.insert(one.id());
      EXPECT_EQ(got, want) << id << " " << NameOf(role);
    }
  }
}

TEST_F(Stories, GroundsFactsSayWhatADecisionMayRestOn) {
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

TEST_F(Stories, AnAbsenceThatGrowsBecomesReportable) {
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
  EXPECT_EQ(later->injury().report_by(), "2026-12-05");
  EXPECT_EQ(FollowUpOf(incident.id(), Kind::INJURY_REPORT, safety_).state(), v1::FollowUp::State::OPEN);
}

}  // namespace
}  // namespace evenhand::incident
