// People, the register and merges, against a real database.
#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/check/replay_contact.h"
#include "services/restriction/store/handle_form.h"
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using S = RestrictionState;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(PeopleStories, CaseI_FoundHoweverTheNumberIsWritten) {
  const auto pat = APerson("07700 900123");
  for (const char* written : {"00447700900123", "+44 (0)7700 900 123", "7700900123", "tel:+44-7700-900123"}) {
    const auto found = Resolve([&](auto& r) { r.set_phone(written); });
    ASSERT_THAT(found.people(), SizeIs(1)) << written;
    EXPECT_EQ(found.people(0).person_id(), pat.id());
    EXPECT_EQ(found.people(0).match(), HandleMatch::EXACT);
  }
  APerson("+447700900123");
  const auto both = Resolve([](auto& r) { r.set_phone("07700 900123"); });
  ASSERT_THAT(both.people(), SizeIs(2));
  EXPECT_EQ(both.people(0).match(), HandleMatch::POSSIBLE);
}

TEST_F(PeopleStories, Clause12_4_AFaultyRecordIsRefusedWithEveryFieldNamed) {
  v1::Person request;
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
  move.mutable_person()->set_id(pat.id());
  move.mutable_update_mask()->add_paths("handles");
  auto* h = move.mutable_person()->add_handles();
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
  step.mutable_step()->set_kind(v1::RestorativeStep::Kind::BREAK_OFFERED);
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
    step.mutable_step()->set_kind(kind);
    step.mutable_step()->set_description("Explained how to reach us");
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
  need.mutable_adjustment()->set_description("Needs time to answer");
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
  request.mutable_request()->set_reason("Private");
  ASSERT_THAT(care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), request), Allowed());
  EXPECT_THAT(care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), request),
              RefusedBy(RefusalKind::kConflict, "council rule"));
  request.mutable_request()->set_staff_id("someone-else");
  EXPECT_THAT(care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), request),
              RefusedBy(RefusalKind::kNotPermitted, "10.6"));
  const auto person = GetPerson(pat.id());
  ASSERT_THAT(person.no_contact_requests(), SizeIs(1));
  EXPECT_EQ(person.no_contact_requests(0).reason(), "");
}

