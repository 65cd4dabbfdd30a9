// Rights over the data through the REST door: a record that is there asks its own rights, nobody gains or sheds a right by an edit of
// their own, and a colleague's case is closed to those who work with them in every service, also while nobody can be asked (7.3, 12.4).
#include <csignal>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

Json Amended(const Json& body) {
  Json all = {{"reason", "It was written down wrongly"}};
  all.merge_patch(body);
  return all;
}

TEST(RightsOverData, AStrangerWhoRecordsAgainReadsAndChangesNothing) {
  Stack& stack = Stack::Shared();
  const Json body = AnIncident({{"sourceSystem", "HS-PORTAL"}, {"narrative", "The first words"}});
  const Reply made = stack.As("portal", "").Post("/v1/incidents", body);
  ASSERT_THAT(made, Succeeds());
  for (const char* spelt : {"HS-PORTAL", "HS_PORTAL", "hs_portal ", "ＨＳ－ＰＯＲＴＡＬ"}) {
    Json stolen = body;
    stolen.merge_patch({{"sourceSystem", spelt}, {"sourceVersion", 2}, {"lineManagerId", "E1777"}, {"serviceArea", "Education"}});
    for (const char* role : {"employee", "team_leader", "senior_manager", "health_safety_adviser", "crm"}) {
      const Reply no = stack.As(role, "Education", "E1777").Post("/v1/incidents", stolen);
      EXPECT_EQ(no.status, 403) << spelt << role << no;
      EXPECT_THAT(no.body, Not(HasSubstr("first words")));
      EXPECT_THAT(no.body, Not(HasSubstr(made.Text("reference"))));
    }
  }
  const Reply read = stack.As("team_leader").Get("/v1/incidents/" + made.id());
  EXPECT_EQ(read.Text("narrative"), "The first words");
  EXPECT_EQ(read.json["versions"].size(), 1u);
  Json frozen = AnIncident({{"sourceVersion", 2147483647}});
  EXPECT_EQ(stack.As("employee", "Housing", "E1001").Post("/v1/incidents", frozen).status, 400);
}

TEST(RightsOverData, Clause7_3_TheHarmedDoesNotDecideHoweverTheRecordIsEdited) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person, {{"staff", {{{"staffId", "E3000"}, {"role", "AFFECTED"}}}}});
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  ASSERT_THAT(proposed, Succeeds());
  const Client harmed = stack.As("senior_manager", "Housing", "E3000");
  const std::string impose = "/v1/restrictions/" + proposed.id() + ":impose";
  EXPECT_EQ(harmed.Post(impose, {}, proposed.IfMatch()).status, 403);
  const Json other = {{"staff", {{{"staffId", "E3000"}, {"role", "OTHER"}}}}};
  EXPECT_EQ(harmed.Post("/v1/incidents/" + incident + ":amend", Amended(other), kAny).status, 403);
  // What the decision rests on is not theirs to take away either.
  for (const auto& [act, body] : std::initializer_list<std::pair<const char*, Json>>{
           {":unlinkPerson", {{"reason", "x"}}}, {":linkPerson", {{"personId", person}}}, {":withdraw", {{"reason", "x"}}}})
    EXPECT_EQ(harmed.Post("/v1/incidents/" + incident + act, body, kAny).status, 403) << act;
  // Somebody else who corrects it takes nothing away from what was.
  EXPECT_THAT(stack.As("team_leader").Post("/v1/incidents/" + incident + ":amend", Amended(other), kAny), Succeeds());
  EXPECT_EQ(harmed.Post(impose, {}, kAny).status, 403);
  EXPECT_THAT(stack.As("senior_manager").Post(impose, {}, kAny), Succeeds());
}

// A colleague who is met as a customer: the incident, its follow-ups, what was decided on it and the messages of it.
struct ColleaguesCase {
  std::string person, incident, restriction;
  std::vector<std::string> paths;
};

