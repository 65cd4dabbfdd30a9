// The rules, one sentence a test, named for the clause that asks.
#include <gmock/gmock.h>

#include <functional>

#include "services/restriction/domain/age.h"
#include "services/restriction/domain/decision_rights.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/last_channel.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/restriction_states.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

auto Clause(const char* clause) { return Field(&Violation::clause, std::string(clause)); }
auto At(const char* field) { return Field(&Violation::field, std::string(field)); }

const LocalDate kToday(2026, 11, 25);

Actor Somebody(Role role, std::vector<std::string> areas = {"Housing"}, std::string id = "u-1") {
  return {.id = std::move(id), .roles = {role}, .areas = std::move(areas)};
}

ProposalFacts AProposal() {
  ProposalFacts p;
  p.service_area = "Housing";
  p.measures = {{.kind = MeasureKind::BLOCK_CHANNEL, .channel = Channel::PHONE}};
  p.grounds = {{.behaviour = Behaviour::ABUSE, .incidents = {{"i-1", true, true, true}}, .summary = "Abusive calls"}};
  p.necessity = p.proportionality = p.adjustments_considered = "Said";
  p.alternatives = {{"Named contact", "Did not help"}};
  p.restorative = {{}, {}, true, true, "Never reached"};
  p.review.said = true;
  p.explanation.to_person = "Please write to us.";
  return p;
}

TEST(Clause7_3, AFullProposalHasNoFault) { EXPECT_THAT(FaultsOfProposal(AProposal(), kToday), IsEmpty()); }

TEST(Clause6_1, UnusualIsNoGroundWithoutItsImpact) {
  auto p = AProposal();
  p.grounds[0].behaviour = Behaviour::OTHER;
  EXPECT_THAT(FaultsOfGrounds(p), ElementsAre(Clause("8.1")));
  p.grounds[0].effect = "Two reception staff went home unwell";
  EXPECT_THAT(FaultsOfGrounds(p), IsEmpty());
}

TEST(Clause6_2, NecessityProportionalityAndAlternativesAreDemanded) {
  auto p = AProposal();
  p.necessity = " ";
  p.proportionality.clear();
  p.alternatives = {{"Named contact", ""}};
  EXPECT_THAT(FaultsOfProposal(p, kToday),
              ElementsAre(At("necessity"), At("proportionality"), At("alternativesConsidered[0].whyNotSufficient")));
}

TEST(Clause6_3, EveryBehaviourOfTheContractMayGroundAProposalWithItsEvidence) {
  for (const Behaviour::Value behaviour :
       {Behaviour::VIOLENCE, Behaviour::PHYSICAL_THREAT, Behaviour::ABUSE, Behaviour::UNFOUNDED_ALLEGATION, Behaviour::HARASSMENT,
        Behaviour::NAMED_PUBLICLY, Behaviour::RECORDING_WITHOUT_CONSENT, Behaviour::CONTACT_OUTSIDE_OFFICE}) {
    auto p = AProposal();
    p.grounds[0].behaviour = behaviour;
    EXPECT_THAT(FaultsOfGrounds(p), IsEmpty()) << behaviour;
  }
}

TEST(Clause6_4, ThePersonIsToldOrARecordSaysWhyNot) {
  EXPECT_THAT(FaultsOfExplanation({}, kToday), ElementsAre(Clause("6.4")));
  EXPECT_THAT(FaultsOfExplanation({.withheld = true}, kToday),
              ElementsAre(At("explanation.withheld.record"), At("explanation.withheld.lookAgainOn")));
  EXPECT_THAT(FaultsOfExplanation({.withheld = true, .record = "Risk", .look_again_on = "2026-11-25"}, kToday),
              ElementsAre(At("explanation.withheld.lookAgainOn")));
  EXPECT_THAT(FaultsOfExplanation({.withheld = true, .record = "Risk", .look_again_on = "2026-11-26"}, kToday), IsEmpty());
}

