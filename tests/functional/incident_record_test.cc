// Incidents through the REST door: recorded once, corrected by adding, read by those who need to know, followed up.
#include <fstream>
#include <thread>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Json FollowUp(const Reply& incident, const std::string& kind) {
  for (const Json& one : incident.json.value("followUps", Json::array())) {
    if (one.value("kind", "") == kind) return one;
  }
  return {};
}

Reply Complete(const Client& client, const Json& follow_up, const Json& body) {
  return client.Post("/v1/followUps/" + follow_up.value("id", "none") + ":complete", body, {{"If-Match", follow_up.value("etag", "*")}});
}

Json AThreat() {
  return AnIncident({{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "THIRD_PARTY"}}}, {"witnesses", {"E1500"}}});
}
Json AStaffNamedPost() {
  return AnIncident({{"behaviours", {"NAMED_PUBLICLY"}}, {"channel", "SOCIAL_MEDIA"}, {"webLink", "https://social.example.org/post/1"}});
}

TEST(Incidents, Scenario1_TheSameRecordTwiceIsOneIncidentAndVersionsMayComeInAnyOrder) {
  const Client portal = Stack::Shared().As("portal", "");
  Json second = AnIncident({{"sourceVersion", 2}, {"narrative", "The second text."}});
  Json first = second;
  first["sourceVersion"] = 1;
  first["narrative"] = "The first text.";
  const Reply made = portal.Post("/v1/incidents", second), again = portal.Post("/v1/incidents", second),
              late = portal.Post("/v1/incidents", first);
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made.id(), again.id());
  EXPECT_EQ(made.id(), late.id());
  const Reply read = Stack::Shared().As("health_safety_adviser", "").Get("/v1/incidents/" + made.Text("reference"));
  EXPECT_EQ(read.json["narrative"], "The second text.");
  ASSERT_EQ(read.json["versions"].size(), 2U);
  EXPECT_EQ(read.json["versions"][1]["incident"]["narrative"], "The first text.");
}

TEST(Incidents, Clause12_4_NeedToKnowByRole) {
  Stack& stack = Stack::Shared();
  const std::string path = "/v1/incidents/" + stack.As("employee", "Housing", "E1001").Post("/v1/incidents", AnIncident()).id();
  EXPECT_EQ(stack.As("team_leader").Get(path).json["view"], "FULL");
  EXPECT_THAT(stack.As("team_leader", "Education").Get(path), Refused(403, "12.4"));
  EXPECT_THAT(stack.As("employee", "Housing", "E1999").Get(path), Refused(403, "12.4"));
  EXPECT_THAT(stack.As("crm", "").Get(path), Refused(403, "12.4"));
  EXPECT_THAT(stack.As("union_representative", "").Get(path), Refused(403, ""));
}

TEST(Incidents, Scenario21_StaffNamedOnlineIsSeenByTheCircleAlone) {
  Stack& stack = Stack::Shared();
  const Reply made = stack.As("employee", "Housing", "E1001").Post("/v1/incidents", AStaffNamedPost());
  const std::string path = "/v1/incidents/" + made.id();
  EXPECT_THAT(stack.As("hr_business_partner", "").Get(path), Succeeds());
  EXPECT_THAT(stack.As("communications_lead", "").Get(path), Succeeds());
  EXPECT_THAT(stack.As("team_leader", "Housing", "E2001").Get(path), Succeeds());
  EXPECT_THAT(stack.As("senior_manager").Get(path), Refused(403, "12.4"));
  EXPECT_THAT(stack.As("team_leader", "Housing", "E2999").Get(path), Refused(403, "12.4"));
  const Reply counted = stack.As("health_safety_adviser", "").Get(path);
  EXPECT_THAT(counted.body, Not(HasSubstr("social.example.org")));
  EXPECT_THAT(stack.As("senior_manager").Get("/v1/incidents?pageSize=100").body, Not(HasSubstr(made.id())));
  const Reply read = stack.As("hr_business_partner", "").Get(path);
  const Json told = FollowUp(read, "STAFF_NAMED_PERSON_TOLD");
  EXPECT_THAT(Complete(stack.As("hr_business_partner", ""), told, {{"outcome", "TOLD"}}), Refused(400, "12.8"));
  EXPECT_THAT(Complete(stack.As("team_leader", "Housing", "E2001"), told, {{"outcome", "TOLD"}, {"wishes", "Please ask for removal"}}),
              Succeeds());
}

