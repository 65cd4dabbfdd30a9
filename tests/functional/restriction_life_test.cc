// A restriction's life through the REST door: proposed, decided, reviewed, ended; who may, and what it means at a contact check.
#include <future>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

const Headers kAny = {{"If-Match", "*"}};

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Path(const Reply& reply) { return "/v1/restrictions/" + reply.id(); }

Json CheckOf(Stack& stack, const std::string& phone, const std::string& token = "") {
  Json ask = {{"channel", "PHONE"}, {"phone", phone}, {"serviceArea", "Housing"}};
  if (!token.empty()) ask["consistencyToken"] = token;
  return stack.As("crm", "").Post("/v1/contacts:check", ask).json;
}

std::string OutcomeOf(Stack& stack, const std::string& phone, const std::string& token = "") {
  return CheckOf(stack, phone, token).value("outcome", "");
}

// A proposal that may be refused; the evidence is recorded and confirmed first.
Reply TryPropose(Stack& stack, const std::string& person, const Json& over) {
  return stack.As("team_leader", over.value("serviceArea", "Housing"))
      .Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person)}, over));
}

TEST(RestrictionLife, Clause6_2_ABareProposalNamesEveryDemandAtOnce) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply reply = stack.As("team_leader").Post("/v1/restrictions", {{"personId", person}, {"serviceArea", "Housing"}});
  for (const char* field : {"measures", "grounds", "necessity", "proportionality", "alternativesConsidered", "restorative",
                            "adjustmentsConsidered", "review", "explanation"})
    EXPECT_THAT(reply, Violates(field)) << field;
  EXPECT_THAT(stack.As("team_leader").Post("/v1/restrictions", Json::object()), Violates("personId"));
}

TEST(RestrictionLife, Clause7_3_WhoMayDecideAndTheOrderOfRefusals) {
  Stack& stack = Stack::Shared();
  const Reply proposed = Propose(stack, RegisterPerson(stack));
  ASSERT_THAT(proposed, Succeeds());
  EXPECT_EQ(proposed.Text("state"), "PROPOSED");
  const std::string impose = Path(proposed) + ":impose";
  EXPECT_THAT(stack.As("team_leader").Post(impose, {}, proposed.IfMatch()), Refused(403, "7.3"));
  EXPECT_THAT(stack.As("employee").Post(impose, {}, proposed.IfMatch()), Refused(403, "7.3"));
  EXPECT_THAT(stack.As("senior_manager", "Education").Post(impose, {}, proposed.IfMatch()), Refused(403, "7.3"));
  EXPECT_EQ(stack.As("senior_manager").Post(impose).status, 428);
  EXPECT_EQ(stack.As("senior_manager").Post(impose, {}, {{"If-Match", "\"77\""}}).status, 412);
  const Reply imposed = stack.As("senior_manager").Post(impose, {}, proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  EXPECT_EQ(imposed.Text("state"), "IN_FORCE");
  EXPECT_NE(imposed.Text("consistencyToken"), "");
  EXPECT_EQ(stack.As("senior_manager").Post(impose, {}, imposed.IfMatch()).status, 409);
  const Reply read = stack.As("team_leader").Get(Path(proposed));
  ASSERT_EQ(read.json["history"].size(), 2u);
  EXPECT_EQ(read.json["history"][1]["by"], "u-senior_manager");
  EXPECT_EQ(read.json["history"][1]["clause"], "7.3");
  EXPECT_THAT(stack.As("crm", "").Get(Path(proposed)), Refused(403, ""));
}

TEST(RestrictionLife, Scenario9_ATeamLeaderProposesAndDoesNotImpose) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  EXPECT_THAT(stack.As("employee").Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person)})),
              Refused(403, "council rule"));
  const Reply proposed = Propose(stack, person);
  ASSERT_THAT(proposed, Succeeds());
  for (const char* verb : {":impose", ":vary", ":review", ":lift", ":decline"})
    EXPECT_THAT(stack.As("team_leader").Post(Path(proposed) + verb, {}, proposed.IfMatch()), Refused(403, "7.3")) << verb;
  EXPECT_THAT(stack.As("team_leader").Post(Path(proposed) + ":withdraw", {{"reason", "Resolved"}}, proposed.IfMatch()), Succeeds());
}

