// People, the register, merges, appeals' effects and what incidents bring, against a real database.
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using S = v1::Restriction::State;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(PeopleStories, CaseI_FoundHoweverTheNumberIsWritten) {
  const auto pat = APerson("07700 900123");
  for (const char* written : {"00447700900123", "+44 (0)7700 900 123", "7700900123", "tel:+44-7700-900123"}) {
    const auto found = Resolve([&](auto& r) { r.set_phone(written); });
    ASSERT_THAT(found.people(), SizeIs(1)) << written;
    EXPECT_EQ(found.people(0).person_id(), pat.id());
    EXPECT_EQ(found.people(0).match(), "EXACT");
  }
  APerson("+447700900123");
  const auto both = Resolve([](auto& r) { r.set_phone("07700 900123"); });
  ASSERT_THAT(both.people(), SizeIs(2));
  EXPECT_EQ(both.people(0).match(), "POSSIBLE");
}

TEST_F(PeopleStories, Clause12_4_AFaultyRecordIsRefusedWithEveryFieldNamed) {
  v1::CreatePersonRequest request;
  auto* handle = request.add_handles();
  handle->set_kind(v1::Handle::Kind::PHONE);
  handle->set_value("no number");
  request.set_date_of_birth("2026-02-30");
  const auto outcome = people_.Create(As(leader_, "PersonService/CreatePerson"), request);
  EXPECT_THAT(outcome, NamesField("displayName"));
  EXPECT_THAT(outcome, NamesField("handles[0].value"));
  EXPECT_THAT(outcome, NamesField("dateOfBirth"));
}

TEST_F(PeopleStories, Clause12_4_EveryLookIsAudited) {
  const auto pat = APerson();
  GetPerson(pat.id());
  Resolve([](auto& r) { r.set_phone("07700 900123"); });
  EXPECT_EQ(Sql("select count(*) from audit where person_id = '" + pat.id() + "' and action in ('person.read', 'person.resolved')"), "2");
}

TEST_F(PeopleStories, CaseH_AMoveTakesEveryRestrictionAlongAndLeavesNothingBehind) {
  const auto pat = APerson("", [](auto& r) {
    auto* h = r.add_handles();
    h->set_kind(v1::Handle::Kind::UPRN);
    h->set_value("100120000001");
  });
  v1::UpdatePersonRequest move;
  move.set_id(pat.id());
  auto* h = move.add_handles();
  h->set_kind(v1::Handle::Kind::UPRN);
  h->set_value("100120000002");
  auto call = As(leader_, "PersonService/UpdatePerson", "");
  EXPECT_EQ(people_.Update(call, move).refusal().kind, RefusalKind::kEtagMissing);
  const auto moved = people_.Update(As(leader_, "PersonService/UpdatePerson", pat.etag()), move);
  ASSERT_THAT(moved, Allowed());
  EXPECT_THAT(Resolve([](auto& r) { r.set_uprn("100120000001"); }).people(), SizeIs(0));
  EXPECT_THAT(Resolve([](auto& r) { r.set_uprn("100120000002"); }).people(), SizeIs(1));
  EXPECT_EQ(Sql("select count(*) from person_handle where ended_at is not null"), "1");  // history stays
}

TEST_F(PeopleStories, Clause12_1_RestorativeStepsAreRecordedAndNamedByAProposal) {
  const auto pat = APerson();
  v1::AddRestorativeStepRequest step;
  step.set_id(pat.id());
  EXPECT_THAT(care_.AddRestorativeStep(As(employee_, "PersonService/AddRestorativeStep"), step), NamesField("kind"));
  step.set_kind(v1::RestorativeStep::Kind::BREAK_OFFERED);
  const auto made = care_.AddRestorativeStep(As(employee_, "PersonService/AddRestorativeStep"), step);
  ASSERT_THAT(made, Allowed());
  auto request = AProposal(pat.id());
  request.mutable_restorative()->Clear();
  request.mutable_restorative()->add_step_ids(NewUuid());
  EXPECT_THAT(Propose(request, leader_), NamesField("restorative.stepIds[0]"));
  request.mutable_restorative()->set_step_ids(0, made->id());
  EXPECT_THAT(Propose(request, leader_), Allowed());
  EXPECT_THAT(GetPerson(pat.id()).restorative_steps(), SizeIs(1));
}

