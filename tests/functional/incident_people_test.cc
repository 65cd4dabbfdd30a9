// Incidents and the register of people, through real services: away, merged, separated, erased, counted.
#include <csignal>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Json FollowUp(const Reply& incident, const std::string& kind) {
  for (const Json& one : incident.json.value("followUps", Json::array()))
    if (one.value("kind", "") == kind) return one;
  return {};
}

Reply Complete(const Client& client, const Json& follow_up, const Json& body) {
  return client.Post("/v1/followUps/" + follow_up.value("id", "none") + ":complete", body, {{"If-Match", follow_up.value("etag", "*")}});
}

Reply Get(Stack& stack, const std::string& incident) {
  return stack.As("team_leader", "Housing", "E2001").Get("/v1/incidents/" + incident);
}

std::string AboutPerson(Stack& stack, const std::string& person) {
  const Reply made = stack.As("employee").Post("/v1/incidents", AnIncident({{"person", {{"personId", person}}}}));
  EXPECT_THAT(made, Succeeds());
  return made.id();
}

// Held still, as a partition would hold it: the others get no answer.
class Frozen {
 public:
  Frozen(Stack& stack, const std::string& process) : pid_(stack.Pid(process)) { kill(pid_, SIGSTOP); }
  ~Frozen() { kill(pid_, SIGCONT); }

 private:
  int pid_;
};

TEST(IncidentsAndPeople, Clause12_2_ANamedPersonIsConfirmedWhenTheRegisterIsBack) {
  Stack& stack = Stack::Shared();
  const std::string pat = RegisterPerson(stack);
  std::string incident;
  {
    const Frozen away(stack, "restriction-service");
    const Reply made = stack.As("employee").Post("/v1/incidents", AnIncident({{"person", {{"personId", pat}}}}));
    ASSERT_THAT(made, Succeeds());
    EXPECT_EQ(made.json["link"]["state"], "UNCONFIRMED");
    EXPECT_EQ(made.json["link"]["personId"], pat);
    incident = made.id();
  }
  EXPECT_TRUE(Eventually([&] { return Get(stack, incident).json["link"]["state"] == "CONFIRMED"; }, 20));
  EXPECT_EQ(Get(stack, incident).json["personId"], pat);
}

TEST(IncidentsAndPeople, Scenario5_UnmergeReturnsWhatIsCertainAndQueuesWhatIsNot) {
  Stack& stack = Stack::Shared();
  const Client leader = stack.As("team_leader");
  const std::string pat = RegisterPerson(stack), sam = RegisterPerson(stack);
  const std::string sams = AboutPerson(stack, sam);
  ASSERT_THAT(leader.Post("/v1/people:merge", {{"survivorId", pat}, {"duplicateId", sam}, {"reason", "Same date of birth"}}), Succeeds());
  ASSERT_TRUE(Eventually([&] { return Get(stack, sams).json["personId"] == pat; }));
  const std::string since = AboutPerson(stack, pat);
  const Reply survivor = leader.Get("/v1/people/" + pat);
  ASSERT_THAT(leader.Post("/v1/people/" + pat + ":unmerge", {{"mergedPersonId", sam}}, survivor.IfMatch()), Succeeds());
  EXPECT_TRUE(Eventually([&] { return Get(stack, sams).json["personId"] == sam; }));
  ASSERT_TRUE(Eventually([&] { return !FollowUp(Get(stack, since), "PERSON_CHECK").is_null(); }));
  const Json check = FollowUp(Get(stack, since), "PERSON_CHECK");
  EXPECT_EQ(check["state"], "OPEN");
  EXPECT_THAT(Complete(leader, check, {{"outcome", "STATED"}}), Refused(400, "12.2"));
  EXPECT_THAT(Complete(leader, check, {{"outcome", "STATED"}, {"reason", "It was about Pat's tenancy"}}), Succeeds());
}

TEST(IncidentsAndPeople, Clause8_9_WhatIsNotRecordedKeepsNoStatementAndNoFile) {
  Stack& stack = Stack::Shared();
  const Client officer = stack.As("employee", "Housing", "E1001"), manager = stack.As("team_leader", "Housing", "E2001");
  const Reply made = officer.Post("/v1/incidents", AnIncident({{"behaviours", {"CONTACT_OUTSIDE_OFFICE"}},
                                                               {"channel", "OUTSIDE_WORK"},
                                                               {"witnesses", {"E1500"}},
                                                               {"narrative", "Zebedee greeted me in the supermarket"}}));
  const std::string path = "/v1/incidents/" + made.id();
  ASSERT_THAT(stack.As("employee", "Housing", "E1500").Post(path + "/statements", {{"text", "Zebedee was there"}}), Succeeds());
  const Reply file = officer.Stream(path + "/evidence", "Zebedee's receipt\n", "text/plain", {{"X-Evidence-Name", "zebedee.txt"}});
  ASSERT_THAT(file, Succeeds());
  const Json decision = FollowUp(manager.Get(path), "OUTSIDE_CONTACT_DECISION");
  ASSERT_THAT(Complete(manager, decision, {{"outcome", "DO_NOT_RECORD"}, {"reason", "A greeting"}}), Succeeds());
  const Reply left = manager.Get(path);
  EXPECT_EQ(left.json["state"], "NOT_KEPT");
  EXPECT_EQ(left.json["recordedBy"], "E1001");
  EXPECT_THAT(left.body, Not(HasSubstr("ebedee")));
  EXPECT_EQ(manager.Get(path + "/evidence/" + file.id() + ":content").status, 404);
  EXPECT_EQ(stack.Sql("select count(*) from incident.statement where incident_id = '" + made.id() + "'"), "0");
  const std::string audit =
      stack.Sql("select string_agg(action, ',' order by action) from incident.audit where action like '%.erased' and clause = '8.9'");
  EXPECT_THAT(audit, HasSubstr("evidence.erased"));
  EXPECT_THAT(audit, HasSubstr("statement.erased"));
}