TEST_F(PeopleStories, Clause10_6_InWhoseNameLettersGoIsRecordedByATeamLeaderAndNamesAManager) {
  v1::AddNoContactRequestRequest request;
  request.set_id(APerson().id());
  request.mutable_request()->set_kind(v1::NoContactRequest::Kind::LETTERS_IN_MANAGERS_NAME);
  request.mutable_request()->set_manager_id("E3001");
  const auto ask = [&](const Actor& who) { return care_.AddNoContactRequest(As(who, "PersonService/AddNoContactRequest"), request); };
  EXPECT_THAT(ask(employee_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  request.mutable_request()->set_staff_id("E1001");
  for (const char* nobody : {"", "The Chief Executive", "E1001"}) {
    request.mutable_request()->set_manager_id(nobody);
    EXPECT_THAT(ask(leader_), NamesField("managerId")) << nobody;
  }
  request.mutable_request()->set_manager_id("E3001");
  EXPECT_THAT(ask(leader_), Allowed());
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
  request.set_temporary_channel("PHONE");
  EXPECT_THAT(care_.RecordAdvocateResignation(As(leader_, "PersonService/RecordAdvocateResignation"), request),
              NamesField("temporaryChannel"))
      << "it is blocked";
  request.set_temporary_channel("EMAIL");
  ASSERT_THAT(care_.RecordAdvocateResignation(As(leader_, "PersonService/RecordAdvocateResignation"), request), Allowed());
  EXPECT_THAT(Get(imposed.id()).alerts(), Contains(v1::Restriction::Alert::ADVOCATE_RESIGNED));
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
  EXPECT_EQ(marker->state(), marker::v1::Marker::State::PROVISIONAL);
  EXPECT_EQ(marker->hours_to_register(), 30);
  EXPECT_THAT(Confirm(*marker, Who("E1001", Role::kSeniorManager)),
              RefusedBy(RefusalKind::kNotPermitted, "council rule"));  // the one harmed
  const auto confirmed = Confirm(*marker, manager_);
  ASSERT_THAT(confirmed, Allowed());
  EXPECT_EQ(confirmed->review_on(), "2027-11-25");
  EXPECT_EQ(Events("marker.confirmed"), 1);
  marker::v1::RemoveMarkerRequest remove;
  remove.set_id(pat.id());
  remove.set_mid(marker->reference());
  EXPECT_THAT(register_.Remove(As(manager_, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove), NamesField("reason"));
  remove.set_reason("No contact for a year");
  const auto removed = register_.Remove(As(manager_, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove);
  ASSERT_THAT(removed, Allowed());
  EXPECT_EQ(removed->retention_ends_on(), "2031-11-25");
}

TEST_F(PeopleStories, Scenario5_AMergeHoldsTheUnionAndBothReferencesResolve) {
  const auto a = APerson("07700 900201", [](auto& r) { r.add_crm_refs("CRM-1"); });
  const auto b = APerson("07700 900202", [](auto& r) { r.add_crm_refs("CRM-2"); });
  const auto of_a = Imposed(AProposal(a.id()));
  auto both = AProposal(b.id());
  auto* email = both.add_measures();
  email->set_kind(MeasureKind::BLOCK_CHANNEL);
  email->set_channel(Channel::EMAIL);
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

// 7.4: two records of one person, the same measure for different times. Nobody decided that the longer ends with the shorter.
TEST_F(PeopleStories, Scenario5_AMergeEndsNothingBeforeItsTime) {
  int round = 0;
  for (const auto& [of_survivor, of_duplicate] : std::vector<std::pair<std::string, std::string>>{
           {"2026-12-05", ""}, {"", "2026-12-05"}, {"2026-12-05", "2027-01-09"}, {"2027-01-09", "2026-12-05"}, {"", ""}}) {
    clock_.Set(At("2026-11-25T10:00:00Z"));
    const auto a = APerson("07700 90021" + std::to_string(round));
    const std::string phone_of_b = "07700 90022" + std::to_string(round++);
    const auto b = APerson(phone_of_b);
    auto first = AProposal(a.id()), second = AProposal(b.id());
    first.set_ends_on(of_survivor);
    second.set_ends_on(of_duplicate);
    Imposed(first);
    const auto merged_in = Imposed(second);
    Merged(a.id(), b.id());
    check::RecordContact record(work_);
    const auto outcome = [&](const std::string& at) {
      clock_.Set(At(at.c_str()));
      Sweeps(work_).ExpireRestrictions();
      v1::CheckContactRequest request;
      request.set_channel(Channel::PHONE);
      request.set_phone(phone_of_b);
      auto call = As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact");
      return record(call, request)->outcome();
    };
    EXPECT_EQ(outcome("2026-12-05T12:00:00Z"), v1::CheckContactResponse::Outcome::GUIDANCE);
    EXPECT_EQ(outcome("2026-12-20T12:00:00Z"), v1::CheckContactResponse::Outcome::GUIDANCE) << of_survivor << "/" << of_duplicate;
    const bool ends = !of_survivor.empty() && !of_duplicate.empty();
    EXPECT_EQ(outcome("2027-02-01T12:00:00Z"),
              ends ? v1::CheckContactResponse::Outcome::CLEAR : v1::CheckContactResponse::Outcome::GUIDANCE);
    EXPECT_EQ(Get(merged_in.id()).state() == S::SUPERSEDED, of_survivor.empty() || (ends && of_survivor > of_duplicate));
  }
}

// Whoever asks by either number is told the union while the two are one, their own before and after; and a replay says just that.
TEST_F(PeopleStories, Scenario5_ChecksAndReplaysFollowAMergeAndItsUndoing) {
  const auto a = APerson("07700 900241"), b = APerson("07700 900242");
  Imposed(AProposal(a.id()));
  auto email = AProposal(b.id());
  email.mutable_measures(0)->set_channel(Channel::EMAIL);
  Imposed(email);
  check::RecordContact record(work_);
  check::ReplayContact replay(work_, clock_);
  struct Told {
    absl::Time at;
    std::string phone;
    v1::CheckContactResponse answer;
  };
  std::vector<Told> told;
  const auto check = [&](int expected_of_each) {
    clock_.Advance(absl::Minutes(1));
    for (const char* phone : {"07700 900241", "07700 900242"}) {
      v1::CheckContactRequest request;
      request.set_channel(Channel::PHONE);
      request.set_phone(phone);
      auto answer = record(As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact"), request);
      ASSERT_THAT(answer, Allowed());
      ASSERT_EQ(answer->matches_size(), 1);
      EXPECT_EQ(answer->matches(0).instructions_size(), expected_of_each);
      answer->clear_as_of();
      answer->clear_consistency_token();
      told.push_back({clock_.Now(), phone, *answer});
    }
    clock_.Advance(absl::Minutes(1));
  };
  check(1);
  Merged(a.id(), b.id());
  check(2);
  v1::UnmergePersonRequest undo;
  undo.set_id(a.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  check(1);
  for (const Told& one : told) {
    v1::ReplayContactRequest request;
    request.mutable_check()->set_channel(Channel::PHONE);
    request.mutable_check()->set_phone(one.phone);
    request.mutable_at()->set_seconds(absl::ToUnixSeconds(one.at));
    const auto replayed = replay(As(Who("u-auditor", Role::kAuditor, {}), "ContactService/ReplayContact"), request);
    ASSERT_THAT(replayed, Allowed());
    EXPECT_EQ(replayed->as_known_then().ShortDebugString(), one.answer.ShortDebugString()) << one.phone << " at " << one.at;
  }
}

// What was stored under an older normal form is found by a check of today, and the past with it.
TEST_F(PeopleStories, HandlesOfAnOlderFormComeIntoTheNewOneAtStart) {
  const auto pat = APerson("07700 900230", [](auto& r) {
    for (const auto& [kind, value] : {std::pair(v1::Handle::Kind::EMAIL, "pat@b\u00fccher.example"),
                                      std::pair(v1::Handle::Kind::SOCIAL, "https://x.example/Pat_Example")}) {
      r.add_handles()->set_kind(kind);
      r.mutable_handles(r.handles_size() - 1)->set_value(value);
    }
  });
  Imposed(AProposal(pat.id()));
  const auto rename = [&](const std::string& table, const std::string& set) {
    Sql("update " + table + " set " + set + " where person_id = '" + pat.id() + "' returning 1");
  };
  rename("person_handle", "value = lower(written), ended_at = ended_at");
  rename("check_history",
         "facts = replace(replace(facts::text, 'xn--bcher-kva', 'b\u00fccher'), '\"pat_example\"', "
         "'\"https://x.example/pat_example\"')::jsonb");
  Sql("update handle_form set n = 1 returning n");
  const auto found = [&] {
    return Resolve([](auto& r) { r.set_email("PAT@xn--bcher-kva.example"); }).people_size() +
           Resolve([](auto& r) { r.set_social_handle("@pat_example"); }).people_size();
  };
  EXPECT_EQ(found(), 0);
  ASSERT_TRUE(BringHandlesToForm(work_));
  EXPECT_EQ(found(), 2);
  EXPECT_EQ(Sql("select count(*) from check_history where facts::text like '%https://x%' or facts::text like '%b\u00fccher%'"), "0");
  ASSERT_TRUE(BringHandlesToForm(work_)) << "once is enough";
}

}  // namespace
}  // namespace evenhand::restriction