TEST_F(PeopleStories, Clause5_1_WhatWasDoneToKeepContactPositiveStandsThoughNothingIsImposed) {
  const auto pat = APerson();
  for (const auto kind : {v1::RestorativeStep::Kind::EXPECTATION_SET, v1::RestorativeStep::Kind::MEETING}) {
    v1::AddRestorativeStepRequest step;
    step.set_id(pat.id());
    step.set_kind(kind);
    step.set_description("Explained how to reach us");
    ASSERT_THAT(care_.AddRestorativeStep(As(leader_, "PersonService/AddRestorativeStep"), step), Allowed());
  }
  EXPECT_THAT(GetPerson(pat.id()).restorative_steps(), SizeIs(2));
  EXPECT_EQ(Sql("select count(*) from restriction"), "0");
}

TEST_F(PeopleStories, Clause5_3_NeedsAndDeEscalationStandOnTheRecord) {
  const auto pat = APerson();
  v1::AddAdjustmentRequest need;
  need.set_id(pat.id());
  EXPECT_THAT(care_.AddAdjustment(As(employee_, "PersonService/AddAdjustment"), need), NamesField("description"));
  need.set_description("Needs time to answer");
  const auto made = care_.AddAdjustment(As(employee_, "PersonService/AddAdjustment"), need);
  ASSERT_THAT(made, Allowed());
  v1::EndAdjustmentRequest end;
  end.set_id(pat.id());
  end.set_adjustment_id(made->id());
  ASSERT_THAT(care_.EndAdjustment(As(leader_, "PersonService/EndAdjustment"), end), Allowed());
  EXPECT_TRUE(GetPerson(pat.id()).adjustments(0).has_ended_at());  // history stays
}

TEST_F(PeopleStories, Clause3_2_AnOrganisationUnderContractNamesItsOwnProcess) {
  const auto firm = APerson("", [](auto& r) {
    r.set_kind(v1::Person::Kind::ORGANISATION);
    r.set_contract_process("Contract 12, clause 9: complaints to the contract manager");
  });
  EXPECT_EQ(GetPerson(firm.id()).kind(), v1::Person::Kind::ORGANISATION);
  EXPECT_THAT(GetPerson(firm.id()).contract_process(), HasSubstr("contract manager"));
  EXPECT_THAT(Propose(AProposal(firm.id()), leader_), Allowed());
}

TEST_F(PeopleStories, Clause10_6_ANoContactRequestStandsWithoutItsReason) {
  const auto pat = APerson();
  v1::AddNoContactRequestRequest request;
  request.set_id(pat.id());
  request.set_reason("Private");
  ASSERT_THAT(care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), request), Allowed());
  EXPECT_THAT(care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), request),
              RefusedBy(RefusalKind::kConflict, "10.6"));
  request.set_staff_id("someone-else");
  EXPECT_THAT(care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), request),
              RefusedBy(RefusalKind::kNotPermitted, "10.6"));
  const auto person = GetPerson(pat.id());
  ASSERT_THAT(person.no_contact_requests(), SizeIs(1));
  EXPECT_EQ(person.no_contact_requests(0).reason(), "");
}

TEST_F(PeopleStories, Clause5_4_WhenTheOnlyAdvocateResignsAChannelMustBeNamed) {
  const auto pat = APerson("", [](auto& r) {
    r.mutable_advocate()->set_name("Sandy Advocate");
    r.mutable_advocate()->set_only_contact(true);
  });
  const auto imposed = Imposed(AProposal(pat.id()));
  v1::RecordAdvocateResignationRequest request;
  request.set_id(pat.id());
  EXPECT_THAT(care_.RecordAdvocateResignation(As(leader_, "PersonService/RecordAdvocateResignation"), request),
              NamesField("temporaryChannel"));
  request.set_temporary_channel("EMAIL");
  ASSERT_THAT(care_.RecordAdvocateResignation(As(leader_, "PersonService/RecordAdvocateResignation"), request), Allowed());
  EXPECT_THAT(Get(imposed.id()).alerts(), Contains("ADVOCATE_RESIGNED"));
  EXPECT_EQ(Events("person.advocate_resigned"), 1);
}