ColleaguesCase ACase(Stack& stack, const std::string& boss, const std::string& subject) {
  ColleaguesCase made;
  const Reply colleague = stack.As("team_leader")
                              .Post("/v1/people", {{"displayName", "A Colleague"},
                                                   {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                                                   {"isEmployee", true},
                                                   {"employment", {{"staffId", subject}, {"team", "Repairs"}, {"lineManagerId", boss}}}});
  EXPECT_THAT(colleague, Succeeds());
  made.person = colleague.id();
  made.restriction = Impose(stack, made.person).id();
  const Client manager = stack.As("senior_manager");
  made.incident = manager.Get("/v1/restrictions/" + made.restriction).json["grounds"][0]["incidentIds"][0];
  made.paths = {"/v1/incidents/" + made.incident, "/v1/incidents?personId=" + made.person, "/v1/followUps?incidentId=" + made.incident,
                "/v1/people/" + made.person, "/v1/restrictions/" + made.restriction};
  return made;
}

bool Shows(const Reply& reply, const ColleaguesCase& c) {
  return reply.ok() && (reply.body.find(c.incident) != std::string::npos || reply.body.find(c.restriction) != std::string::npos);
}

TEST(RightsOverData, Clause12_4_AColleaguesCaseIsClosedInEveryServiceAndDecidedByNobodyCloseToThem) {
  Stack& stack = Stack::Shared();
  const ColleaguesCase c = ACase(stack, "u-boss9", "E-79");
  const std::string incident = "/v1/incidents/" + c.incident;
  for (const Client& close : {stack.As("senior_manager", "Housing", "u-boss9"), stack.As("team_leader", "Housing,Repairs", "u-mate9"),
                              stack.As("senior_manager", "Housing", "E-79"), stack.As("team_leader", "Housing", "e-79 ")}) {
    for (const std::string& path : c.paths) EXPECT_FALSE(Shows(close.Get(path), c)) << path;
    EXPECT_EQ(close.Post(incident + ":amend", Amended({{"narrative", "x"}}), kAny).status, 403);
    EXPECT_EQ(close.Post(incident + ":withdraw", {{"reason", "x"}}, kAny).status, 403);
    EXPECT_EQ(close.Post(incident + ":unlinkPerson", {{"reason", "x"}}, kAny).status, 403);
    EXPECT_EQ(close.Post(incident + "/statements", {{"text", "x"}}).status, 403);
    EXPECT_EQ(close.Stream(incident + "/evidence", "words", "text/plain", {{"X-Evidence-Name", "x.txt"}}).status, 403);
    const Json due = stack.As("team_leader").Get("/v1/followUps?incidentId=" + c.incident).json["followUps"];
    for (const Json& task : due) {
      const std::string path = "/v1/followUps/" + task["id"].get<std::string>();
      EXPECT_EQ(close.Post(path + ":complete", {{"outcome", "NOT_TO_REGISTER"}, {"reason", "x"}}, kAny).status, 403) << task;
      EXPECT_EQ(close.Post(path + ":reassign", {{"owner", "E-79"}, {"reason", "x"}}, kAny).status, 403) << task;
    }
  }
  for (const std::string& path : c.paths) EXPECT_TRUE(stack.As("team_leader").Get(path).ok()) << path;
}

TEST(RightsOverData, Clause12_4_WhileTheRegisterCantBeAskedACaseStaysClosed) {
  Stack stack;
  const ColleaguesCase c = ACase(stack, "u-boss1", "E-80");
  const Client manager = stack.As("senior_manager"), next = stack.As("senior_manager", "Housing", "u-next");
  const Reply appeal =
      stack.As("team_leader")
          .Post("/v1/appeals", {{"restrictionId", c.restriction}, {"receivedOn", DayFromNow(0)}, {"by", "PERSON"}, {"grounds", "Not so."}});
  ASSERT_THAT(appeal, Succeeds());
  ASSERT_TRUE(Eventually([&] { return !manager.Get("/v1/letters?restrictionId=" + c.restriction).json["letters"].empty(); }));
  const std::string letter = manager.Get("/v1/letters?restrictionId=" + c.restriction).json["letters"][0]["id"];
  // Their manager changes, and at once nobody can be asked who it is.
  ASSERT_THAT(manager.Patch("/v1/people/" + c.person,
                            {{"employment", {{"staffId", "E-80"}, {"team", "Repairs"}, {"lineManagerId", "u-next"}}}}, kAny),
              Succeeds());
  stack.Signal("restriction-service", SIGSTOP);
  const Reply unlinked = next.Post("/v1/incidents", AnIncident());
  EXPECT_THAT(unlinked, Succeeds()) << "recording waits for nobody";
  for (const std::string& path :
       {"/v1/incidents/" + c.incident, "/v1/incidents?personId=" + c.person, "/v1/followUps?incidentId=" + c.incident,
        "/v1/appeals/" + appeal.id(), "/v1/letters/" + letter, "/v1/letters/" + letter + ":pdf"}) {
    const Reply no = next.Get(path);
    EXPECT_EQ(no.status, 503) << path << no;
    EXPECT_THAT(no.body, Not(HasSubstr("Shouted")));
  }
  stack.Signal("restriction-service", SIGCONT);
  ASSERT_TRUE(Eventually([&] { return next.Get("/v1/incidents/" + c.incident).status == 403; }));
  EXPECT_EQ(next.Get("/v1/appeals/" + appeal.id()).status, 403);
  EXPECT_THAT(manager.Get("/v1/incidents/" + c.incident), Succeeds());
}

// Field × right: each field that a rule of another service reads, written by everybody who may call the write, then the rule asked again.
struct FieldWrite {
  const char* field;
  std::string method, path;
  std::vector<Json> bodies;
};

TEST(RightsOverData, Clause7_3_ATeamLeaderShutsNoManagerOut) {
  Stack& stack = Stack::Shared();
  const ColleaguesCase c = ACase(stack, "u-boss82", "E-82");
  const std::string person = "/v1/people/" + c.person;
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager");
  const Json at = {{"staffId", "E-82"}, {"team", "Repairs"}, {"lineManagerId", "u-senior_manager"}};
  for (const Json& change : {Json{{"employment", at}}, Json{{"isEmployee", false}}}) {
    const Reply no = leader.Patch(person, change, kAny);
    EXPECT_EQ(no.status, 403) << no;
    EXPECT_THAT(no.body, HasSubstr("employment"));
  }
  EXPECT_THAT(leader.Patch(person, {{"displayName", "Terry Sample"}}, kAny), Succeeds()) << "the rest is theirs to correct";
  EXPECT_THAT(manager.Get(person), Succeeds());
}

TEST(RightsOverData, Clause7_3_NobodyGainsOrShedsARightByWritingAFieldThatARuleReads) {
  Stack& stack = Stack::Shared();
  const std::vector<std::pair<std::string, Client>> writers = {
      {"employee", stack.As("employee", "Housing", "E1777")},
      {"the subject", stack.As("senior_manager", "Housing", "E-81")},
      {"their manager", stack.As("senior_manager", "Housing", "u-boss81")},
      {"their team", stack.As("team_leader", "Housing,Repairs", "u-mate81")},
      {"another area", stack.As("senior_manager", "Education", "E3001")},
      {"the harmed", stack.As("senior_manager", "Housing", "E1001")},
  };
  const ColleaguesCase c = ACase(stack, "u-boss81", "E-81");
  const std::string person = "/v1/people/" + c.person, restriction = "/v1/restrictions/" + c.restriction;
  const Reply appeal =
      stack.As("team_leader")
          .Post("/v1/appeals", {{"restrictionId", c.restriction}, {"receivedOn", DayFromNow(0)}, {"by", "PERSON"}, {"grounds", "Not so."}});
  const std::string about = "/v1/appeals/" + appeal.id();
  const std::vector<FieldWrite> writes = {
      {"person.isEmployee", "PATCH", person, {{{"isEmployee", false}}}},
      {"person.employment",
       "PATCH",
       person,
       {{{"employment", {{"staffId", "E-99"}, {"team", "Libraries"}, {"lineManagerId", "u-x"}}}}, {{"employment", Json::object()}}}},
      {"incident.staff",
       "POST",
       "/v1/incidents/" + c.incident + ":amend",
       {Amended({{"staff", {{{"staffId", "E1001"}, {"role", "OTHER"}}}}}), Amended({{"staff", Json::array()}})}},
      {"incident.person", "POST", "/v1/incidents/" + c.incident + ":unlinkPerson", {{{"reason", "somebody else"}}}},
      {"restriction.serviceArea", "PATCH", restriction, {{{"serviceArea", "Education"}}}},
      {"appeal.assignee", "POST", about + ":assign", {{{"assignee", "E-81"}}, {{"assignee", "u-boss81"}}, {{"assignee", "E1001"}}}},
  };
  const std::vector<std::string> seen = {person, restriction, "/v1/incidents/" + c.incident, about};
  for (const auto& [who, writer] : writers) {
    const auto rights = [&, &writer = writer] {
      std::string can;
      for (const std::string& path : seen) can += std::to_string(writer.Get(path).status) + " ";
      can += std::to_string(
          writer
              .Post(restriction + ":lift?validateOnly=true", {{"reason", "It is over"}, {"explanation", {{"toPerson", "It ends."}}}}, kAny)
              .status);
      return can;
    };
    const std::string before = rights();
    for (const FieldWrite& write : writes) {
      for (const Json& body : write.bodies) {
        const Reply done = write.method == "PATCH" ? writer.Patch(write.path, body, kAny) : writer.Post(write.path, body, kAny);
        EXPECT_EQ(rights(), before) << who << " wrote " << write.field << " " << body << " " << done.status;
      }
    }
  }
}

}  // namespace
}  // namespace evenhand::testing