TEST(RestrictionLife, CaseL_EveryWayOfBeingInForceIsADecisionThatCanBeAppealed) {
  Stack& stack = Stack::Shared();
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  const Client manager = stack.As("senior_manager");
  const Headers any = {{"If-Match", "*"}};
  ASSERT_THAT(manager.Post(Path(imposed) + ":review", {{"outcome", "CONTINUE"}, {"reason", "Calls went on"}}, any), Succeeds());
  const Reply varied = manager.Post(Path(imposed) + ":vary", {{"reason", "Until the summer"}, {"endsOn", "2035-07-31"}}, any);
  ASSERT_THAT(varied, Succeeds());
  ASSERT_EQ(varied.json["decisions"].size(), 3u);
  for (const Json& decision : varied.json["decisions"]) {
    const Reply appeal = stack.As("team_leader")
                             .Post("/v1/appeals", {{"restrictionId", imposed.id()},
                                                   {"decisionId", decision["id"]},
                                                   {"receivedOn", stack.Sql("select (now() at time zone 'Europe/London')::date")},
                                                   {"by", "PERSON"},
                                                   {"grounds", "Not fair"}});
    EXPECT_THAT(appeal, Succeeds()) << decision;
  }
}

TEST(RestrictionLife, Scenario7_TheManagerWhoWasHarmedNeverDecides) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident =
      EvidenceAbout(stack, person, {{"staff", {{{"staffId", "m-harmed"}, {"name", "M. Harmed"}, {"role", "AFFECTED"}}}}});
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  ASSERT_THAT(proposed, Succeeds());
  EXPECT_THAT(stack.As("senior_manager", "Housing", "m-harmed").Post(Path(proposed) + ":impose", {}, proposed.IfMatch()),
              Refused(403, "council rule"));
  EXPECT_THAT(stack.As("senior_manager").Post(Path(proposed) + ":impose", {}, proposed.IfMatch()), Succeeds());
  const Headers any = {{"If-Match", "*"}};
  const Client harmed = stack.As("senior_manager", "Housing", "m-harmed");
  EXPECT_THAT(harmed.Post(Path(proposed) + ":vary", {{"reason", "x"}, {"endsOn", "2030-01-01"}}, any), Refused(403, "council rule"));
  EXPECT_THAT(harmed.Post(Path(proposed) + ":review", {{"outcome", "CONTINUE"}, {"reason", "x"}}, any), Refused(403, "council rule"));
  EXPECT_THAT(harmed.Post(Path(proposed) + ":lift", {{"reason", "x"}}, any), Refused(403, "council rule"));
}

TEST(RestrictionLife, CaseA_AnUnconfirmedLinkIsNoEvidence) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply incident = stack.As("employee").Post("/v1/incidents", AnIncident());
  ASSERT_THAT(incident, Succeeds());
  EXPECT_THAT(stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident.id()})), Violates("grounds[0].incidentIds"));
  EXPECT_THAT(stack.As("team_leader")
                  .Post("/v1/people/" + person + "/markers", {{"incidentIds", {incident.id()}}, {"ageCheck", {{"basis", "Adult"}}}}),
              Violates("incidentIds"));
}

