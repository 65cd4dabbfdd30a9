// What an appeal, an incident and time bring to a person's restrictions and register entries, against a real database.
#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using S = RestrictionState;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(PeopleStories, CaseK_AnAppealOverturnsItsOwnRestrictionAloneAndOnce) {
  const auto pat = APerson();
  const auto one = Imposed(AProposal(pat.id()));
  auto other = AProposal(pat.id());
  other.mutable_measures(0)->set_kind(MeasureKind::WITHHOLD_STAFF_DETAILS);
  other.mutable_measures(0)->clear_channel();
  const auto two = Imposed(other);
  ASSERT_THAT(Review(one.id(), v1::ReviewRestrictionRequest::Outcome::START, manager_), Allowed());
  const auto applied = Apply("a-1", one, AppealOutcome::UPHELD);
  ASSERT_THAT(applied, Allowed());
  EXPECT_TRUE(applied->review_superseded());  // scenario 14
  const auto again = Apply("a-1", one, AppealOutcome::UPHELD);
  EXPECT_TRUE(again->repeated());
  EXPECT_EQ(again->result(), AppealResult::OVERTURNED);
  EXPECT_EQ(Events("restriction.overturned"), 1);
  EXPECT_EQ(Get(one.id()).state(), S::OVERTURNED);
  EXPECT_EQ(Get(two.id()).state(), S::IN_FORCE);
  EXPECT_EQ(InForce(pat.id()), "WITHHOLD_STAFF_DETAILS");
}

TEST_F(PeopleStories, Scenario15_AnAppealVariesAndOneVersionHolds) {
  const auto pat = APerson();
  const auto imposed = Imposed(AProposal(pat.id()));
  const auto applied = Apply("a-2", imposed, AppealOutcome::PARTLY_UPHELD, [](auto& r) {
    auto* m = r.mutable_variation()->add_measures();
    m->set_kind(MeasureKind::NAMED_CONTACT);
    m->set_name("Duty officer");
  });
  ASSERT_THAT(applied, Allowed());
  EXPECT_EQ(InForce(pat.id()), "NAMED_CONTACT");
  const auto now = Get(imposed.id());
  EXPECT_EQ(now.decisions(1).kind(), DecisionKind::APPEAL_VARIATION);
  EXPECT_EQ(now.decisions(1).decided_by(), "u-director");
  // Lifted meanwhile: the appeal still has its answer.
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  EXPECT_EQ(Apply("a-3", imposed, AppealOutcome::UPHELD)->result(), AppealResult::ALREADY_ENDED);
}

TEST_F(PeopleStories, Scenario3_AWithdrawnIncidentOpensAnUrgentReviewAndLiftsNothing) {
  const auto pat = APerson();
  const auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  Happened<events::IncidentWithdrawn>(request.grounds(0).incident_ids(0), pat.id());
  const auto now = Get(imposed.id());
  EXPECT_EQ(now.state(), S::IN_FORCE);
  EXPECT_TRUE(now.open_review().urgent());
  EXPECT_EQ(now.open_review().cause(), ReviewCause::INCIDENT_WITHDRAWN);
  EXPECT_THAT(now.alerts(), Contains(v1::Restriction::Alert::URGENT_REVIEW));
  EXPECT_EQ(Events("restriction.urgent_review_opened"), 1);
  EXPECT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::LIFT, manager_), Allowed());
}