TEST_F(PeopleStories, Clause12_1_ADeathIsToldAndNothingIsImposedAfterwards) {
  const auto pat = APerson();
  const auto proposed = Proposed(AProposal(pat.id()));
  v1::RecordDeathRequest request;
  request.set_id(pat.id());
  const auto died = care_.RecordDeath(As(leader_, "PersonService/RecordDeath"), request);
  ASSERT_THAT(died, Allowed());
  EXPECT_EQ(died->state(), v1::Person::State::DECEASED);
  EXPECT_EQ(Events("person.died"), 1);
  EXPECT_FALSE(Impose(proposed.id(), manager_).ok());
}

TEST_F(PeopleStories, Clause4_3_AMarkerNeedsAReportedIncidentAndASeniorManager) {
  const auto pat = APerson();
  EXPECT_THAT(ProposeMarker(pat.id(), ""), NamesField("incidentIds"));
  EXPECT_THAT(ProposeMarker(pat.id(), incidents_.Add("")), NamesField("incidentIds[0]"));  // case A
  const std::string incident = incidents_.Add(pat.id());
  EXPECT_THAT(ProposeMarker(pat.id(), incident, ""), NamesField("ageCheck.basis"));
  incidents_.known[incident].occurred_at = clock_.Now() - absl::Hours(30);
  const auto marker = ProposeMarker(pat.id(), incident);
  ASSERT_THAT(marker, Allowed());
  EXPECT_EQ(marker->state(), v1::Marker::State::PROVISIONAL);
  EXPECT_EQ(marker->hours_to_register(), 30);
  EXPECT_THAT(Confirm(*marker, Who("E1001", Role::kSeniorManager)), RefusedBy(RefusalKind::kNotPermitted, "7.3"));  // the one harmed
  const auto confirmed = Confirm(*marker, manager_);
  ASSERT_THAT(confirmed, Allowed());
  EXPECT_EQ(confirmed->review_on(), "2027-11-25");
  EXPECT_EQ(Events("marker.confirmed"), 1);
  v1::RemoveMarkerRequest remove;
  remove.set_id(pat.id());
  remove.set_mid(marker->reference());
  EXPECT_THAT(register_.Remove(As(manager_, "MarkerService/RemoveMarker"), remove), NamesField("reason"));
  remove.set_reason("No contact for a year");
  const auto removed = register_.Remove(As(manager_, "MarkerService/RemoveMarker"), remove);
  ASSERT_THAT(removed, Allowed());
  EXPECT_EQ(removed->retain_until(), "2031-11-25");
}

TEST_F(PeopleStories, Scenario5_AMergeHoldsTheUnionAndBothReferencesResolve) {
  const auto a = APerson("07700 900201", [](auto& r) { r.add_crm_refs("CRM-1"); });
  const auto b = APerson("07700 900202", [](auto& r) { r.add_crm_refs("CRM-2"); });
  const auto of_a = Imposed(AProposal(a.id()));
  auto both = AProposal(b.id());
  auto* email = both.add_measures();
  email->set_kind(v1::Measure::Kind::BLOCK_CHANNEL);
  email->set_channel(v1::Channel::EMAIL);
  const auto of_b = Imposed(both);
  Merged(a.id(), b.id());
  EXPECT_EQ(GetPerson(b.id()).id(), a.id());
  EXPECT_EQ(GetPerson(b.reference()).id(), a.id());
  EXPECT_THAT(GetPerson(a.id()).handles(), SizeIs(2));
  EXPECT_EQ(Resolve([](auto& r) { r.set_crm_ref("crm-2"); }).people(0).person_id(), a.id());
  EXPECT_EQ(InForce(a.id()), "BLOCK_CHANNEL:EMAIL BLOCK_CHANNEL:PHONE");
  EXPECT_EQ(Get(of_b.id()).person_id(), a.id());
  // The union holds on when one of the two ends.
  ASSERT_THAT(Lift(of_a.id(), manager_), Allowed());
  EXPECT_EQ(InForce(a.id()), "BLOCK_CHANNEL:EMAIL BLOCK_CHANNEL:PHONE");
  EXPECT_EQ(Events("person.merged"), 1);
}