TEST(RestrictionLife, CaseA_AfterTheLinkIsCorrectedTheWrongPersonIsClear) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const std::string incident = EvidenceAbout(stack, person);
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  ASSERT_THAT(stack.As("senior_manager").Post(Path(proposed) + ":impose", {}, proposed.IfMatch()), Succeeds());
  ASSERT_TRUE(Eventually([&] { return OutcomeOf(stack, phone) == "GUIDANCE"; }));
  const Client leader = stack.As("team_leader");
  const Reply now = leader.Get("/v1/incidents/" + incident);
  ASSERT_THAT(leader.Post("/v1/incidents/" + incident + ":unlinkPerson", {{"reason", "It was somebody else"}}, now.IfMatch()), Succeeds());
  EXPECT_TRUE(Eventually([&] { return OutcomeOf(stack, phone) == "CLEAR"; }));
  // A team leader ends no decision: a senior manager says what becomes of it, and then the person is written to.
  EXPECT_EQ(leader.Get(Path(proposed)).Text("state"), "IN_FORCE");
  EXPECT_NE(leader.Get(Path(proposed)).Text("suspendedAt"), "");
  EXPECT_THAT(leader.Post(Path(proposed) + ":lift", {{"reason", "Somebody else"}}, kAny), Refused(403, "7.3"));
  ASSERT_THAT(stack.As("senior_manager").Post(Path(proposed) + ":lift", {{"reason", "It was somebody else"}}, kAny), Succeeds());
  EXPECT_EQ(leader.Get(Path(proposed)).Text("state"), "LIFTED");
}

TEST(RestrictionLife, Scenario3_AWithdrawnIncidentOpensAnUrgentReview) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  ASSERT_THAT(stack.As("senior_manager").Post(Path(proposed) + ":impose", {}, proposed.IfMatch()), Succeeds());
  const Client leader = stack.As("team_leader");
  ASSERT_THAT(leader.Post("/v1/incidents/" + incident + ":withdraw", {{"reason", "Recorded by mistake"}},
                          leader.Get("/v1/incidents/" + incident).IfMatch()),
              Succeeds());
  ASSERT_TRUE(Eventually([&] { return leader.Get(Path(proposed)).json.contains("openReview"); }));
  const Json now = leader.Get(Path(proposed)).json;
  EXPECT_EQ(now["state"], "IN_FORCE");
  EXPECT_EQ(now["openReview"]["urgent"], true);
}

TEST(RestrictionLife, CaseG_TwentyImposeAtOnceAndOneHolds) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  std::vector<Reply> proposals;
  std::vector<Client> managers;
  for (int n = 0; n < 20; ++n) {
    proposals.push_back(Propose(stack, person));
    managers.push_back(stack.As("senior_manager", "Housing", "sm-" + std::to_string(n)));
  }
  std::vector<std::future<Reply>> calls;
  for (int n = 0; n < 20; ++n)
    calls.push_back(
        std::async(std::launch::async, [&, n] { return managers[n].Post(Path(proposals[n]) + ":impose", {}, proposals[n].IfMatch()); }));
  std::string holds;
  std::vector<Reply> others;
  for (auto& call : calls) {
    Reply reply = call.get();
    if (reply.status == 200) {
      EXPECT_EQ(holds, "");
      holds = reply.Text("reference");
    } else {
      others.push_back(reply);
    }
  }
  ASSERT_EQ(others.size(), 19u);
  for (const Reply& reply : others) {
    EXPECT_EQ(reply.status, 409);
    EXPECT_THAT(reply.body, HasSubstr(holds));
  }
}

TEST(RestrictionLife, Scenario16_ComplaintsAreLimitedByADirectorAlone) {
  Stack& stack = Stack::Shared();
  const Reply proposed =
      TryPropose(stack, RegisterPerson(stack),
                 {{"measures", {{{"kind", "LIMIT_COMPLAINTS"}, {"description", "The closed complaint about the kitchen"}}}}});
  EXPECT_THAT(proposed, Violates("grounds[0].effect"));
  const std::string person = RegisterPerson(stack);
  Json body = ARestriction(person, {EvidenceAbout(stack, person)},
                           {{"measures", {{{"kind", "LIMIT_COMPLAINTS"}, {"description", "The closed complaint about the kitchen"}}}}});
  body["grounds"][0]["effect"] = "Thirty complaints about one decision stop the repair";
  const Reply full = stack.As("team_leader").Post("/v1/restrictions", body);
  ASSERT_THAT(full, Succeeds());
  EXPECT_THAT(stack.As("senior_manager").Post(Path(full) + ":impose", {}, full.IfMatch()), Refused(403, "9.8"));
  EXPECT_THAT(stack.As("strategic_director", "Education").Post(Path(full) + ":impose", {}, full.IfMatch()), Refused(403, "9.8"));
  EXPECT_THAT(stack.As("strategic_director").Post(Path(full) + ":impose", {}, full.IfMatch()), Succeeds());
}