// Unlinked by a team leader: it binds nobody at once, nor does an entry of the register, and nobody is written to before a manager has
// decided.
TEST_F(PeopleStories, CaseA_WhatRestedOnSomebodyElsesIncidentAloneBindsNobodyUntilAManagerDecides) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const std::string incident = request.grounds(0).incident_ids(0);
  const auto imposed = Imposed(request);
  const auto marker = ProposeMarker(pat.id(), incident);
  ASSERT_THAT(Confirm(*marker, manager_), Allowed());
  Unlink(incident, pat.id());
  const auto now = Get(imposed.id());
  EXPECT_EQ(now.state(), S::IN_FORCE);
  EXPECT_TRUE(now.has_suspended_at());
  EXPECT_THAT(now.alerts(), AllOf(Contains(v1::Restriction::Alert::DOES_NOT_BIND), Contains(v1::Restriction::Alert::URGENT_REVIEW)));
  EXPECT_EQ(now.open_review().cause(), ReviewCause::PERSON_UNLINKED);
  EXPECT_EQ(now.open_review().due_at().seconds() - now.open_review().opened_at().seconds(), 24 * 3600);
  EXPECT_EQ(InForce(pat.id()), "");
  EXPECT_EQ(GetPerson(pat.id()).markers(0).state(), marker::v1::Marker::State::SUSPENDED);
  EXPECT_EQ(Events("marker.removed"), 0);
  EXPECT_EQ(Events("marker.suspended"), 1);
  EXPECT_EQ(Events("restriction.suspended"), 1);
  EXPECT_EQ(Events("restriction.lifted"), 0);
  // A team leader ends nothing by it; nor is it kept on evidence that is gone.
  EXPECT_THAT(Lift(imposed.id(), leader_), RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  using O = v1::ReviewRestrictionRequest::Outcome;
  EXPECT_THAT(Review(imposed.id(), O::CONTINUE, manager_), NamesField("grounds[0].incidentIds[0]"));
  EXPECT_EQ(InForce(pat.id()), "");
  // Another decision about the person fills no gap with it.
  auto other = AProposal(pat.id());
  other.mutable_measures(0)->set_channel(Channel::EMAIL);
  ASSERT_THAT(Lift(Imposed(other).id(), manager_), Allowed());
  EXPECT_EQ(InForce(pat.id()), "");
  const auto lifted = Lift(imposed.id(), manager_);
  ASSERT_THAT(lifted, Allowed());
  EXPECT_EQ(lifted->history().rbegin()->action(), v1::HistoryAction::ENDED_AS_MISTAKEN) << "the letter says that it was a mistake";
  EXPECT_FALSE(lifted->has_suspended_at());
}

TEST_F(PeopleStories, CaseA_AnAmendmentThatTakesTheLinkAwayIsTheSame) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  const std::string incident = request.grounds(0).incident_ids(0);
  incidents_.known[incident].person_id = "";
  Happened<events::IncidentAmended>(incident, pat.id());
  Unlinked(incident, pat.id());
  EXPECT_EQ(Get(imposed.id()).open_review().cause(), ReviewCause::PERSON_UNLINKED);
  EXPECT_EQ(Events("restriction.suspended"), 1);
  EXPECT_EQ(Events("restriction.urgent_review_opened"), 0);
}

TEST_F(PeopleStories, CaseA_TheLinkPutRightBindsAgainWithoutADecision) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  const std::string incident = request.grounds(0).incident_ids(0);
  Unlink(incident, pat.id());
  incidents_.known[incident].person_id = pat.id();
  Happened<events::IncidentPersonLinked>(incident, pat.id());
  const auto now = Get(imposed.id());
  EXPECT_FALSE(now.has_suspended_at());
  EXPECT_FALSE(now.has_open_review());
  EXPECT_THAT(now.decisions(), SizeIs(1));
  EXPECT_EQ(InForce(pat.id()), "BLOCK_CHANNEL:PHONE");
  EXPECT_EQ(Events("restriction.resumed"), 1);
}

