// Who decides, tried by every path that decides: on what grounds, by whose authority, about whom, and what they may impose instead.
#include "services/platform/areas/area_directory.h"
#include "services/restriction/app/delegate_authority.h"
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

class WhoDecides : public PeopleStories {
 protected:
  using Path = std::pair<const char*, std::function<Outcome<v1::Restriction>(const std::string&, const Actor&)>>;

  template <typename Request>
  static Request Of(const std::string& id) {
    Request request;
    request.set_id(id);
    request.set_reason("Looked at with care");
    return request;
  }
  Outcome<v1::Restriction> Vary(const std::string& id, const Actor& actor) {
    auto request = Of<v1::VaryRestrictionRequest>(id);
    request.mutable_terms()->set_ends_on("2027-06-30");
    return decide_.Vary(As(actor, "RestrictionService/VaryRestriction"), request);
  }
  Outcome<v1::Restriction> Return(const std::string& id, const Actor& actor) {
    return decide_.Return(As(actor, "RestrictionService/ReturnRestriction"), Of<v1::ReturnRestrictionRequest>(id));
  }
  Outcome<v1::Restriction> Decline(const std::string& id, const Actor& actor) {
    return decide_.Decline(As(actor, "RestrictionService/DeclineRestriction"), Of<v1::DeclineRestrictionRequest>(id));
  }
  Outcome<v1::Restriction> Correct(const std::string& id, const Actor& actor, const std::function<void(v1::Restriction&)>& change,
                                   const std::string& if_match = "*") {
    v1::UpdateRestrictionRequest request;
    request.mutable_restriction()->set_id(id);
    change(*request.mutable_restriction());
    return propose_.Correct(As(actor, "RestrictionService/UpdateRestriction", if_match), request);
  }
  Outcome<v1::Restriction> ImposeInstead(const std::string& id, const std::vector<v1::Measure>& measures, const std::string& reason) {
    v1::ImposeRestrictionRequest request;
    request.set_id(id);
    request.set_reason(reason);
    for (const auto& m : measures) *request.add_measures() = m;
    return decide_.Impose(As(manager_, "RestrictionService/ImposeRestriction"), request);
  }
  // Every decision on a proposal and on one in force, none of which changes it when it is refused.
  std::vector<Path> OnAProposal() {
    return {{"impose", [&](auto& id, auto& who) { return Impose(id, who); }},
            {"return", [&](auto& id, auto& who) { return Return(id, who); }},
            {"decline", [&](auto& id, auto& who) { return Decline(id, who); }}};
  }
  std::vector<Path> OnOneInForce() {
    using O = v1::ReviewRestrictionRequest::Outcome;
    std::vector<Path> all = {{"vary", [&](auto& id, auto& who) { return Vary(id, who); }},
                             {"lift", [&](auto& id, auto& who) { return Lift(id, who); }}};
    for (const auto outcome : {O::START, O::CONTINUE, O::VARY, O::LIFT})
      all.push_back({"review", [this, outcome](auto& id, auto& who) { return Review(id, outcome, who); }});
    return all;
  }
  Outcome<delegation::v1::Delegation> Lend(const Actor& lender, const std::string& to, const std::string& area = "Housing") {
    delegation::v1::Delegation lend;
    lend.set_delegate_id(to);
    lend.set_service_area(area);
    *lend.mutable_ends_at() = ToProto(clock_.Now() + absl::Hours(24));
    return DelegateAuthority(work_).Create(As(lender, "evenhand.delegation.v1.DelegationService/CreateDelegation"), lend);
  }
  // A colleague who works in the area itself.
  v1::Person AColleague(const std::string& phone = "") {
    return APerson(phone, [](v1::Person& r) {
      r.set_is_employee(true);
      r.mutable_employment()->set_staff_id("E7");
      r.mutable_employment()->set_line_manager_id("E8");
      r.mutable_employment()->set_team("Housing");
    });
  }
  static v1::Measure AMeasure(MeasureKind::Value kind, Channel::Value channel) {
    v1::Measure m;
    m.set_kind(kind);
    m.set_channel(channel);
    return m;
  }
  static v1::Measure ALimit(int most) {
    v1::Measure m = AMeasure(MeasureKind::LIMIT_VOLUME, Channel::PHONE);
    m.set_max_contacts(most);
    m.set_period(Period::WEEK);
    return m;
  }
};