TEST(RestrictionLife, Clause9_1_And6_5_DemandGroundsSayTheirEffectAndPassTheTest) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  Json body = ARestriction(person, {EvidenceAbout(stack, person)});
  body["grounds"][0]["behaviour"] = "EXCESSIVE_VOLUME";
  const Reply reply = stack.As("team_leader").Post("/v1/restrictions", body);
  EXPECT_THAT(reply, Violates("grounds[0].effect"));
  EXPECT_THAT(reply, Violates("normalOperationsTest"));
  body["grounds"][0]["effect"] = "Nine hours of two officers each week";
  body["normalOperationsTest"] = "Fully staffed we could not cope either";
  EXPECT_THAT(stack.As("team_leader").Post("/v1/restrictions", body), Succeeds());
}

TEST(RestrictionLife, Scenario12_ReviewedContinuedVariedEachANewDecision) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply imposed = Impose(stack, person, {{"review", Json::object()}});
  ASSERT_THAT(imposed, Succeeds());
  const Client manager = stack.As("senior_manager");
  const Headers any = {{"If-Match", "*"}};
  EXPECT_THAT(manager.Post(Path(imposed) + ":review", {{"outcome", "CONTINUE"}}, any), Violates("reason"));
  EXPECT_THAT(stack.As("team_leader").Post(Path(imposed) + ":review", {{"outcome", "CONTINUE"}, {"reason", "x"}}, any),
              Refused(403, "7.3"));
  const Reply continued = manager.Post(Path(imposed) + ":review", {{"outcome", "CONTINUE"}, {"reason", "Calls went on"}}, any);
  ASSERT_THAT(continued, Succeeds());
  EXPECT_EQ(continued.json["decisions"].size(), 2u);
  EXPECT_EQ(continued.json["decisions"][1]["kind"], "CONTINUATION");
  EXPECT_EQ(continued.json["decisions"][1]["appealable"], true);
  const Reply varied = manager.Post(
      Path(imposed) + ":vary",
      {{"reason", "Calmer now"}, {"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "WEEK"}}}}},
      any);
  ASSERT_THAT(varied, Succeeds());
  EXPECT_EQ(varied.json["termsVersion"], 2);
  EXPECT_EQ(varied.json["decisions"][2]["kind"], "VARIATION");
  EXPECT_THAT(manager.Post(Path(imposed) + ":lift", {{"reason", "Contact is good"}}, any), Succeeds());
}

TEST(RestrictionLife, Clause7_4_NoReviewNeedsItsReasonAndWhatThePersonIsTold) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  EXPECT_THAT(TryPropose(stack, person, {{"review", {{"date", nullptr}, {"none", {{"reason", "To protect staff from violence"}}}}}}),
              Violates("review.none.explanation"));
  EXPECT_THAT(
      Propose(
          stack, person,
          {{"review",
            {{"date", nullptr}, {"none", {{"reason", "To protect staff"}, {"explanation", "There is no review because of the risk"}}}}}}),
      Succeeds());
  EXPECT_THAT(TryPropose(stack, person, {{"review", {{"date", "2020-01-01"}}}}), Violates("review.date"));
}

TEST(RestrictionLife, Scenario20_AWithheldNoticeHasItsRecordAndDate) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  EXPECT_THAT(TryPropose(stack, person, {{"explanation", {{"toPerson", nullptr}, {"withheld", {{"record", "Risk to a witness"}}}}}}),
              Violates("explanation.withheld.lookAgainOn"));
  EXPECT_THAT(TryPropose(stack, person,
                         {{"explanation",
                           {{"toPerson", nullptr}, {"withheld", {{"record", "Risk to a witness"}, {"lookAgainOn", "2035-01-01"}}}}}}),
              Succeeds());
}