TEST(Clause6_5, DemandGroundsNeedTheNormalOperationsTest) {
  for (const Behaviour::Value behaviour : {Behaviour::EXCESSIVE_DEMAND, Behaviour::EXCESSIVE_VOLUME}) {
    auto p = AProposal();
    p.grounds[0].behaviour = behaviour;
    p.grounds[0].effect = "Nine hours a week";
    EXPECT_THAT(FaultsOfGrounds(p), ElementsAre(Clause("6.5")));
    p.normal_operations_test = "Fully staffed we could not cope either";
    EXPECT_THAT(FaultsOfGrounds(p), IsEmpty());
  }
}

TEST(Clause6_6, StepsThatWereTriedMustBeThePersons) {
  auto p = AProposal();
  p.restorative = {{"s-1", "s-2"}, {"s-1"}, false, false, ""};
  EXPECT_THAT(FaultsOfProposal(p, kToday), ElementsAre(At("restorative.stepIds[1]")));
}

TEST(Clause6_7, AdjustmentsAreConsideredEvenWhenNoneAreNeeded) {
  auto p = AProposal();
  p.adjustments_considered.clear();
  EXPECT_THAT(FaultsOfProposal(p, kToday), ElementsAre(Clause("5.4")));
}

TEST(Clause7_1, RestorativeStepsOrWhyNone) {
  auto p = AProposal();
  p.restorative = {};
  EXPECT_THAT(FaultsOfProposal(p, kToday), ElementsAre(Clause("7.1")));
  p.restorative.not_attempted = true;
  EXPECT_THAT(FaultsOfProposal(p, kToday), ElementsAre(At("restorative.notAttempted.reason"), At("restorative.notAttempted.explanation")));
}

TEST(Clause7_2, EachMeasureSaysWhatItMeans) {
  const auto faults = [](MeasureFacts m) { return FaultsOfMeasures(std::vector<MeasureFacts>{std::move(m)}); };
  EXPECT_THAT(FaultsOfMeasures({}), ElementsAre(At("measures")));
  EXPECT_THAT(faults({}), ElementsAre(At("measures[0].kind")));
  EXPECT_THAT(faults({.kind = MeasureKind::BLOCK_CHANNEL}), ElementsAre(At("measures[0].channel")));
  EXPECT_THAT(faults({.kind = MeasureKind::LIMIT_VOLUME, .max_contacts = 0, .period = Period::DAY}),
              ElementsAre(At("measures[0].maxContacts")));
  EXPECT_THAT(faults({.kind = MeasureKind::LIMIT_VOLUME, .max_contacts = 3}), ElementsAre(At("measures[0].period")));
  EXPECT_THAT(faults({.kind = MeasureKind::LIMIT_TIME, .from = "9:00", .to = "25:00"}),
              ElementsAre(At("measures[0].from"), At("measures[0].to")));
  EXPECT_THAT(faults({.kind = MeasureKind::LIMIT_TIME, .from = "12:00", .to = "10:00"}), ElementsAre(At("measures[0].to")));
  EXPECT_THAT(faults({.kind = MeasureKind::NAMED_CONTACT}), ElementsAre(At("measures[0].name")));
  EXPECT_THAT(faults({.kind = MeasureKind::OTHER}), ElementsAre(At("measures[0].description")));
  EXPECT_THAT(faults({.kind = MeasureKind::WITHHOLD_STAFF_DETAILS}), IsEmpty());
  EXPECT_THAT(faults({.kind = MeasureKind::BLOCK_ONLINE_ACCOUNT}), IsEmpty());
  const MeasureFacts phone{.kind = MeasureKind::BLOCK_CHANNEL, .channel = Channel::PHONE};
  EXPECT_THAT(FaultsOfMeasures(std::vector{phone, phone}), ElementsAre(At("measures[1]")));
}

TEST(Clause7_3, TeamLeaderMayNotImpose) {
  EXPECT_THAT(RefusalsToDecide({Somebody(Role::kTeamLeader), "Housing"}), ElementsAre(Clause("7.3")));
}

TEST(Clause7_3, SeniorManagerOfAnotherAreaMayNotImpose) {
  EXPECT_THAT(RefusalsToDecide({Somebody(Role::kSeniorManager, {"Education"}), "Housing"}), ElementsAre(Clause("7.3")));
}