TEST_F(PeopleStories, CaseA_OtherEvidenceThatIsNamedBindsAgainByADecision) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  Unlink(request.grounds(0).incident_ids(0), pat.id());
  using O = v1::ReviewRestrictionRequest::Outcome;
  v1::Ground ground = request.grounds(0);
  ground.set_incident_ids(0, incidents_.Add(pat.id()));
  const auto with = [&](v1::ReviewRestrictionRequest& r) { *r.add_grounds() = ground; };
  const auto by_harmed = [&](v1::ReviewRestrictionRequest& r) {
    *r.add_grounds() = ground;
    r.mutable_grounds(0)->set_incident_ids(0, incidents_.Add(pat.id(), {"u-sm"}));
  };
  EXPECT_THAT(Review(imposed.id(), O::CONTINUE, manager_, by_harmed), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  const auto continued = Review(imposed.id(), O::CONTINUE, manager_, with);
  ASSERT_THAT(continued, Allowed());
  EXPECT_FALSE(continued->has_suspended_at());
  EXPECT_EQ(continued->decisions_size(), 2);
  EXPECT_EQ(InForce(pat.id()), "BLOCK_CHANNEL:PHONE");
  EXPECT_EQ(Sql("select incident_id from restriction_incident where restriction_id = '" + imposed.id() + "'"), ground.incident_ids(0));
}

TEST_F(PeopleStories, CaseA_AnAppealThatVariesItBindsNobodyEither) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  Unlink(request.grounds(0).incident_ids(0), pat.id());
  ASSERT_THAT(Apply("a-7", imposed, AppealOutcome::PARTLY_UPHELD,
                    [](auto& r) {
                      auto* m = r.mutable_variation()->add_measures();
                      m->set_kind(MeasureKind::NAMED_CONTACT);
                      m->set_name("Duty officer");
                    }),
              Allowed());
  EXPECT_EQ(InForce(pat.id()), "");
  EXPECT_EQ(Apply("a-8", imposed, AppealOutcome::UPHELD)->result(), AppealResult::OVERTURNED);
}