TEST(IncidentsAndPeople, Clause10_4_TimeAwayIsAskedForAndGiven) {
  Stack& stack = Stack::Shared();
  const Client officer = stack.As("employee", "Housing", "E1001"), manager = stack.As("team_leader", "Housing", "E2001");
  const Reply made = officer.Post(
      "/v1/incidents",
      AnIncident({{"staff", {{{"staffId", "E1001"}, {"name", "A. Officer"}, {"role", "AFFECTED"}, {"timeAwayRequested", true}}}}}));
  ASSERT_THAT(made, Succeeds());
  const Json away = FollowUp(manager.Get("/v1/incidents/" + made.id()), "TIME_AWAY");
  EXPECT_EQ(away["staffId"], "E1001");
  EXPECT_EQ(away["clause"], "10.4");
  EXPECT_THAT(Complete(manager, away, {{"outcome", "GIVEN"}, {"note", "Until Friday"}}), Succeeds());
}

Json Figure(const Reply& statistics, const std::string& figure, const std::string& group) {
  for (const Json& one : statistics.json.value("figures", Json::array()))
    if (one.value("figure", "") == figure && one.value("group", "") == group) return one;
  return {};
}

TEST(IncidentsAndPeople, Clause13_FiguresOfAllServicesExactForTheManagerWithheldForTheUnion) {
  Stack& stack = Stack::Shared();
  const std::string area = "Libraries";  // no other test of this program uses it
  const Reply imposed = Impose(stack, RegisterPerson(stack, "", area), {{"serviceArea", area}});
  Propose(stack, RegisterPerson(stack, "", area), {{"serviceArea", area}});
  ASSERT_THAT(stack.As("team_leader", area)
                  .Post("/v1/appeals", {{"restrictionId", imposed.id()},
                                        {"receivedAt", imposed.json.value("imposedAt", "2026-11-25T07:00:00Z")},
                                        {"by", "PERSON"},
                                        {"grounds", "It was not me"}}),
              Succeeds());
  const Reply mine = stack.As("senior_manager", area).Get("/v1/statistics?by=service");
  ASSERT_THAT(mine, Succeeds());
  EXPECT_FALSE(mine.json.contains("away")) << mine;
  EXPECT_EQ(Figure(mine, "restrictionsProposed", area)["value"], 2) << mine;
  EXPECT_EQ(Figure(mine, "restrictionsImposed", area)["value"], 1) << mine;
  EXPECT_EQ(Figure(mine, "appeals", area)["value"], 1) << mine;
  const Reply theirs = stack.As("union_representative", "").Get("/v1/statistics?by=service");
  for (const char* figure : {"restrictionsProposed", "restrictionsImposed", "appeals"}) {
    EXPECT_TRUE(Figure(theirs, figure, area).value("suppressed", false)) << figure;
    EXPECT_FALSE(Figure(theirs, figure, area).contains("value")) << figure;
  }
}

// Every figure by service beside the same figure of all services: never is exactly one part missing where the whole is told.
TEST(IncidentsAndPeople, Clause13_NoFigureIsTheWholeLessTheShownParts) {
  Stack& stack = Stack::Shared();
  const std::string large = "Parks", small = "Planning";  // no other test of this program uses them
  for (int i = 0; i < 6; ++i) Impose(stack, RegisterPerson(stack, "", large), {{"serviceArea", large}});
  for (int i = 0; i < 2; ++i) Impose(stack, RegisterPerson(stack, "", small), {{"serviceArea", small}});
  const Client reader = stack.As("union_representative", "");
  const Reply whole = reader.Get("/v1/statistics?by=channel"), parts = reader.Get("/v1/statistics?by=service");
  int told = 0;
  for (const Json& all : whole.json["figures"]) {
    if (!all.contains("value")) continue;
    int missing = 0, shown = 0;
    for (const Json& one : parts.json["figures"]) {
      if (one["figure"] != all["figure"]) continue;
      one.contains("value") ? shown += one["value"].get<int>() : ++missing;
    }
    if (missing > 0) ++told;
    EXPECT_NE(missing, 1) << all << " and shown parts of " << shown;
  }
  EXPECT_GT(told, 0) << "nothing was there to be worked out: " << whole << parts;
}

}  // namespace
}  // namespace evenhand::testing