// 9.8 by whatever measure and on every path: by their own rank, or by authority that was lent.
TEST_F(WhoDecides, Clause9_8_AGroundAboutComplaintsIsADirectorsOnEveryPath) {
  ASSERT_THAT(Lend(director_, "u-deputy"), Allowed());
  const Actor deputy = Who("u-deputy", Role::kTeamLeader);
  const auto about_complaints = [&](const char* phone) {
    auto request = AProposal(APerson(phone).id());
    request.mutable_measures(0)->set_kind(MeasureKind::OTHER);
    request.mutable_measures(0)->clear_channel();
    request.mutable_measures(0)->set_description("We will not log or answer them");
    request.mutable_grounds(0)->set_behaviour(Behaviour::COMPLAINT_PROCESS);
    request.mutable_grounds(0)->set_effect("Thirty about one decision stop the repair");
    return request;
  };
  const auto proposed = Proposed(about_complaints("07700 900301"));
  for (const auto& who : {manager_, deputy})
    for (const auto& [name, decide] : OnAProposal())
      EXPECT_THAT(decide(proposed.id(), who), RefusedBy(RefusalKind::kNotPermitted, "9.8")) << name << " " << who.id;
  ASSERT_THAT(Impose(proposed.id(), director_), Allowed());
  for (const auto& who : {manager_, deputy})
    for (const auto& [name, decide] : OnOneInForce())
      EXPECT_THAT(decide(proposed.id(), who), RefusedBy(RefusalKind::kNotPermitted, "9.8")) << name << " " << who.id;
  EXPECT_THAT(Vary(proposed.id(), director_), Allowed());
  // By words on another ground it is the same.
  auto by_words = AProposal(APerson("07700 900302").id());
  by_words.mutable_measures(0)->set_kind(MeasureKind::OTHER);
  by_words.mutable_measures(0)->set_description("No complaint about the kitchen is answered");
  by_words.mutable_grounds(0)->set_effect("They harass officers");
  EXPECT_THAT(Impose(Proposed(by_words).id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "9.8"));
}

// An appeal's director may limit complaints; what they leave is a director's from then on.
TEST_F(WhoDecides, Clause9_8_WhatAnAppealVariedIsADirectorsAfterwards) {
  auto request = AProposal(APerson().id());
  request.mutable_grounds(0)->set_effect("Thirty complaints about one decision stop the repair");
  const auto imposed = Imposed(request);
  const auto varied = Apply("a-98", imposed, AppealOutcome::PARTLY_UPHELD, [](auto& r) {
    auto* m = r.mutable_variation()->add_measures();
    m->set_kind(MeasureKind::LIMIT_COMPLAINTS);
    m->set_description("The closed complaint about the kitchen");
  });
  ASSERT_THAT(varied, Allowed());
  for (const auto& [name, decide] : OnOneInForce())
    EXPECT_THAT(decide(imposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "9.8")) << name;
}