TEST(Clause7_3, SeniorManagerAndDirectorOfTheAreaMay) {
  EXPECT_THAT(RefusalsToDecide({Somebody(Role::kSeniorManager), "Housing"}), IsEmpty());
  EXPECT_THAT(RefusalsToDecide({Somebody(Role::kStrategicDirector), "Housing"}), IsEmpty());
}

TEST(Clause7_3, ThePersonHarmedMayNotDecide) {
  EXPECT_THAT(RefusalsToDecide({.actor = Somebody(Role::kSeniorManager), .area = "Housing", .harmed = {"u-1"}}),
              ElementsAre(At("grounds")));
}

TEST(Clause7_3, EveryReasonAtOnce) {
  EXPECT_THAT(RefusalsToDecide({.actor = Somebody(Role::kTeamLeader), .area = "Housing", .limits_complaints = true, .harmed = {"u-1"}}),
              ElementsAre(Clause("9.8"), Clause("council rule")));
}

TEST(Clause4_2, DelegationLendsASeniorManagersAuthorityButNotADirectors) {
  EXPECT_THAT(RefusalsToDecide({.actor = Somebody(Role::kTeamLeader), .area = "Housing", .lent_by = "u-2"}), IsEmpty());
  EXPECT_THAT(RefusalsToDecide({.actor = Somebody(Role::kTeamLeader), .area = "Housing", .limits_complaints = true, .lent_by = "u-2"}),
              ElementsAre(Clause("9.8")));
}

TEST(Clause4_2, WhatIsLentIsNoWayRoundAConflict) {
  const Actor leader = Somebody(Role::kTeamLeader);
  const auto no = [&](const std::function<void(DecisionFacts&)>& change) {
    DecisionFacts facts{.actor = leader, .area = "Housing", .lent_by = "u-2"};
    change(facts);
    return RefusalsToDecide(facts);
  };
  EXPECT_THAT(no([](auto& f) { f.proposed_by = "u-1"; }), ElementsAre(Clause("council rule")));
  EXPECT_THAT(no([](auto& f) { f.proposed_by = "u-9"; }), IsEmpty());
  EXPECT_THAT(no([](auto& f) { f.harmed = {"u-2"}; }), ElementsAre(At("grounds")));
  EXPECT_THAT(no([](auto& f) { f.subject = {"u-2", "Parks", "u-8"}; }), ElementsAre(Clause("council rule")));
  EXPECT_THAT(no([](auto& f) { f.subject = {"u-7", "Parks", "u-2"}; }), ElementsAre(Clause("council rule")));
  EXPECT_THAT(no([](auto& f) { f.subject = {"u-7", "Housing", "u-8"}; }), ElementsAre(Clause("council rule")));
  EXPECT_THAT(no([](auto& f) { f.subject = {"u-7", "Parks", "u-8"}; }), IsEmpty());
  // In their own right a senior manager may impose what they proposed: the policy does not forbid it.
  EXPECT_THAT(RefusalsToDecide({.actor = Somebody(Role::kSeniorManager), .area = "Housing", .proposed_by = "u-1"}), IsEmpty());
}

TEST(Clause7_3, WhereTheAreaIsClosedToAllAnotherDecidesOrItsDirector) {
  const auto decides = [](Role role, const char* area, bool complaints = false) {
    const Actor actor = Somebody(role, {area});
    return RefusalsToDecide({.actor = actor, .area = "Housing", .limits_complaints = complaints, .deciding_area = "Roads"}).empty();
  };
  EXPECT_TRUE(decides(Role::kSeniorManager, "Roads"));
  EXPECT_TRUE(decides(Role::kStrategicDirector, "Roads"));
  EXPECT_TRUE(decides(Role::kStrategicDirector, "Housing"));
  EXPECT_FALSE(decides(Role::kSeniorManager, "Housing"));
  EXPECT_FALSE(decides(Role::kTeamLeader, "Roads"));
  EXPECT_FALSE(decides(Role::kSeniorManager, "Roads", true));
  EXPECT_TRUE(decides(Role::kStrategicDirector, "Roads", true));
  EXPECT_TRUE(RefusalsToPropose(Somebody(Role::kTeamLeader, {"Roads"}), "Housing", "Roads").empty());
  EXPECT_FALSE(RefusalsToPropose(Somebody(Role::kTeamLeader, {"Roads"}), "Housing").empty());
}