TEST(RestrictionLife, Clause5_4_TheLastUsableChannelIsGuardedAtBothDoors) {
  Stack& stack = Stack::Shared();
  const Reply made =
      stack.As("team_leader")
          .Post("/v1/people", {{"displayName", "Sam Example"},
                               {"adjustments", {{{"description", "Cannot write; phone only"}, {"usableChannels", {"PHONE"}}}}}});
  ASSERT_THAT(made, Succeeds());
  EXPECT_THAT(TryPropose(stack, made.id(), Json::object()), Refused(400, "5.4"));
  EXPECT_THAT(TryPropose(stack, made.id(), {{"alternativeChannel", "IN_PERSON"}}), Succeeds());
  const std::string later = RegisterPerson(stack);
  const Reply proposed = Propose(stack, later);
  ASSERT_THAT(
      stack.As("employee").Post("/v1/people/" + later + "/adjustments", {{"description", "Phone only"}, {"usableChannels", {"PHONE"}}}),
      Succeeds());
  EXPECT_THAT(stack.As("senior_manager").Post(Path(proposed) + ":impose", {}, proposed.IfMatch()), Refused(400, "5.4"));
}

TEST(RestrictionLife, ValidateOnlyAnswersAsTheWriteWouldAndChangesNothing) {
  Stack& stack = Stack::Shared();
  const Reply proposed = Propose(stack, RegisterPerson(stack));
  const Reply dry = stack.As("senior_manager").Post(Path(proposed) + ":impose?validateOnly=true", {}, proposed.IfMatch());
  ASSERT_THAT(dry, Succeeds());
  EXPECT_EQ(dry.Text("state"), "IN_FORCE");
  EXPECT_EQ(stack.As("team_leader").Get(Path(proposed)).Text("state"), "PROPOSED");
}

TEST(RestrictionLife, Clause4_1_ADelegationLendsAuthorityForItsTimeAlone) {
  Stack& stack = Stack::Shared();
  const Reply proposed = Propose(stack, RegisterPerson(stack, "", "Planning"), {{"serviceArea", "Planning"}});
  ASSERT_THAT(proposed, Succeeds());
  const Client deputy = stack.As("team_leader", "Planning", "deputy");
  EXPECT_THAT(deputy.Post(Path(proposed) + ":impose", {}, proposed.IfMatch()), Refused(403, "7.3"));
  const Reply lent =
      stack.As("senior_manager", "Planning")
          .Post("/v1/delegations",
                {{"delegateId", "deputy"}, {"serviceArea", "Planning"}, {"endsAt", InstantFromNow(300)}, {"reason", "Leave"}});
  ASSERT_THAT(lent, Succeeds());
  EXPECT_THAT(stack.As("senior_manager", "Education")
                  .Post("/v1/delegations", {{"delegateId", "x"}, {"serviceArea", "Planning"}, {"endsAt", InstantFromNow(300)}}),
              Refused(403, "4.1"));
  ASSERT_THAT(stack.As("senior_manager", "Planning").Post("/v1/delegations/" + lent.id() + ":revoke", {}, lent.IfMatch()), Succeeds());
  EXPECT_THAT(deputy.Post(Path(proposed) + ":impose", {}, proposed.IfMatch()), Refused(403, "7.3"));
}

TEST(RestrictionLife, ListsAreByAreaAndPerson) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply imposed = Impose(stack, person);
  const Reply list = stack.As("team_leader").Get("/v1/restrictions?personId=" + person + "&state=IN_FORCE");
  ASSERT_EQ(list.json["restrictions"].size(), 1u);
  EXPECT_EQ(list.json["restrictions"][0]["id"], imposed.id());
  EXPECT_EQ(stack.As("team_leader", "Education").Get("/v1/restrictions?personId=" + person).json["restrictions"].size(), 0u);
  const Reply page = stack.As("auditor", "").Get("/v1/restrictions?pageSize=1");
  ASSERT_EQ(page.json["restrictions"].size(), 1u);
  EXPECT_NE(page.Text("nextPageToken"), "");
}

}  // namespace
}  // namespace evenhand::testing