TEST_F(PeopleStories, Scenario5_DuplicatesCloseAndUnmergeReturnsWhatIsCertain) {
  const auto a = APerson("07700 900203");
  const auto b = APerson("07700 900204");
  Imposed(AProposal(a.id()));
  const auto same = Imposed(AProposal(b.id()));
  auto other_area = AProposal(b.id());
  other_area.set_service_area("Planning");
  const auto planning = propose_(As(Who("p", Role::kTeamLeader, {"Planning"}), "RestrictionService/ProposeRestriction"), other_area);
  ASSERT_THAT(Impose(planning->id(), Who("psm", Role::kSeniorManager, {"Planning"})), Allowed());
  Merged(a.id(), b.id());
  EXPECT_EQ(Get(same.id()).state(), S::SUPERSEDED);
  EXPECT_EQ(InForce(a.id()), "BLOCK_CHANNEL:PHONE BLOCK_CHANNEL:PHONE");
  clock_.Advance(absl::Minutes(1));
  const auto newer = Proposed(AProposal(a.id()));
  v1::UnmergePersonRequest undo;
  undo.set_id(a.id());
  const auto undone = merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo);
  ASSERT_THAT(undone, Allowed());
  EXPECT_THAT(undone->handles(), SizeIs(1));
  EXPECT_EQ(GetPerson(b.id()).id(), b.id());
  EXPECT_EQ(InForce(b.id()), "BLOCK_CHANNEL:PHONE");
  EXPECT_EQ(InForce(a.id()), "BLOCK_CHANNEL:PHONE");
  ASSERT_THAT(undone->merges(0).questions(), SizeIs(2));  // the newer proposal, and the one that was superseded
  v1::AnswerMergeQuestionRequest answer;
  answer.set_id(a.id());
  for (const auto& q : undone->merges(0).questions())
    if (q.thing_id() == newer.id()) answer.set_question_id(q.id());
  answer.set_person_id(b.id());
  ASSERT_THAT(merger_.Answer(As(leader_, "PersonService/AnswerMergeQuestion"), answer), Allowed());
  EXPECT_EQ(Get(newer.id()).person_id(), b.id());
}

TEST_F(PeopleStories, CaseK_AnAppealOverturnsItsOwnRestrictionAloneAndOnce) {
  const auto pat = APerson();
  const auto one = Imposed(AProposal(pat.id()));
  auto other = AProposal(pat.id());
  other.mutable_measures(0)->set_kind(v1::Measure::Kind::WITHHOLD_STAFF_DETAILS);
  other.mutable_measures(0)->clear_channel();
  const auto two = Imposed(other);
  ASSERT_THAT(Review(one.id(), v1::ReviewRestrictionRequest::Outcome::START, manager_), Allowed());
  const auto applied = Apply("a-1", one, v1::ApplyAppealOutcomeRequest::Outcome::UPHELD);
  ASSERT_THAT(applied, Allowed());
  EXPECT_TRUE(applied->review_superseded());  // scenario 14
  const auto again = Apply("a-1", one, v1::ApplyAppealOutcomeRequest::Outcome::UPHELD);
  EXPECT_TRUE(again->repeated());
  EXPECT_EQ(again->result(), v1::ApplyAppealOutcomeResponse::Result::OVERTURNED);
  EXPECT_EQ(Events("restriction.overturned"), 1);
  EXPECT_EQ(Get(one.id()).state(), S::OVERTURNED);
  EXPECT_EQ(Get(two.id()).state(), S::IN_FORCE);
  EXPECT_EQ(InForce(pat.id()), "WITHHOLD_STAFF_DETAILS");
}

TEST_F(PeopleStories, Scenario15_AnAppealVariesAndOneVersionHolds) {
  const auto pat = APerson();
  const auto imposed = Imposed(AProposal(pat.id()));
  const auto applied = Apply("a-2", imposed, v1::ApplyAppealOutcomeRequest::Outcome::PARTLY_UPHELD, [](auto& r) {
    auto* m = r.mutable_variation()->add_measures();
    m->set_kind(v1::Measure::Kind::NAMED_CONTACT);
    m->set_name("Duty officer");
  });
  ASSERT_THAT(applied, Allowed());
  EXPECT_EQ(InForce(pat.id()), "NAMED_CONTACT");
  const auto now = Get(imposed.id());
  EXPECT_EQ(now.decisions(1).kind(), v1::Decision::Kind::APPEAL_VARIATION);
  EXPECT_EQ(now.decisions(1).decided_by(), "u-director");
  // Lifted meanwhile: the appeal still has its answer.
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  EXPECT_EQ(Apply("a-3", imposed, v1::ApplyAppealOutcomeRequest::Outcome::UPHELD)->result(),
            v1::ApplyAppealOutcomeResponse::Result::ALREADY_ENDED);
}