TEST(Incidents, Scenario17_AThreatToAThirdPartyAsksForThePoliceDecision) {
  Stack& stack = Stack::Shared();
  const Reply made = stack.As("employee", "Housing", "E1001").Post("/v1/incidents", AThreat());
  const Client leader = stack.As("team_leader", "Housing", "E2001"), officer = stack.As("employee", "Housing", "E1001");
  const Json police = FollowUp(leader.Get("/v1/incidents/" + made.id()), "POLICE_DECISION");
  const Json reasons = {{"outcome", "NOT_REPORTED"}, {"reason", "flippant"}, {"staffView", "content"}, {"effectOnOthers", "none"}};
  EXPECT_THAT(Complete(officer, police, reasons), Refused(403, "7.14"));
  EXPECT_THAT(Complete(leader, police, {{"outcome", "NOT_REPORTED"}}), Violates("effectOnOthers"));
  EXPECT_THAT(leader.Post("/v1/followUps/" + police.value("id", "") + ":complete", reasons), Refused(428, ""));
  EXPECT_THAT(Complete(officer, police,
                       {{"outcome", "REPORTED"},
                        {"policeRef", "PS-1"},
                        {"personInformed", {{"informed", false}, {"reason", "It would raise the risk"}}}}),
              Succeeds());
  EXPECT_THAT(Complete(leader, {{"id", police["id"]}, {"etag", "*"}}, reasons), Refused(409, ""));
}

TEST(Incidents, Scenario4_WronglyIdentifiedIsUnlinkedAndMayBeLinkedAnew) {
  Stack& stack = Stack::Shared();
  const Client leader = stack.As("team_leader");
  const std::string pat = RegisterPerson(stack), sam = RegisterPerson(stack);
  const Reply made = stack.As("employee").Post("/v1/incidents", AnIncident());
  const std::string path = "/v1/incidents/" + made.id();
  const Reply linked = leader.Post(path + ":linkPerson", {{"personId", pat}}, made.IfMatch());
  ASSERT_THAT(linked, Succeeds());
  EXPECT_THAT(leader.Post(path + ":linkPerson", {{"personId", sam}}, linked.IfMatch()), Refused(409, ""));
  const Reply unlinked = leader.Post(path + ":unlinkPerson", {{"reason", "It was somebody else"}}, linked.IfMatch());
  ASSERT_THAT(unlinked, Succeeds());
  EXPECT_EQ(unlinked.json["link"]["state"], "UNLINKED");
  EXPECT_THAT(leader.Post(path + ":linkPerson", {{"personId", sam}}, unlinked.IfMatch()), Succeeds());
}

TEST(Incidents, CorrectionsAreAddedAndEachVersionStaysReadable) {
  Stack& stack = Stack::Shared();
  const Client officer = stack.As("employee", "Housing", "E1001");
  const Reply made = officer.Post("/v1/incidents", AnIncident());
  const std::string path = "/v1/incidents/" + made.id();
  EXPECT_THAT(officer.Post(path + ":amend", {{"narrative", "Shorter."}}, made.IfMatch()), Violates("reason"));
  const Reply amended = officer.Post(path + ":amend", {{"narrative", "Shorter."}, {"reason", "Factual"}}, made.IfMatch());
  ASSERT_THAT(amended, Succeeds());
  EXPECT_THAT(officer.Post(path + ":amend", {{"narrative", "x"}, {"reason", "y"}}, made.IfMatch()), Refused(412, ""));
  const Reply withdrawn = officer.Post(path + ":withdraw", {{"reason", "By mistake"}}, amended.IfMatch());
  ASSERT_THAT(withdrawn, Succeeds());
  EXPECT_EQ(withdrawn.json["state"], "WITHDRAWN");
  EXPECT_EQ(withdrawn.json["versions"].size(), 3U);
  EXPECT_EQ(withdrawn.json["versions"][1]["reason"], "Factual");
}

TEST(Incidents, WhatIsMineAndWhatIsLateIsOneCall) {
  Stack& stack = Stack::Shared();
  const std::string manager = Unique("E");
  stack.As("employee").Post("/v1/incidents", AnIncident({{"lineManagerId", manager}}));
  const Reply mine = stack.As("team_leader", "Housing", manager).Get("/v1/followUps?mine=true");
  ASSERT_THAT(mine, Succeeds());
  ASSERT_GT(mine.json["followUps"].size(), 0U);
  for (const Json& one : mine.json["followUps"]) EXPECT_TRUE(one.value("mine", false));
  EXPECT_EQ(mine.json["lateCount"].is_number(), true);
}

TEST(Incidents, Clause13_StatisticsWithholdSmallNumbersFromWhoHasNoCaseAccess) {
  Stack& stack = Stack::Shared();
  const std::string area = Unique("Area");
  for (int i = 0; i < 3; ++i) stack.As("employee", area).Post("/v1/incidents", AnIncident({{"serviceArea", area}}));
  const auto row = [&](const Reply& reply) {
    for (const Json& one : reply.json["rows"]) {
      if (one.value("key", "") == area) return one;
    }
    return Json();
  };
  EXPECT_EQ(row(stack.As("health_safety_adviser", "").Get("/v1/statistics?by=service"))["count"], 3);
  const Json withheld = row(stack.As("union_representative", "").Get("/v1/statistics?by=service"));
  EXPECT_TRUE(withheld.value("suppressed", false));
  EXPECT_FALSE(withheld.contains("count"));
  EXPECT_THAT(stack.As("union_representative", "").Get("/v1/statistics?by=shoe"), Violates("by"));
}

}  // namespace
}  // namespace evenhand::testing