TEST(Clause12_4, AnotherAreaDecidesAboutAColleagueAloneAndNotTheirOwn) {
  const Subject colleague{"E7", "Housing", "M1"};
  EXPECT_THAT(FaultsOfDecidingArea("Housing", "", false, {}), IsEmpty());
  EXPECT_THAT(FaultsOfDecidingArea("Housing", "Roads", true, colleague), IsEmpty());
  EXPECT_THAT(FaultsOfDecidingArea("Housing", "Roads", false, {}), ElementsAre(At("decidingArea")));
  EXPECT_THAT(FaultsOfDecidingArea("Roads", "Roads", true, colleague), ElementsAre(At("decidingArea")));
  EXPECT_THAT(FaultsOfDecidingArea("Roads", "Housing", true, colleague), ElementsAre(Clause("council rule")));
}

TEST(Clause12_6, WhoMayNotSeeTheIncidentDoesNotDecideOnIt) {
  const auto decides = [](Role role, const char* id) {
    const Actor actor = Somebody(role, {"Housing"}, id);
    return RefusalsToDecide({.actor = actor, .area = "Housing", .circles = {{"M1"}}}).empty();
  };
  EXPECT_FALSE(decides(Role::kSeniorManager, "u-1"));
  EXPECT_TRUE(decides(Role::kSeniorManager, "M1"));
  EXPECT_TRUE(decides(Role::kStrategicDirector, "u-1"));
}

TEST(Clause7_4, AReviewIsDatedOrDefaultOrReasonedAway) {
  EXPECT_THAT(FaultsOfReview({}, kToday), ElementsAre(At("review")));
  EXPECT_THAT(FaultsOfReview({.said = true}, kToday), IsEmpty());
  EXPECT_THAT(FaultsOfReview({.said = true, .date = "2026-11-25"}, kToday), ElementsAre(At("review.date")));
  EXPECT_THAT(FaultsOfReview({.said = true, .date = "2027-02-30"}, kToday), ElementsAre(At("review.date")));
  EXPECT_THAT(FaultsOfReview({.said = true, .interval = "6 months"}, kToday), ElementsAre(At("review.interval")));
  EXPECT_THAT(FaultsOfReview({.said = true, .none = true}, kToday), ElementsAre(At("review.none.reason"), At("review.none.explanation")));
  EXPECT_THAT(FaultsOfReview({.said = true, .date = "2027-05-01", .interval = "P6M"}, kToday), ElementsAre(At("review")));
}

TEST(Clause7_4, IntervalsAreIso8601AndMonthsAreCalendarMonths) {
  EXPECT_EQ(ReviewDue({.said = true}, LocalDate(2025, 1, 15)), LocalDate(2025, 7, 15));
  EXPECT_EQ(ReviewDue({.said = true}, LocalDate(2025, 8, 31)), LocalDate(2026, 2, 28));
  EXPECT_EQ(ReviewDue({.said = true, .interval = "P1Y"}, LocalDate(2024, 2, 29)), LocalDate(2025, 2, 28));
  EXPECT_EQ(ReviewDue({.said = true, .interval = "P2W"}, LocalDate(2025, 1, 15)), LocalDate(2025, 1, 29));
  EXPECT_EQ(ReviewDue({.said = true, .none = true}, LocalDate(2025, 1, 15)), std::nullopt);
  for (const char* bad : {"", "P", "6M", "PM", "P6", "P0M", "P6M6Y", "P-1M", "PT6M", "P6MX", "P9999M"})
    EXPECT_FALSE(ParseInterval(bad).has_value()) << bad;
}

