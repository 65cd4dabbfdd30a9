// Sentences of the policy tried where two of them meet: a variation that limits complaints, a need recorded after a decision, evidence that
// was infected before anybody proposed, a record that gave what it lent back.
#include <chrono>
#include <thread>

#include "services/restriction/app/delegate_authority.h"
#include "services/restriction/app/sweeps.h"
#include "services/restriction/store/time.h"
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using S = RestrictionState;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Corners : public PeopleStories {
 protected:
  Outcome<v1::Restriction> Vary(const std::string& id, const Actor& actor, const std::function<void(v1::VaryRestrictionRequest&)>& change) {
    v1::VaryRestrictionRequest request;
    request.set_id(id);
    request.set_reason("It changed");
    change(request);
    return decide_.Vary(As(actor, "RestrictionService/VaryRestriction"), request);
  }
  static void LimitComplaints(v1::VaryRestrictionRequest& r) {
    auto* m = r.mutable_terms()->add_measures();
    m->set_kind(MeasureKind::LIMIT_COMPLAINTS);
    m->set_description("The closed complaint about the kitchen");
  }
  void Lend(const std::string& to) {
    delegation::v1::Delegation lend;
    lend.set_delegate_id(to);
    lend.set_service_area("Housing");
    *lend.mutable_ends_at() = ToProto(clock_.Now() + absl::Hours(24));
    ASSERT_THAT(DelegateAuthority(work_).Create(As(manager_, "evenhand.delegation.v1.DelegationService/CreateDelegation"), lend),
                Allowed());
  }
};

TEST_F(Corners, Clause9_8_AVariationThatLimitsComplaintsIsADirectorsAndNamesTheEffect) {
  const auto plain = Imposed(AProposal(APerson().id()));
  EXPECT_THAT(Vary(plain.id(), manager_, LimitComplaints), RefusedBy(RefusalKind::kNotPermitted, "9.8"));
  Lend("u-deputy");
  EXPECT_THAT(Vary(plain.id(), Who("u-deputy", Role::kTeamLeader), LimitComplaints), RefusedBy(RefusalKind::kNotPermitted, "9.8"))
      << "it is nobody's to lend";
  EXPECT_THAT(Vary(plain.id(), director_, LimitComplaints), RefusedBy(RefusalKind::kInvalid, "9.8")) << "no ground names the effect";
  auto with_effect = AProposal(APerson("07700 900202").id());
  with_effect.mutable_grounds(0)->set_effect("Thirty complaints about one decision stop the repair");
  const auto imposed = Imposed(with_effect);
  ASSERT_THAT(Vary(imposed.id(), director_, LimitComplaints), Allowed());
  // From now on every decision about it is a director's.
  EXPECT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_),
              RefusedBy(RefusalKind::kNotPermitted, "9.8"));
  EXPECT_THAT(Lift(imposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "9.8"));
  EXPECT_THAT(Lift(imposed.id(), Who("u-other", Role::kStrategicDirector, {"Education"})), RefusedBy(RefusalKind::kNotPermitted, "9.8"));
  EXPECT_THAT(Lift(imposed.id(), director_), Allowed());
}

TEST_F(Corners, Clause5_4_ANeedRecordedLaterOrAMergeThatLeavesNoChannelAlarms) {
  const auto pat = APerson("07700 900201"), sam = APerson("07700 900202");
  Imposed(AProposal(pat.id()));
  EXPECT_THAT(GetPerson(pat.id()).alerts(), IsEmpty());
  v1::AddAdjustmentRequest need;
  need.set_id(pat.id());
  need.mutable_adjustment()->set_description("Cannot write");
  need.mutable_adjustment()->add_usable_channels(Channel::PHONE);
  ASSERT_THAT(care_.AddAdjustment(As(employee_, "PersonService/AddAdjustment"), need), Allowed());
  EXPECT_THAT(GetPerson(pat.id()).alerts(), Contains(HasSubstr("LAST_CHANNEL_CLOSED: Housing")));
  // An alternative that is named settles it.
  v1::ListRestrictionsRequest list;
  list.set_person_id(pat.id());
  const auto id = read_.List(As(manager_, "RestrictionService/ListRestrictions"), list)->restrictions(0).id();
  ASSERT_THAT(Vary(id, manager_, [](auto& r) { r.mutable_terms()->set_alternative_channel("IN_PERSON"); }), Allowed());
  EXPECT_THAT(GetPerson(pat.id()).alerts(), IsEmpty());
}