TEST_F(WhoDecides, Clause4_2_ADelegateDoesNotDecideTheirOwnProposal) {
  ASSERT_THAT(Lend(manager_, "u-tl"), Allowed());
  ASSERT_THAT(Lend(manager_, "u-tl2"), Allowed());
  const Actor other = Who("u-tl2", Role::kTeamLeader);
  const auto proposed = Proposed(AProposal(APerson().id()));
  for (const auto& [name, decide] : OnAProposal())
    EXPECT_THAT(decide(proposed.id(), leader_), RefusedBy(RefusalKind::kNotPermitted, "council rule")) << name;
  ASSERT_THAT(Impose(proposed.id(), other), Allowed());
  for (const auto& [name, decide] : OnOneInForce())
    EXPECT_THAT(decide(proposed.id(), leader_), RefusedBy(RefusalKind::kNotPermitted, "council rule")) << name;
  const auto pat = APerson("07700 900303");
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id()));
  EXPECT_THAT(Confirm(*marker, leader_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(Confirm(*marker, other), Allowed());
}

TEST_F(WhoDecides, Clause4_2_WhoWasHarmedLendsNoWayRound) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  request.mutable_grounds(0)->add_incident_ids(incidents_.Add(pat.id(), {"u-sm"}));
  const auto proposed = Proposed(request);
  ASSERT_THAT(Lend(manager_, "u-tl2"), Allowed());
  const Actor delegate = Who("u-tl2", Role::kTeamLeader);
  for (const auto& [name, decide] : OnAProposal())
    EXPECT_THAT(decide(proposed.id(), delegate), RefusedBy(RefusalKind::kNotPermitted, "council rule")) << name;
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id(), {"u-sm"}));
  EXPECT_THAT(Confirm(*marker, delegate), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  // Lent by somebody without a conflict as well: that one is enough.
  ASSERT_THAT(Lend(director_, "u-tl2"), Allowed());
  EXPECT_THAT(Impose(proposed.id(), delegate), Allowed());
  EXPECT_THAT(Lend(manager_, "u-sm"), RefusedBy(RefusalKind::kInvalid, "council rule"));
}