TEST(Clause7_4, OverdueFromTheDayAfter) {
  EXPECT_FALSE(Overdue(LocalDate(2025, 7, 15), LocalDate(2025, 7, 15)));
  EXPECT_TRUE(Overdue(LocalDate(2025, 7, 15), LocalDate(2025, 7, 16)));
  EXPECT_FALSE(Overdue(std::nullopt, kToday));
}

TEST(Clause7_4, ALetterWithoutItsReasonOrReviewIsNotMade) {
  EXPECT_THAT(FaultsOfLetter({}, {.said = true}), ElementsAre(Clause("6.4")));
  EXPECT_THAT(FaultsOfLetter({.to_person = "Because"}, {.said = true, .none = true}), ElementsAre(Clause("7.4")));
}

TEST(Clause7_3, EvidenceIsConfirmedToBeAboutThePerson) {
  const auto faults = [](bool stands, bool linked) {
    return FaultsOfEvidence({{.behaviour = Behaviour::ABUSE, .incidents = {{"i-1", true, stands, linked}}}});
  };
  EXPECT_THAT(faults(true, true), IsEmpty());
  EXPECT_THAT(faults(true, false), ElementsAre(At("grounds[0].incidentIds[0]")));
  EXPECT_THAT(faults(false, true), ElementsAre(At("grounds[0].incidentIds[0]")));
}

TEST(Clause7_3, EvidenceOfAnotherBehaviourIsShownToTheDecider) {
  const auto shown = [](Behaviour::Value ground, std::vector<Behaviour::Value> behaviours) {
    return GroundsOfOtherBehaviour({{.behaviour = ground, .incidents = {{"i-1", true, true, true, std::move(behaviours)}}}}).empty();
  };
  EXPECT_FALSE(shown(Behaviour::EXCESSIVE_VOLUME, {Behaviour::ABUSE}));
  EXPECT_FALSE(shown(Behaviour::COMPLAINT_PROCESS, {Behaviour::ABUSE, Behaviour::VIOLENCE}));
  EXPECT_FALSE(shown(Behaviour::PHYSICAL_THREAT, {Behaviour::EXCESSIVE_DEMAND}));
  EXPECT_TRUE(shown(Behaviour::OTHER, {Behaviour::ABUSE}));
  EXPECT_TRUE(shown(Behaviour::HARASSMENT, {Behaviour::NAMED_PUBLICLY}));
  for (const Behaviour::Value same :
       {Behaviour::VIOLENCE, Behaviour::PHYSICAL_THREAT, Behaviour::ABUSE, Behaviour::UNFOUNDED_ALLEGATION, Behaviour::HARASSMENT,
        Behaviour::NAMED_PUBLICLY, Behaviour::RECORDING_WITHOUT_CONSENT, Behaviour::CONTACT_OUTSIDE_OFFICE, Behaviour::EXCESSIVE_DEMAND,
        Behaviour::EXCESSIVE_VOLUME, Behaviour::REFUSAL_TO_COOPERATE, Behaviour::COMPLAINT_PROCESS})
    EXPECT_TRUE(shown(same, {Behaviour::OTHER, same})) << same;
}

TEST(Clause9_1, ADemandNeedsItsEffect) {
  auto p = AProposal();
  p.grounds[0].behaviour = Behaviour::EXCESSIVE_DEMAND;
  p.normal_operations_test = "No";
  EXPECT_THAT(FaultsOfGrounds(p), ElementsAre(Clause("9.1")));
}

TEST(Clause9_5, RefusalToCooperateNeedsRequestsAndHelp) {
  auto p = AProposal();
  p.grounds[0].behaviour = Behaviour::REFUSAL_TO_COOPERATE;
  EXPECT_THAT(FaultsOfGrounds(p), ElementsAre(Clause("9.5"), Clause("9.6")));
  p.grounds[0].requests_made = "Three letters";
  p.grounds[0].help_offered = "A home visit";
  EXPECT_THAT(FaultsOfGrounds(p), IsEmpty());
}

TEST(Clause9_6, HelpThatWasOfferedIsNamed) {
  auto p = AProposal();
  p.grounds[0].behaviour = Behaviour::REFUSAL_TO_COOPERATE;
  p.grounds[0].requests_made = "Three letters";
  EXPECT_THAT(FaultsOfGrounds(p), ElementsAre(At("grounds[0].helpOffered")));
}