TEST_F(PeopleStories, Scenario3_AWithdrawnIncidentOpensAnUrgentReviewAndLiftsNothing) {
  const auto pat = APerson();
  const auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  Deliver("incident.withdrawn", {{"incidentId", request.grounds(0).incident_ids(0)}});
  const auto now = Get(imposed.id());
  EXPECT_EQ(now.state(), S::IN_FORCE);
  EXPECT_TRUE(now.open_review().urgent());
  EXPECT_EQ(now.open_review().cause(), "INCIDENT_WITHDRAWN");
  EXPECT_THAT(now.alerts(), Contains("URGENT_REVIEW"));
  EXPECT_EQ(Events("restriction.urgent_review_opened"), 1);
  EXPECT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::LIFT, manager_), Allowed());
}

TEST_F(PeopleStories, CaseA_WhatRestedOnSomebodyElsesIncidentAloneEndsAndIsTold) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const std::string incident = request.grounds(0).incident_ids(0);
  const auto imposed = Imposed(request);
  const auto marker = ProposeMarker(pat.id(), incident);
  ASSERT_THAT(Confirm(*marker, manager_), Allowed());
  incidents_.known[incident].person_id = "";
  Deliver("incident.person_unlinked", {{"incidentId", incident}, {"personId", pat.id()}});
  EXPECT_EQ(Get(imposed.id()).state(), S::LIFTED);
  EXPECT_EQ(InForce(pat.id()), "");
  EXPECT_EQ(GetPerson(pat.id()).markers(0).state(), v1::Marker::State::REMOVED);
  EXPECT_EQ(Events("restriction.lifted"), 1);
  EXPECT_EQ(Events("marker.removed"), 1);
}

TEST_F(PeopleStories, CaseA_OtherEvidenceKeepsItForAnUrgentReview) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  request.mutable_grounds(0)->add_incident_ids(incidents_.Add(pat.id()));
  const auto imposed = Imposed(request);
  const std::string gone = request.grounds(0).incident_ids(0);
  incidents_.known[gone].person_id = "";
  Deliver("incident.person_unlinked", {{"incidentId", gone}, {"personId", pat.id()}});
  EXPECT_EQ(Get(imposed.id()).state(), S::IN_FORCE);
  EXPECT_EQ(Get(imposed.id()).open_review().cause(), "PERSON_UNLINKED");
}

TEST_F(PeopleStories, Clause4_3_AnIncidentSentToTheRegisterBecomesAProvisionalEntryOnce) {
  const auto pat = APerson("07700 900123", [](auto& r) { r.set_date_of_birth("1980-05-01"); });
  const std::string incident = incidents_.Add(pat.id(), {"E1001"}, {"ABUSE", "VIOLENCE"});
  incidents_.known[incident].occurred_at = clock_.Now() - absl::Hours(50);
  const std::map<std::string, std::string> decided{
      {"incidentId", incident}, {"personId", pat.id()}, {"outcome", "TO_REGISTER"}, {"by", "u-manager"}};
  for (int i = 0; i < 3; ++i) Deliver("incident.register_decided", decided);
  const auto person = GetPerson(pat.id());
  ASSERT_THAT(person.markers(), SizeIs(1));
  const auto& marker = person.markers(0);
  EXPECT_EQ(marker.state(), v1::Marker::State::PROVISIONAL);
  EXPECT_EQ(marker.category(), v1::Behaviour::VIOLENCE);
  EXPECT_EQ(marker.proposed_by(), "u-manager");
  EXPECT_EQ(marker.hours_to_register(), 50);
  EXPECT_THAT(Confirm(marker, manager_), Allowed());
  auto not_to = decided;
  not_to["outcome"] = "NOT_TO_REGISTER";
  not_to["incidentId"] = incidents_.Add(pat.id());
  Deliver("incident.register_decided", not_to);
  auto somebody_elses = decided;
  somebody_elses["incidentId"] = incidents_.Add("");
  Deliver("incident.register_decided", somebody_elses);
  EXPECT_THAT(GetPerson(pat.id()).markers(), SizeIs(1));
}