TEST_F(WhoDecides, Clause12_4_WhoIsClosedOffLendsNothing) {
  const auto colleague = APerson("", [](v1::Person& r) {
    r.set_is_employee(true);
    r.mutable_employment()->set_staff_id("E7");
    r.mutable_employment()->set_line_manager_id("u-sm");
  });
  const auto proposed = Proposed(AProposal(colleague.id()));
  ASSERT_THAT(Lend(manager_, "u-tl2"), Allowed());
  EXPECT_THAT(Impose(proposed.id(), Who("u-tl2", Role::kTeamLeader)), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
}

TEST_F(WhoDecides, Clause12_4_AColleagueOfTheAreaIsDecidedOnByAnotherArea) {
  const auto colleague = AColleague();
  auto request = AProposal(colleague.id());
  EXPECT_THAT(Propose(request, leader_), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  request.set_deciding_area("Roads");
  const Actor subject = Who("E7", Role::kTeamLeader), boss = Who("E8", Role::kSeniorManager, {"Roads"});
  EXPECT_THAT(Propose(request, subject), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  const Actor elsewhere = Who("r-tl", Role::kTeamLeader, {"Roads"});
  EXPECT_THAT(Propose(request, elsewhere), Allowed());
  const auto proposed = Proposed(request);  // their own team may set it going, and reads no further
  v1::GetRestrictionRequest get;
  get.set_id(proposed.id());
  EXPECT_THAT(read_.Get(As(leader_, "RestrictionService/GetRestriction"), get), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(read_.Get(As(elsewhere, "RestrictionService/GetRestriction"), get), Allowed());
  EXPECT_EQ(read_.List(As(elsewhere, "RestrictionService/ListRestrictions"), {})->restrictions_size(), 2);
  EXPECT_FALSE(Impose(proposed.id(), manager_).ok());
  EXPECT_FALSE(Impose(proposed.id(), boss).ok());
  EXPECT_FALSE(Impose(proposed.id(), Who("e-sm", Role::kSeniorManager, {"Education"})).ok());
  const auto imposed = Impose(proposed.id(), Who("r-sm", Role::kSeniorManager, {"Roads"}));
  ASSERT_THAT(imposed, Allowed());
  EXPECT_EQ(imposed->service_area(), "Housing");
  EXPECT_EQ(InForce(colleague.id()), "BLOCK_CHANNEL:PHONE");
}

TEST_F(WhoDecides, Clause12_4_AnotherAreaDecidesAboutColleaguesAlone) {
  auto request = AProposal(APerson().id());
  request.set_deciding_area("Roads");
  EXPECT_THAT(Propose(request, leader_), NamesField("decidingArea"));
  request.set_person_id(AColleague("07700 900304").id());
  request.mutable_grounds(0)->set_incident_ids(0, incidents_.Add(request.person_id()));
  request.set_deciding_area("Housing");
  EXPECT_THAT(Propose(request, leader_), NamesField("decidingArea"));
}

// A name that nobody knows is a slip, and the answer names what was most likely meant; a right is asked only where there is an area.
TEST_F(WhoDecides, ATypedAreaThatNobodyKnowsIsNamedWithItsNearest) {
  const AreaDirectory areas({{.id = "housing", .name = "Housing"}, {.id = "roads", .name = "Roads"}});
  const auto with_areas = [&](Call call) {
    call.areas = &areas;
    return call;
  };
  auto request = AProposal(APerson().id());
  request.set_service_area("Housng");
  const Call propose = with_areas(As(leader_, "RestrictionService/ProposeRestriction"));
  const auto no = propose_(propose, request);
  ASSERT_THAT(no, NamesField("serviceArea"));
  EXPECT_THAT(no.refusal().violations[0].message, HasSubstr("Housing"));
  request.set_service_area("Housing");
  request.set_deciding_area("Rods");
  EXPECT_THAT(propose_(propose, request), NamesField("decidingArea"));
  delegation::v1::Delegation lend;
  lend.set_delegate_id("u-tl2");
  lend.set_service_area("Housng");
  *lend.mutable_ends_at() = ToProto(clock_.Now() + absl::Hours(24));
  EXPECT_THAT(DelegateAuthority(work_).Create(with_areas(As(manager_, "evenhand.delegation.v1.DelegationService/CreateDelegation")), lend),
              NamesField("serviceArea"));
}

TEST_F(WhoDecides, Clause12_6_WhoMayNotSeeTheCaseDecidesNothingOnIt) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  const std::string named = incidents_.Add(pat.id(), {"E1001"}, {Behaviour::NAMED_PUBLICLY});
  incidents_.known[named].staff_named = true;
  incidents_.known[named].line_manager_id = "u-lm";
  request.mutable_grounds(0)->set_incident_ids(0, named);
  request.mutable_grounds(0)->set_behaviour(Behaviour::NAMED_PUBLICLY);
  request.mutable_grounds(0)->set_summary("Named B. Example of Repairs");
  // To whom it is closed it does not exist.
  const auto refused = Propose(request, leader_);
  ASSERT_THAT(refused, NamesField("grounds[0].incidentIds[0]"));
  EXPECT_EQ(refused.refusal().violations[0].message, "There is no such incident.");
  const auto proposed = Propose(request, Who("u-lm", Role::kTeamLeader));
  ASSERT_THAT(proposed, Allowed());
  EXPECT_EQ(proposed->grounds(0).summary(), "Named B. Example of Repairs");
  for (const auto& [name, decide] : OnAProposal())
    EXPECT_THAT(decide(proposed->id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "12.6")) << name;
  // Its words are for the circle; that it stands, and what it does, is for the area.
  const auto seen = Get(proposed->id());
  EXPECT_TRUE(seen.texts_withheld());
  EXPECT_THAT(seen.DebugString(), Not(HasSubstr("Repairs")));
  EXPECT_THAT(seen.DebugString(), Not(HasSubstr("u-lm\"\ncircle")));
  EXPECT_THAT(seen.circle_staff_ids(), IsEmpty());
  EXPECT_THAT(seen.measures(), SizeIs(1));
  v1::ListRestrictionsRequest list;
  EXPECT_THAT(read_.List(As(leader_, "RestrictionService/ListRestrictions"), list)->DebugString(), Not(HasSubstr("Repairs")));
  EXPECT_THAT(Impose(proposed->id(), director_), Allowed());
}

TEST_F(WhoDecides, Clause6_2_SomethingMilderIsImposedAndSaidEverywhere) {
  const auto pat = APerson();
  const auto proposed = Proposed(AProposal(pat.id()));
  EXPECT_THAT(ImposeInstead(proposed.id(), {ALimit(2)}, ""), NamesField("reason"));
  EXPECT_THAT(ImposeInstead(proposed.id(), {AMeasure(MeasureKind::BLOCK_CHANNEL, Channel::EMAIL)}, "No"), NamesField("measures[0]"));
  EXPECT_THAT(ImposeInstead(proposed.id(), {AMeasure(MeasureKind::LIMIT_VOLUME, Channel::PHONE)}, "No"),
              NamesField("measures[0].maxContacts"));
  EXPECT_EQ(InForce(pat.id()), "");
  const auto imposed = ImposeInstead(proposed.id(), {ALimit(2)}, "Two calls a week are enough");
  ASSERT_THAT(imposed, Allowed());
  EXPECT_EQ(InForce(pat.id()), "LIMIT_VOLUME:PHONE");
  EXPECT_EQ(imposed->measures(0).max_contacts(), 2);
  EXPECT_EQ(imposed->proposed_measures(0).kind(), MeasureKind::BLOCK_CHANNEL);
  ASSERT_THAT(imposed->decisions(), SizeIs(1));
  EXPECT_EQ(imposed->decisions(0).measures(0).kind(), MeasureKind::LIMIT_VOLUME);
  EXPECT_TRUE(imposed->decisions(0).appealable());
  EXPECT_EQ(imposed->history(2).action(), v1::HistoryAction::MADE_MILDER);
  EXPECT_EQ(imposed->history(2).clause(), "6.2");
  EXPECT_EQ(Sql("select data->'terms'->>'measureKinds' from outbox where type = 'restriction.imposed'"), "[\"LIMIT_VOLUME\"]");
}

TEST_F(WhoDecides, Clause7_3_WhoProposedAndImposedIsSaid) {
  const auto proposed = Propose(AProposal(APerson().id()), manager_);
  const auto imposed = Impose(proposed->id(), manager_);
  ASSERT_THAT(imposed, Allowed());
  EXPECT_EQ(imposed->history(2).action(), v1::HistoryAction::OWN_PROPOSAL);
}

TEST_F(WhoDecides, Clause6_2_AProposalIsReturnedAndCorrectedByWhoMadeItAlone) {
  const auto pat = APerson();
  const auto proposed = Proposed(AProposal(pat.id()));
  v1::ReturnRestrictionRequest bare;
  bare.set_id(proposed.id());
  EXPECT_THAT(decide_.Return(As(manager_, "RestrictionService/ReturnRestriction"), bare), NamesField("reason"));
  EXPECT_THAT(Return(proposed.id(), leader_), RefusedBy(RefusalKind::kNotPermitted, "7.3"));
  const auto returned = Return(proposed.id(), manager_);
  ASSERT_THAT(returned, Allowed());
  EXPECT_EQ(returned->state(), S::PROPOSED);
  EXPECT_EQ(returned->returned().by(), "u-sm");
  EXPECT_THAT(returned->alerts(), Contains(v1::Restriction::Alert::RETURNED));
  EXPECT_EQ(Events("restriction.returned"), 1);
  EXPECT_EQ(Impose(proposed.id(), manager_).refusal().kind, RefusalKind::kConflict);
  EXPECT_EQ(Return(proposed.id(), manager_).refusal().kind, RefusalKind::kConflict);

  const auto narrower = [](v1::Restriction& r) { *r.add_measures() = ALimit(3); };
  EXPECT_THAT(Correct(proposed.id(), Who("u-tl2", Role::kTeamLeader), narrower), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_THAT(Correct(proposed.id(), manager_, narrower), RefusedBy(RefusalKind::kNotPermitted, "council rule"));
  EXPECT_EQ(Correct(proposed.id(), leader_, narrower, "").refusal().kind, RefusalKind::kEtagMissing);
  EXPECT_EQ(Correct(proposed.id(), leader_, narrower, proposed.etag()).refusal().kind, RefusalKind::kEtagStale);
  EXPECT_EQ(Correct(proposed.id(), leader_, [](auto&) {}).refusal().kind, RefusalKind::kInvalid);
  EXPECT_THAT(Correct(proposed.id(), leader_, [](auto& r) { r.set_necessity(" "); }), NamesField("necessity"));
  const auto corrected = Correct(proposed.id(), leader_, narrower, returned->etag());
  ASSERT_THAT(corrected, Allowed());
  EXPECT_FALSE(corrected->has_returned());
  EXPECT_EQ(corrected->measures(0).kind(), MeasureKind::LIMIT_VOLUME);
  EXPECT_EQ(corrected->necessity(), proposed.necessity());
  EXPECT_EQ(Sql("select string_agg(action, ' ' order by version) from restriction_version where restriction_id = '" + proposed.id() + "'"),
            "PROPOSED RETURNED CORRECTED");
  EXPECT_EQ(Impose(proposed.id(), manager_, returned->etag()).refusal().kind, RefusalKind::kEtagStale) << "a fresh look is needed";
  ASSERT_THAT(Impose(proposed.id(), manager_, corrected->etag()), Allowed());
  EXPECT_EQ(Correct(proposed.id(), leader_, narrower).refusal().kind, RefusalKind::kConflict);
}

TEST_F(WhoDecides, Clause7_3_ACorrectedProposalRestsOnItsNewEvidence) {
  const auto pat = APerson();
  auto request = AProposal(pat.id());
  request.mutable_grounds(0)->set_behaviour(Behaviour::PHYSICAL_THREAT);
  incidents_.known[request.grounds(0).incident_ids(0)].behaviours = {Behaviour::EXCESSIVE_DEMAND};
  const auto proposed = Proposed(request);
  EXPECT_THAT(proposed.alerts(), Contains(v1::Restriction::Alert::EVIDENCE_OF_OTHER_BEHAVIOUR));
  const std::string other = incidents_.Add(pat.id(), {"u-sm"}, {Behaviour::PHYSICAL_THREAT});
  const auto corrected = Correct(proposed.id(), leader_, [&](auto& r) {
    *r.add_grounds() = request.grounds(0);
    r.mutable_grounds(0)->set_incident_ids(0, other);
  });
  ASSERT_THAT(corrected, Allowed());
  EXPECT_THAT(corrected->alerts(), IsEmpty());
  EXPECT_EQ(Sql("select string_agg(incident_id, ' ') from restriction_incident"), other);
  EXPECT_THAT(Impose(proposed.id(), manager_), RefusedBy(RefusalKind::kNotPermitted, "council rule"))
      << "harmed in the evidence as it is now";
}

TEST_F(WhoDecides, Clause11_1_AProposalsLetterIsLookedAtAsIfDecidedToday) {
  const auto proposed = Proposed(AProposal(APerson().id()));
  v1::GetNotificationFactsRequest request;
  request.set_restriction_id(proposed.id());
  const auto facts = facts_.OfNotification(As({.id = "system:notification"}, "RestrictionInternalService/GetNotificationFacts"), request);
  ASSERT_THAT(facts, Allowed());
  EXPECT_EQ(facts->review_due_on(), "2027-05-25");
}

}  // namespace
}  // namespace evenhand::restriction