TEST(Clause9_8, LimitingComplaintsNamesTheMatterAndTheEffect) {
  auto p = AProposal();
  p.measures = {{.kind = MeasureKind::LIMIT_COMPLAINTS}};
  EXPECT_THAT(FaultsOfProposal(p, kToday), ElementsAre(At("measures[0].description"), At("grounds[0].effect")));
}

TEST(Clause5_2, TheComplaintRouteStaysOpenUnderEveryOtherMeasure) {
  EXPECT_FALSE(LimitsComplaints(AProposal().measures));
  EXPECT_FALSE(ClosedBy(std::vector<MeasureFacts>{{.kind = MeasureKind::LIMIT_COMPLAINTS}}).Has(Channel::LETTER));
}

TEST(Clause9_7, NoOtherMeasureClosesTheComplaintRoute) {
  for (const MeasureKind::Value kind :
       {MeasureKind::BLOCK_CHANNEL, MeasureKind::LIMIT_VOLUME, MeasureKind::LIMIT_TIME, MeasureKind::NAMED_CONTACT,
        MeasureKind::WITHHOLD_STAFF_DETAILS, MeasureKind::THIRD_PARTY_ONLY, MeasureKind::BLOCK_ONLINE_ACCOUNT, MeasureKind::OTHER})
    EXPECT_FALSE(LimitsComplaints(std::vector<MeasureFacts>{{.kind = kind}})) << kind;
}

// By whatever name, and on whatever measure, a ground of that kind is the director's.
TEST(Clause9_8, TheGroundDecidesAsWellAsTheMeasure) {
  const std::vector<Behaviour::Value> abuse = {Behaviour::ABUSE}, complaints = {Behaviour::ABUSE, Behaviour::COMPLAINT_PROCESS};
  for (const MeasureKind::Value kind :
       {MeasureKind::BLOCK_CHANNEL, MeasureKind::LIMIT_VOLUME, MeasureKind::LIMIT_TIME, MeasureKind::NAMED_CONTACT,
        MeasureKind::WITHHOLD_STAFF_DETAILS, MeasureKind::THIRD_PARTY_ONLY, MeasureKind::BLOCK_ONLINE_ACCOUNT, MeasureKind::OTHER}) {
    const std::vector<MeasureFacts> measures{{.kind = kind}};
    EXPECT_TRUE(IsAboutComplaints(measures, complaints)) << kind;
    EXPECT_FALSE(IsAboutComplaints(measures, abuse)) << kind;
  }
  EXPECT_TRUE(IsAboutComplaints(std::vector<MeasureFacts>{{.kind = MeasureKind::LIMIT_COMPLAINTS}}, abuse));
  for (const char* words : {"We will not log or answer complaints from you", "No COMPLAINING about the kitchen"})
    EXPECT_TRUE(IsAboutComplaints(std::vector<MeasureFacts>{{.kind = MeasureKind::OTHER, .description = words}}, abuse)) << words;
}

TEST(Clause5_4, WithoutAdjustmentsAnOrdinaryChannelMustStay) {
  std::vector<MeasureFacts> all;
  for (const Channel::Value channel : Every<Channel>())
    if (wording::Channels::Ordinary().Has(channel)) all.push_back({.kind = MeasureKind::BLOCK_CHANNEL, .channel = channel});
  EXPECT_THAT(RefusalsToCloseLastChannel({.measures = all}), ElementsAre(Clause("5.4")));
  all.pop_back();
  EXPECT_THAT(RefusalsToCloseLastChannel({.measures = all}), IsEmpty());
}

TEST(Clause5_4, WhatOthersHaveClosedCounts) {
  const std::vector<MeasureFacts> email{{.kind = MeasureKind::BLOCK_CHANNEL, .channel = Channel::EMAIL}};
  const LastChannelFacts facts{
      .usable_by_adjustment = {{Channel::PHONE, Channel::EMAIL}}, .measures = email, .closed_already = {Channel::PHONE}};
  EXPECT_THAT(RefusalsToCloseLastChannel(facts), ElementsAre(Clause("5.4")));
}