TEST_F(Corners, Clause5_4_CombinedMeasuresOfSeveralRestrictionsCloseTheLastChannelTogether) {
  const auto pat = APerson("07700 900201", [](auto& r) {
    auto* need = r.add_adjustments();
    need->set_description("Phone or e-mail only");
    need->add_usable_channels(Channel::PHONE);
    need->add_usable_channels(Channel::EMAIL);
  });
  Imposed(AProposal(pat.id()));
  auto email = AProposal(pat.id());
  email.mutable_measures(0)->set_channel(Channel::EMAIL);
  EXPECT_THAT(Propose(email, leader_), RefusedBy(RefusalKind::kInvalid, "5.4"));
  email.set_service_area("Libraries");
  EXPECT_THAT(Propose(email, Who("u-lib", Role::kTeamLeader, {"Libraries"})), Allowed()) << "another service can be telephoned";
  email.set_service_area("Housing");
  email.set_alternative_channel("PHONE");
  EXPECT_THAT(Propose(email, leader_), NamesField("alternativeChannel")) << "closed already";
}

TEST_F(Corners, Clause5_4_AContinuationOrANewDateLeavesNobodyWithoutAChannelEither) {
  const auto pat = APerson("07700 900201");
  const auto imposed = Imposed(AProposal(pat.id()));
  v1::AddAdjustmentRequest need;
  need.set_id(pat.id());
  need.mutable_adjustment()->set_description("Cannot write");
  need.mutable_adjustment()->add_usable_channels(Channel::PHONE);
  ASSERT_THAT(care_.AddAdjustment(As(employee_, "PersonService/AddAdjustment"), need), Allowed());
  using O = v1::ReviewRestrictionRequest::Outcome;
  EXPECT_THAT(Review(imposed.id(), O::CONTINUE, manager_), NamesField("alternativeChannel"));
  EXPECT_THAT(Vary(imposed.id(), manager_, [](auto& r) { r.mutable_terms()->set_ends_on("2027-01-01"); }),
              NamesField("alternativeChannel"));
  for (const char* closed : {"PHONE", "phone", " Phone "})
    EXPECT_THAT(Review(imposed.id(), O::CONTINUE, manager_, [&](auto& r) { r.mutable_terms()->set_alternative_channel(closed); }),
                NamesField("alternativeChannel"))
        << closed;
  EXPECT_THAT(
      Review(imposed.id(), O::CONTINUE, manager_, [](auto& r) { r.mutable_terms()->set_alternative_channel("In person, with Sandy"); }),
      Allowed());
  EXPECT_THAT(Lift(imposed.id(), manager_), Allowed());
}

TEST_F(Corners, Scenario25_NothingIsDecidedAnewAboutTheDeadAndAMergeCarriesTheDeathAlong) {
  const auto pat = APerson("07700 900201"),
             same = APerson("07700 900202", [](auto& r) { r.set_contract_process("Framework 7, clause 30"); });
  const auto imposed = Imposed(AProposal(pat.id()));
  v1::RecordDeathRequest died;
  died.set_id(same.id());
  died.set_died_on("2026-11-20");
  ASSERT_THAT(care_.RecordDeath(As(leader_, "PersonService/RecordDeath"), died), Allowed());
  const auto merged = Merged(pat.id(), same.id());
  EXPECT_EQ(merged.state(), v1::Person::State::DECEASED);
  EXPECT_EQ(merged.died_on(), "2026-11-20");
  EXPECT_EQ(merged.contract_process(), "Framework 7, clause 30");
  EXPECT_EQ(Sql("select count(*) from outbox where type = 'person.died' and data->'person'->>'personId' = '" + pat.id() + "'"), "1");
  using O = v1::ReviewRestrictionRequest::Outcome;
  EXPECT_THAT(Review(imposed.id(), O::CONTINUE, manager_), RefusedBy(RefusalKind::kConflict, "council rule"));
  EXPECT_THAT(Vary(imposed.id(), manager_, [](auto& r) { r.mutable_terms()->set_ends_on("2027-01-01"); }),
              RefusedBy(RefusalKind::kConflict, "council rule"));
  EXPECT_THAT(Review(imposed.id(), O::LIFT, manager_), Allowed());
  v1::UnmergePersonRequest undo;
  undo.set_id(pat.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  EXPECT_EQ(GetPerson(pat.id()).state(), v1::Person::State::ACTIVE);
  EXPECT_EQ(GetPerson(pat.id()).contract_process(), "");
  EXPECT_EQ(GetPerson(same.id()).state(), v1::Person::State::DECEASED);
}

TEST_F(Corners, Scenario5_AProposalWaitsForAMergeUnderWayAndGoesWithIt) {
  const auto a = APerson("07700 900201"), b = APerson("07700 900202");
  pqxx::connection other(testing::Postgres::Shared().owner());
  auto merging = std::make_unique<pqxx::work>(other);
  merging->exec("select from restriction.person where id = '" + b.id() + "' for update");
  const auto request = AProposal(b.id());
  std::thread proposal([&] {
    const auto proposed = Propose(request, leader_);
    ASSERT_THAT(proposed, Allowed());
    EXPECT_EQ(proposed->person_id(), a.id()) << "nothing is said of a record that was folded away";
  });
  while (Sql("select count(*) from pg_locks where not granted") == "0") std::this_thread::sleep_for(std::chrono::milliseconds(2));
  merging->exec("update restriction.person set state = 'MERGED', merged_into = '" + a.id() + "' where id = '" + b.id() + "'");
  merging->commit();
  proposal.join();
}

TEST_F(Corners, Scenario5_ALongChainOfMergesResolvesFromEveryOldReference) {
  std::vector<v1::Person> people;
  for (int i = 0; i < 20; ++i) people.push_back(APerson("07700 9004" + std::to_string(10 + i)));
  for (std::size_t i = 0; i + 1 < people.size(); ++i) Merged(people[i + 1].id(), people[i].id());
  for (const auto& person : people) EXPECT_EQ(GetPerson(person.reference()).id(), people.back().id());
  EXPECT_EQ(GetPerson(people.front().id()).handles_size(), 20);
}

TEST_F(Corners, Clause4_3_AnEntryThatNobodyConfirmsAlarmsOnceAfterItsYear) {
  const auto pat = APerson();
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id()));
  EXPECT_EQ(marker->review_on(), "2027-11-25");
  for (const char* day : {"2027-11-25T12:00:00Z", "2027-11-26T12:00:00Z", "2027-11-27T12:00:00Z"}) {
    clock_.Set(At(day));
    Sweeps(work_).AlarmOverdueReviews();
    Sweeps(work_).AlarmOverdueReviews();
  }
  EXPECT_EQ(Events("marker.review_overdue"), 1);
  EXPECT_TRUE(GetPerson(pat.id()).markers(0).review_overdue());
  EXPECT_EQ(GetPerson(pat.id()).markers(0).state(), marker::v1::Marker::State::PROVISIONAL) << "it persists until somebody decides";
}