TEST_F(PeopleStories, Clause4_3_OfUnknownAgeNoEntryIsMadeAndTheDecisionIsNotForgotten) {
  const auto pat = APerson();
  const std::string incident = incidents_.Add(pat.id());
  Deliver("incident.register_decided", {{"incidentId", incident}, {"personId", pat.id()}, {"outcome", "TO_REGISTER"}, {"by", "u-m"}});
  EXPECT_THAT(GetPerson(pat.id()).markers(), SizeIs(0));
  EXPECT_THAT(GetPerson(pat.id()).alerts(), Contains(HasSubstr("REGISTER_ENTRY_WAITS")));
  ASSERT_THAT(ProposeMarker(pat.id(), incident), Allowed());
  EXPECT_THAT(GetPerson(pat.id()).alerts(), SizeIs(0));
}

TEST_F(PeopleStories, Scenario25_AnExportHasTheDecisionsAndNoStaff) {
  const auto pat = APerson();
  Imposed(AProposal(pat.id()));
  v1::ExportPersonDataRequest request;
  request.set_id(pat.id());
  const auto all = export_(As(manager_, "PersonService/ExportPersonData"), request);
  ASSERT_THAT(all, Allowed());
  ASSERT_THAT(all->restrictions(), SizeIs(1));
  EXPECT_THAT(all->restrictions(0).decisions(), SizeIs(1));
  EXPECT_EQ(all->due_by(), "2026-12-25");
  EXPECT_THAT(all->incidents(), SizeIs(1));
  EXPECT_THAT(all->appeals(), SizeIs(1));
  for (const char* staff : {"u-sm", "u-tl", "E1001"}) EXPECT_THAT(all->DebugString(), ::testing::Not(HasSubstr(staff)));
}

TEST_F(PeopleStories, Scenario25_ARetentionDateIsHeldWhileAnAppealIsOpen) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  Deliver("appeal.lodged", {{"restrictionId", imposed.id()}, {"appealId", "a-9"}, {"decisionId", imposed.decisions(0).id()}});
  ASSERT_THAT(Get(imposed.id()).holds(), SizeIs(1));
  EXPECT_EQ(Get(imposed.id()).holds(0).kind(), "APPEAL_OPEN");
  Deliver("appeal.withdrawn", {{"restrictionId", imposed.id()}, {"appealId", "a-9"}});
  EXPECT_THAT(Get(imposed.id()).holds(), SizeIs(0));
}

TEST_F(PeopleStories, Clause7_3_AnAppealLearnsWhoDecidedAndWhoWasHarmed) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  ASSERT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::CONTINUE, Who("u-sm2", Role::kSeniorManager)), Allowed());
  v1::GetDecisionFactsRequest request;
  request.set_restriction_id(imposed.reference());
  const auto facts = facts_.OfDecision(As({.id = "system:appeal"}, "RestrictionInternalService/GetDecisionFacts"), request);
  ASSERT_THAT(facts, Allowed());
  EXPECT_EQ(facts->imposed_by(), "u-sm");
  EXPECT_EQ(facts->last_reviewed_by(), "u-sm2");
  EXPECT_EQ(facts->decision().kind(), v1::Decision::Kind::CONTINUATION);
  EXPECT_EQ(facts->told_on(), "2026-11-25");
  EXPECT_THAT(facts->harmed_staff_ids(), Contains("E1001"));
}

TEST_F(PeopleStories, Clause13_FiguresByServiceAndBehaviour) {
  Imposed(AProposal(APerson().id()));
  Proposed(AProposal(APerson("07700 900205").id()));
  CountStatistics count(work_);
  for (const char* by : {"service", "behaviour", "measure", "state", "month", ""}) {
    v1::GetStatisticsPartRequest request;
    request.set_by(by);
    const auto part = count(As({.id = "system:incident"}, "RestrictionInternalService/GetStatisticsPart"), request);
    ASSERT_THAT(part, Allowed()) << by;
    int proposed = 0;
    for (const auto& row : part->rows())
      if (row.figure() == "restrictionsProposed") proposed += row.value();
    EXPECT_EQ(proposed, 2) << by;
  }
}

}  // namespace
}  // namespace evenhand::restriction