TEST(Clause5_4, TwoAdjustmentsLeaveWhatBothLeave) {
  const std::vector<MeasureFacts> email{{.kind = MeasureKind::BLOCK_CHANNEL, .channel = Channel::EMAIL}};
  EXPECT_THAT(RefusalsToCloseLastChannel(
                  {.usable_by_adjustment = {{Channel::PHONE, Channel::EMAIL}, {Channel::EMAIL, Channel::LETTER}, {}}, .measures = email}),
              ElementsAre(Clause("5.4")));
}

TEST(Clause8_1, Under16NeedsTheBasisOfTheAgeCheck) {
  EXPECT_THAT(FaultsOfAge({.date_of_birth = "2010-11-26"}, kToday), ElementsAre(At("ageCheck.basis")));
  EXPECT_THAT(FaultsOfAge({.date_of_birth = "2010-11-25"}, kToday), IsEmpty());  // sixteen today
  EXPECT_THAT(FaultsOfAge({.date_of_birth = ""}, kToday), IsEmpty());
  EXPECT_THAT(FaultsOfAge({.date_of_birth = "", .age_matters = true}, kToday),
              ElementsAre(Clause("Age of Legal Capacity (Scotland) Act 1991")));
  EXPECT_THAT(FaultsOfAge({.is_organisation = true, .age_matters = true}, kToday), IsEmpty());
  EXPECT_TRUE(MeetsPupils("Redwell Primary School"));
  EXPECT_TRUE(MeetsPupils("Alva Academy"));
  EXPECT_FALSE(MeetsPupils("Housing"));
  EXPECT_FALSE(MeetsPupils("Education"));
}

TEST(Clause12_1, RetentionByKind) {
  const auto years = [](std::vector<Behaviour::Value> behaviours) { return RetainYears(behaviours); };
  EXPECT_EQ(years({Behaviour::EXCESSIVE_VOLUME}), 1);
  EXPECT_EQ(years({Behaviour::ABUSE, Behaviour::EXCESSIVE_VOLUME}), 3);
  EXPECT_EQ(years({Behaviour::ABUSE, Behaviour::PHYSICAL_THREAT}), 5);
}

// UK GDPR art. 5(1)(e): no longer than needed, and no sooner than anybody may still need it.
TEST(MayGo, ARestrictionThatHasEndedOnItsDayUnlessItIsHeld) {
  const LocalDate day(2026, 11, 25);
  EXPECT_EQ(WhatKeeps(RestrictionKept{.in_force = false, .until = day, .held = false}, day), Keeps::kNothing);
  EXPECT_EQ(WhatKeeps(RestrictionKept{.in_force = false, .until = day, .held = false}, day - 1), Keeps::kTime);
  EXPECT_EQ(WhatKeeps(RestrictionKept{.in_force = false, .held = false}, day), Keeps::kTime) << "no date is not a past date";
  EXPECT_EQ(WhatKeeps(RestrictionKept{.in_force = false, .until = day, .held = true}, day), Keeps::kHold);
  EXPECT_EQ(WhatKeeps(RestrictionKept{.in_force = true, .until = day, .held = false}, day), Keeps::kUse);
}

TEST(MayGo, AnEntryThatWasRemovedUnlessARestrictionOfThePersonIsHeld) {
  const LocalDate day(2026, 11, 25);
  EXPECT_EQ(WhatKeeps(MarkerKept{.removed = true, .until = day, .held = false}, day), Keeps::kNothing);
  EXPECT_EQ(WhatKeeps(MarkerKept{.removed = true, .until = day, .held = false}, day - 1), Keeps::kTime);
  EXPECT_EQ(WhatKeeps(MarkerKept{.removed = true, .until = day, .held = true}, day), Keeps::kHold);
  EXPECT_EQ(WhatKeeps(MarkerKept{.removed = false, .until = day, .held = false}, day), Keeps::kUse);
}