TEST_F(Corners, Clause4_3_ThePersonIsToldBeforeItIsRecorded) {
  const auto pat = APerson();
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id()));
  marker::v1::ConfirmMarkerRequest confirm;
  confirm.set_id(pat.id());
  confirm.set_mid(marker->id());
  confirm.mutable_told()->set_informed(true);
  confirm.mutable_told()->set_how("Letter");
  confirm.mutable_told()->set_on("2026-11-26");
  EXPECT_THAT(register_.Confirm(As(manager_, "evenhand.marker.v1.MarkerService/ConfirmMarker"), confirm), NamesField("told.on"));
  confirm.mutable_told()->set_on("2026-11-25");
  EXPECT_THAT(register_.Confirm(As(manager_, "evenhand.marker.v1.MarkerService/ConfirmMarker"), confirm), Allowed());
}

TEST_F(Corners, Scenario10_EvidenceInfectedBeforeTheProposalIsFlaggedToWhoeverDecides) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  incidents_.known[request.grounds(0).incident_ids(0)].infected = true;
  const auto proposed = Proposed(request);
  EXPECT_THAT(Get(proposed.id()).alerts(), Contains(v1::Restriction::Alert::EVIDENCE_INFECTED));
  const auto imposed = Impose(proposed.id(), manager_);
  ASSERT_THAT(imposed, Allowed());
  EXPECT_EQ(imposed->open_review().cause(), ReviewCause::EVIDENCE_INFECTED);
  EXPECT_THAT(imposed->alerts(), Contains(v1::Restriction::Alert::URGENT_REVIEW));
}

TEST_F(Corners, Scenario10_AProposalWhoseIncidentWasWithdrawnIsFlaggedAndCantBeImposed) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const auto proposed = Proposed(request);
  const std::string incident = request.grounds(0).incident_ids(0);
  incidents_.known[incident].stands = false;
  Happened<events::IncidentWithdrawn>(incident, pat.id());
  EXPECT_THAT(Get(proposed.id()).alerts(), Contains(v1::Restriction::Alert::INCIDENT_WITHDRAWN));
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kInvalid, "7.3"));
}