TEST_F(PeopleStories, CaseA_AnEntryOfTheRegisterWaitsForAManagerToo) {
  const auto pat = APerson();
  const std::string incident = incidents_.Add(pat.id());
  const auto marker = ProposeMarker(pat.id(), incident);
  ASSERT_THAT(Confirm(*marker, manager_), Allowed());
  check::RecordContact record(work_);
  const auto told = [&] {
    v1::CheckContactRequest request;
    request.set_channel(Channel::PHONE);
    request.set_phone("07700 900123");
    const auto answer = record(As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact"), request);
    return answer.ok() && answer->matches_size() == 1 && answer->matches(0).has_marker();
  };
  EXPECT_TRUE(told());
  Unlink(incident, pat.id());
  EXPECT_FALSE(told());
  marker::v1::ReviewMarkerRequest review;
  review.set_id(pat.id());
  review.set_mid(marker->id());
  review.set_outcome(marker::v1::ReviewMarkerRequest::Outcome::CONTINUE);
  review.set_reason("We keep it");
  EXPECT_THAT(register_.Review(As(manager_, "evenhand.marker.v1.MarkerService/ReviewMarker"), review), NamesField("incidentIds[0]"));
  incidents_.known[incident].person_id = pat.id();
  Happened<events::IncidentPersonLinked>(incident, pat.id());
  EXPECT_EQ(GetPerson(pat.id()).markers(0).state(), marker::v1::Marker::State::CONFIRMED);
  EXPECT_EQ(Events("marker.resumed"), 1);
  EXPECT_TRUE(told());
  Unlink(incident, pat.id());
  marker::v1::RemoveMarkerRequest remove;
  remove.set_id(pat.id());
  remove.set_mid(marker->id());
  remove.set_reason("Another person");
  EXPECT_THAT(register_.Remove(As(leader_, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove),
              RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(register_.Remove(As(manager_, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove), Allowed());
}

// What rested on the other record's incident stops binding when the two are two again, and binds whoever a human says it is about.
TEST_F(PeopleStories, CaseA_AnUnmergeTakesTheEvidenceAway) {
  const auto pat = APerson(), other = APerson("07700 900321");
  const std::string incident = incidents_.Add(other.id());
  Merged(pat.id(), other.id());
  incidents_.known[incident].person_id = pat.id();
  clock_.Advance(absl::Hours(1));
  auto request = AProposal(pat.id());
  request.mutable_grounds(0)->set_incident_ids(0, incident);
  const auto imposed = Imposed(request);
  v1::UnmergePersonRequest undo;
  undo.set_id(pat.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  incidents_.known[incident].person_id = other.id();
  Returned(incident, other.id(), pat.id());
  EXPECT_TRUE(Get(imposed.id()).has_suspended_at());
  EXPECT_EQ(InForce(pat.id()), "");
  v1::AnswerMergeQuestionRequest answer;
  answer.set_id(pat.id());
  answer.set_question_id(GetPerson(pat.id()).merges(0).questions(0).id());
  answer.set_person_id(other.id());
  ASSERT_THAT(merger_.Answer(As(leader_, "PersonService/AnswerMergeQuestion"), answer), Allowed());
  EXPECT_FALSE(Get(imposed.id()).has_suspended_at());
  EXPECT_EQ(InForce(other.id()), "BLOCK_CHANNEL:PHONE");
}

// Whatever came to the one record while it was two people's: a human is asked of each, and the answer takes it where it belongs.
TEST_F(PeopleStories, Scenario5_WhatCameWhileTheyWereOneIsAskedAbout) {
  const auto pat = APerson(), other = APerson("07700 900321", [](auto& r) { r.mutable_advocate()->set_name("Law Centre"); });
  Merged(pat.id(), other.id());
  clock_.Advance(absl::Hours(1));
  v1::AddAdjustmentRequest need;
  need.set_id(pat.id());
  need.mutable_adjustment()->set_description("Large print");
  ASSERT_THAT(care_.AddAdjustment(As(leader_, "PersonService/AddAdjustment"), need), Allowed());
  v1::AddNoContactRequestRequest away;
  away.set_id(pat.id());
  away.mutable_request();
  ASSERT_THAT(care_.AddNoContactRequest(As(leader_, "PersonService/AddNoContactRequest"), away), Allowed());
  v1::RecordAdvocateResignationRequest resigned;
  resigned.set_id(pat.id());
  ASSERT_THAT(care_.RecordAdvocateResignation(As(leader_, "PersonService/RecordAdvocateResignation"), resigned), Allowed());
  v1::RecordDeathRequest death;
  death.set_id(pat.id());
  ASSERT_THAT(care_.RecordDeath(As(leader_, "PersonService/RecordDeath"), death), Allowed());
  v1::UnmergePersonRequest undo;
  undo.set_id(pat.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  EXPECT_NE(GetPerson(other.id()).advocate().resigned_on(), "") << "it was the other's advocate who resigned";
  EXPECT_FALSE(GetPerson(pat.id()).has_advocate());
  std::set<std::string> asked;
  const auto apart = GetPerson(pat.id());
  for (const auto& question : apart.merges(0).questions()) {
    asked.insert(question.thing_kind());
    v1::AnswerMergeQuestionRequest answer;
    answer.set_id(pat.id());
    answer.set_question_id(question.id());
    answer.set_person_id(other.id());
    ASSERT_THAT(merger_.Answer(As(leader_, "PersonService/AnswerMergeQuestion"), answer), Allowed()) << question.thing_kind();
  }
  EXPECT_EQ(asked, (std::set<std::string>{"adjustment", "death", "no_contact_request"}));
  EXPECT_EQ(GetPerson(pat.id()).state(), v1::Person::State::ACTIVE);
  EXPECT_EQ(GetPerson(other.id()).state(), v1::Person::State::DECEASED);
  EXPECT_EQ(GetPerson(pat.id()).adjustments_size() + GetPerson(pat.id()).no_contact_requests_size(), 0);
  EXPECT_EQ(GetPerson(other.id()).adjustments_size() + GetPerson(other.id()).no_contact_requests_size(), 2);
}

// Each version has its entry in the audit, by the same hand at the same instant: what `audit verify` asks.
TEST_F(PeopleStories, Clause12_4_AMergeAndItsUndoingLeaveNoVersionWithoutItsEntry) {
  const auto pat = APerson(), other = APerson("07700 900321");
  Imposed(AProposal(other.id()));
  const std::string incident = incidents_.Add(other.id());
  ASSERT_THAT(ProposeMarker(other.id(), incident), Allowed());
  clock_.Advance(absl::Hours(1));
  Merged(pat.id(), other.id());
  clock_.Advance(absl::Hours(1));
  v1::AddAdjustmentRequest need;
  need.set_id(pat.id());
  need.mutable_adjustment()->set_description("Large print");
  ASSERT_THAT(care_.AddAdjustment(As(leader_, "PersonService/AddAdjustment"), need), Allowed());
  clock_.Advance(absl::Hours(1));
  v1::UnmergePersonRequest undo;
  undo.set_id(pat.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  clock_.Advance(absl::Hours(1));
  const auto apart = GetPerson(pat.id());
  for (const auto& question : apart.merges(0).questions()) {
    v1::AnswerMergeQuestionRequest answer;
    answer.set_id(pat.id());
    answer.set_question_id(question.id());
    answer.set_person_id(other.id());
    ASSERT_THAT(merger_.Answer(As(leader_, "PersonService/AnswerMergeQuestion"), answer), Allowed());
  }
  for (const std::string kind : {"person", "restriction", "marker"}) {
    EXPECT_EQ(Sql("select count(*) from " + kind + "_version v where not exists (select from audit a where a.subject_id = v." + kind +
                  "_id::text and a.at = v.at and a.actor = v.by)"),
              "0")
        << kind;
  }
}

TEST_F(PeopleStories, Clause5_4_AMergeKeepsTheAdvocateWhoIsTheOnlyWay) {
  const auto with = [](const char* name, bool only) {
    return [name, only](v1::Person& r) {
      r.mutable_advocate()->set_name(name);
      r.mutable_advocate()->set_only_contact(only);
    };
  };
  const auto pat = APerson("07700 900123", with("Law Centre", false)), other = APerson("07700 900321", with("Advice Shop", true));
  const auto one = Merged(pat.id(), other.id());
  EXPECT_EQ(one.advocate().name(), "Advice Shop");
  EXPECT_TRUE(one.advocate().only_contact());
  v1::UnmergePersonRequest undo;
  undo.set_id(pat.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  EXPECT_EQ(GetPerson(pat.id()).advocate().name(), "Law Centre");
  EXPECT_EQ(GetPerson(other.id()).advocate().name(), "Advice Shop");
}

// A merge is an edit: for whom the person works is changed by who may decide, whichever way it comes.
TEST_F(PeopleStories, Clause12_4_AMergeChangesNobodysEmployerForATeamLeader) {
  const auto employed = [](const char* boss) {
    return [boss](v1::Person& r) {
      r.set_is_employee(true);
      r.mutable_employment()->set_staff_id("E7");
      r.mutable_employment()->set_line_manager_id(boss);
    };
  };
  const auto plain = APerson(), one = APerson("07700 900321", employed("u-boss")), two = APerson("07700 900322", employed("u-other")),
             same = APerson("07700 900323", employed("u-boss"));
  const auto merge = [&](const Actor& actor, const v1::Person& into, const v1::Person& from) {
    v1::MergePeopleRequest request;
    request.set_survivor_id(into.id());
    request.set_duplicate_id(from.id());
    return merger_.Merge(As(actor, "PersonService/MergePeople"), request);
  };
  for (const auto& [into, from] : {std::pair(plain, one), std::pair(one, plain), std::pair(one, two), std::pair(two, one)})
    EXPECT_THAT(merge(leader_, into, from), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(merge(leader_, one, same), Allowed());
  EXPECT_THAT(merge(manager_, one, two), Allowed());
  v1::UnmergePersonRequest undo;
  undo.set_id(one.id());
  undo.set_merged_person_id(two.id());
  EXPECT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(merger_.Unmerge(As(manager_, "PersonService/UnmergePerson"), undo), Allowed());
}

// Its last day passes while a manager is asked: nobody is written to, and the decision is still theirs.
TEST_F(PeopleStories, CaseA_WhatBindsNobodyDoesNotEndByItself) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  request.set_ends_on(FormatDate(DateOf(clock_.Now()) + 10));
  const auto imposed = Imposed(request);
  Unlink(request.grounds(0).incident_ids(0), pat.id());
  clock_.Advance(absl::Hours(24 * 12));
  Sweeps(work_).ExpireRestrictions();
  EXPECT_EQ(Get(imposed.id()).state(), S::IN_FORCE);
  EXPECT_EQ(Events("restriction.expired"), 0);
  EXPECT_EQ(InForce(pat.id()), "");
  EXPECT_THAT(Lift(imposed.id(), manager_), Allowed());
}

TEST_F(PeopleStories, CaseA_AMergeDoesNotCloseWhatAManagerIsAskedAbout) {
  const auto pat = APerson(), double_ = APerson();
  const auto stands = Imposed(AProposal(pat.id()));
  auto request = AProposal(double_.id());
  const auto asked = Imposed(request);
  Unlink(request.grounds(0).incident_ids(0), double_.id());
  Merged(pat.id(), double_.id());
  EXPECT_EQ(Get(asked.id()).state(), S::IN_FORCE);
  EXPECT_TRUE(Get(asked.id()).has_suspended_at());
  EXPECT_EQ(InForce(pat.id()), "BLOCK_CHANNEL:PHONE");
}

TEST_F(PeopleStories, Scenario5_WhatAMergeClosedHoldsOnWhenTheOneThatStoodForItWasWrong) {
  for (const bool overturned : {true, false}) {
    const std::string phone = overturned ? "07700 900131" : "07700 900132";
    const auto pat = APerson(phone), double_ = APerson(overturned ? "07700 900133" : "07700 900134");
    auto request = AProposal(pat.id());
    const auto stands = Imposed(request), closed = Imposed(AProposal(double_.id()));
    Merged(pat.id(), double_.id());
    EXPECT_EQ(Get(closed.id()).state(), S::SUPERSEDED);
    if (overturned) {
      ASSERT_THAT(Apply("a-5", stands, AppealOutcome::UPHELD), Allowed());
    } else {
      Unlink(request.grounds(0).incident_ids(0), pat.id());
    }
    EXPECT_EQ(Get(closed.id()).state(), S::IN_FORCE);
    EXPECT_FALSE(Get(closed.id()).has_ended_at());
    EXPECT_EQ(InForce(pat.id()), "BLOCK_CHANNEL:PHONE");
    ASSERT_THAT(Lift(closed.id(), manager_), Allowed());
    EXPECT_EQ(InForce(pat.id()), "");
  }
}

TEST_F(PeopleStories, CaseA_ThatNobodyDecidedWithinTheDayAlarmsOnce) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto imposed = Imposed(request);
  Unlink(request.grounds(0).incident_ids(0), pat.id());
  Sweeps sweeps(work_);
  sweeps.AlarmUndecidedEvidence();
  EXPECT_EQ(Events("restriction.evidence_overdue"), 0);
  clock_.Advance(absl::Hours(25));
  sweeps.AlarmUndecidedEvidence();
  sweeps.AlarmUndecidedEvidence();
  EXPECT_EQ(Events("restriction.evidence_overdue"), 1);
}

// A proposal binds nobody and waits for whoever decides: it says what became of its evidence, and is nobody's to end by unlinking.
TEST_F(PeopleStories, CaseA_AProposalWhoseEvidenceIsGoneSaysSoAndCannotBeImposed) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto proposed = Proposed(request);
  Unlink(request.grounds(0).incident_ids(0), pat.id());
  EXPECT_EQ(Get(proposed.id()).state(), S::PROPOSED);
  EXPECT_THAT(Get(proposed.id()).alerts(), Contains(v1::Restriction::Alert::PERSON_UNLINKED));
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kInvalid, "7.3"));
}

TEST_F(PeopleStories, CaseA_OtherEvidenceKeepsItForAnUrgentReview) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  request.mutable_grounds(0)->add_incident_ids(incidents_.Add(pat.id()));
  const auto imposed = Imposed(request);
  const std::string gone = request.grounds(0).incident_ids(0);
  incidents_.known[gone].person_id = "";
  Unlinked(gone, pat.id());
  EXPECT_EQ(Get(imposed.id()).state(), S::IN_FORCE);
  EXPECT_EQ(Get(imposed.id()).open_review().cause(), ReviewCause::PERSON_UNLINKED);
}

TEST_F(PeopleStories, Clause4_3_AnIncidentSentToTheRegisterBecomesAProvisionalEntryOnce) {
  const auto pat = APerson("07700 900123", [](auto& r) { r.set_date_of_birth("1980-05-01"); });
  const std::string incident = incidents_.Add(pat.id(), {"E1001"}, {Behaviour::ABUSE, Behaviour::VIOLENCE});
  incidents_.known[incident].occurred_at = clock_.Now() - absl::Hours(50);
  using Out = common::v1::FollowUpOutcome;
  for (int i = 0; i < 3; ++i) DecidedForRegister(incident, pat.id(), Out::TO_REGISTER, "u-manager");
  const auto person = GetPerson(pat.id());
  ASSERT_THAT(person.markers(), SizeIs(1));
  const auto& marker = person.markers(0);
  EXPECT_EQ(marker.state(), marker::v1::Marker::State::PROVISIONAL);
  EXPECT_EQ(marker.category(), Behaviour::VIOLENCE);
  EXPECT_EQ(marker.proposed_by(), "u-manager");
  EXPECT_EQ(marker.hours_to_register(), 50);
  EXPECT_THAT(Confirm(marker, manager_), Allowed());
  DecidedForRegister(incidents_.Add(pat.id()), pat.id(), Out::NOT_TO_REGISTER, "u-manager");
  DecidedForRegister(incidents_.Add(""), pat.id(), Out::TO_REGISTER, "u-manager");
  EXPECT_THAT(GetPerson(pat.id()).markers(), SizeIs(1));
}

TEST_F(PeopleStories, Clause4_3_OfUnknownAgeNoEntryIsMadeAndTheDecisionIsNotForgotten) {
  const auto pat = APerson();
  const std::string incident = incidents_.Add(pat.id());
  DecidedForRegister(incident, pat.id(), common::v1::FollowUpOutcome::TO_REGISTER, "u-m");
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
  EXPECT_EQ(all->due_on(), "2026-12-25");
  EXPECT_THAT(all->incidents(), SizeIs(1));
  EXPECT_THAT(all->appeals(), SizeIs(1));
  for (const char* staff : {"u-sm", "u-tl", "E1001"}) EXPECT_THAT(all->DebugString(), ::testing::Not(HasSubstr(staff)));
}

TEST_F(PeopleStories, Scenario25_ARetentionDateIsHeldWhileAnAppealIsOpen) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  Appealed<events::AppealLodged>(imposed, "a-9", common::v1::AppealState::LODGED);
  ASSERT_THAT(Get(imposed.id()).holds(), SizeIs(1));
  EXPECT_EQ(Get(imposed.id()).holds(0).kind(), v1::Hold::Kind::APPEAL_OPEN);
  Appealed<events::AppealWithdrawn>(imposed, "a-9", common::v1::AppealState::WITHDRAWN);
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
  EXPECT_EQ(facts->decision().kind(), DecisionKind::CONTINUATION);
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