TEST(MayGo, APersonOnWhomNothingRestsAYearAfterTheLastEntry) {
  const LocalDate day(2026, 11, 25), year_before(2025, 11, 25);
  const PersonKept idle{
      .folded = false, .last_entry = year_before, .restricted = false, .on_register = false, .merge_in_question = false, .held = false};
  EXPECT_EQ(WhatKeeps(idle, day), Keeps::kNothing);
  EXPECT_EQ(WhatKeeps(idle, day - 1), Keeps::kTime);
  for (bool PersonKept::* use : {&PersonKept::folded, &PersonKept::restricted, &PersonKept::on_register, &PersonKept::merge_in_question}) {
    PersonKept used = idle;
    used.*use = true;
    EXPECT_EQ(WhatKeeps(used, day), Keeps::kUse);
  }
  PersonKept held = idle;
  held.held = true;
  EXPECT_EQ(WhatKeeps(held, day), Keeps::kHold);
}

TEST(MayGo, WhatNobodyLookedAtIsKept) {
  const LocalDate late(2099, 1, 1);
  EXPECT_EQ(WhatKeeps(RestrictionKept{}, late), Keeps::kUse);
  EXPECT_EQ(WhatKeeps(MarkerKept{}, late), Keeps::kUse);
  EXPECT_EQ(WhatKeeps(PersonKept{}, late), Keeps::kUse);
}

// Every state × every action: what the table names and nothing else.
TEST(Clause7_3, StateTableIsExhaustive) {
  int allowed = 0;
  for (const State::Value s : Every<State>()) {
    for (int a = 0; a < kActionCount; ++a) {
      const Transition* t = FindTransition(s, static_cast<Action>(a));
      if (t == nullptr) continue;
      ++allowed;
      // An end is an end; but nobody decided on the one that a merge brought.
      EXPECT_TRUE(t->from == State::PROPOSED || t->from == State::IN_FORCE ||
                  (t->from == State::SUPERSEDED && t->action == Action::kResume));
      EXPECT_FALSE(t->clause.empty());
    }
  }
  EXPECT_EQ(allowed, static_cast<int>(std::size(kTransitions)));
}

// State × action × role: whom the table lets act, by rank in their own area and in another.
TEST(Clause7_3, StateTimesActionTimesRole) {
  for (const Transition& t : kTransitions) {
    for (int r = 0; r < kRoleCount; ++r) {
      const Role role = static_cast<Role>(r);
      const bool leader = role == Role::kTeamLeader || role == Role::kSeniorManager || role == Role::kStrategicDirector;
      const bool manager = role == Role::kSeniorManager || role == Role::kStrategicDirector;
      const Actor own = Somebody(role), elsewhere = Somebody(role, {"Education"});
      if (t.who == Who::kTeamLeader) {
        EXPECT_EQ(RefusalsToPropose(own, "Housing").empty(), leader);
        EXPECT_FALSE(RefusalsToPropose(elsewhere, "Housing").empty());
      }
      if (t.who == Who::kSeniorManager) {
        EXPECT_EQ(RefusalsToDecide({own, "Housing"}).empty(), manager);
        EXPECT_FALSE(RefusalsToDecide({elsewhere, "Housing"}).empty());
      }
    }
  }
}

// Case L: every way into IN_FORCE, and every way of staying there on new terms, makes a decision that may be appealed.
TEST(CaseL, EveryWayIntoForceIsAnAppealableDecision) {
  for (const Transition& t : kTransitions) {
    // What evidence does to one in force decides nothing: the decision that stands binds, or does not for now.
    const bool puts_in_force = t.to == State::IN_FORCE && t.action != Action::kStartReview && t.who != Who::kEvidence;
    EXPECT_EQ(t.makes_decision, puts_in_force);
  }
}

TEST(Text, TimesOfDay) {
  for (const char* good : {"00:00", "09:30", "23:59", "24:00"}) EXPECT_TRUE(IsTimeOfDay(good)) << good;
  for (const char* bad : {"", "9:30", "24:01", "12:60", "ab:cd", "12:00:00"}) EXPECT_FALSE(IsTimeOfDay(bad)) << bad;
}

}  // namespace
}  // namespace evenhand::restriction