TEST_F(Corners, Scenario5_UnmergeGivesBackWhatTheOtherHadBroughtAndKeepsWhatWasSaidSince) {
  const auto a = APerson("07700 900201", [](auto& r) { r.set_display_name("Kim Example"); });
  const auto b = APerson("07700 900202", [](auto& r) {
    r.set_date_of_birth("1970-01-01");
    r.set_preferred_format(Format::EASY_READ);
    r.mutable_advocate()->set_name("Sandy Advocate");
    for (const char* line : {"1 Example Street", "Alloa", "FK10 1AA"}) r.mutable_postal_address()->add_lines(line);
    r.mutable_postal_address()->set_confirmed(true);
  });
  v1::AddNoContactRequestRequest ask;
  ask.set_id(b.id());
  ask.mutable_request()->set_staff_id("E7001");
  ASSERT_THAT(care_.AddNoContactRequest(As(leader_, "PersonService/AddNoContactRequest"), ask), Allowed());
  Merged(a.id(), b.id());
  EXPECT_EQ(GetPerson(a.id()).date_of_birth(), "1970-01-01");
  EXPECT_THAT(GetPerson(a.id()).no_contact_requests(), SizeIs(1));
  v1::UpdatePersonRequest since;
  since.mutable_person()->set_id(a.id());
  since.mutable_person()->set_date_of_birth("1971-02-02");
  since.mutable_update_mask()->add_paths("date_of_birth");
  ASSERT_THAT(people_.Update(As(leader_, "PersonService/UpdatePerson"), since), Allowed());
  v1::UnmergePersonRequest undo;
  undo.set_id(a.id());
  ASSERT_THAT(merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), undo), Allowed());
  const auto left = GetPerson(a.id()), back = GetPerson(b.id());
  EXPECT_EQ(left.date_of_birth(), "1971-02-02") << "said since";
  EXPECT_LE(left.preferred_format(), Format::STANDARD);
  EXPECT_FALSE(left.has_advocate());
  EXPECT_FALSE(left.has_postal_address()) << "a letter to the other's address would be a breach";
  EXPECT_THAT(left.no_contact_requests(), IsEmpty());
  EXPECT_EQ(back.advocate().name(), "Sandy Advocate");
  EXPECT_EQ(back.preferred_format(), Format::EASY_READ);
  EXPECT_THAT(back.no_contact_requests(), SizeIs(1));
}

TEST_F(Corners, Clause4_3_AnEntryThatSaysNotWhetherThePersonWasToldSaysSo) {
  const auto pat = APerson();
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id()));
  marker::v1::ConfirmMarkerRequest confirm;
  confirm.set_id(pat.id());
  confirm.set_mid(marker->id());
  ASSERT_THAT(register_.Confirm(As(manager_, "evenhand.marker.v1.MarkerService/ConfirmMarker"), confirm), Allowed());
  EXPECT_THAT(GetPerson(pat.id()).markers(0).alerts(), Contains(marker::v1::Marker::Alert::TOLD_NOT_RECORDED));
}

TEST_F(Corners, Clause10_6_ARequestIsWithdrawnWithItsOwnEtag) {
  const auto pat = APerson();
  v1::AddNoContactRequestRequest ask;
  ask.set_id(pat.id());
  const auto made = care_.AddNoContactRequest(As(employee_, "PersonService/AddNoContactRequest"), ask);
  ASSERT_THAT(made, Allowed());
  v1::WithdrawNoContactRequestRequest withdraw;
  withdraw.set_id(pat.id());
  withdraw.set_request_id(made->id());
  const std::string method = "PersonService/WithdrawNoContactRequest";
  EXPECT_THAT(care_.WithdrawNoContactRequest(As(Who("u-other", Role::kEmployee), method), withdraw),
              RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_FALSE(care_.WithdrawNoContactRequest(As(employee_, method, ""), withdraw).ok());
  EXPECT_FALSE(care_.WithdrawNoContactRequest(As(employee_, method, "\"7\""), withdraw).ok());
  EXPECT_THAT(care_.WithdrawNoContactRequest(As(employee_, method, made->etag()), withdraw), Allowed());
}

TEST_F(Corners, Scenario7_TheHarmedReviewerIsRefusedAtEachStepAlsoUnderADelegation) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  request.mutable_grounds(0)->add_incident_ids(incidents_.Add(pat.id(), {"u-harmed"}));
  const auto imposed = Imposed(request);
  const Actor manager = Who("u-harmed", Role::kSeniorManager), lent = Who("u-harmed", Role::kTeamLeader);
  Lend("u-harmed");
  using O = v1::ReviewRestrictionRequest::Outcome;
  for (const auto& actor : {manager, lent})
    for (const auto outcome : {O::START, O::CONTINUE, O::VARY, O::LIFT})
      EXPECT_THAT(Review(imposed.id(), outcome, actor), RefusedBy(RefusalKind::kNotPermitted, "council rule")) << outcome;
  // Also where the incident that harmed them no longer stands: they were harmed all the same.
  incidents_.known[request.grounds(0).incident_ids(1)].stands = false;
  EXPECT_THAT(Lift(imposed.id(), manager), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
}

}  // namespace
}  // namespace evenhand::restriction
