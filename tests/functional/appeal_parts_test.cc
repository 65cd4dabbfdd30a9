// The appeal is in nobody's hands who had a part in what is appealed; who hears it sees what it rests on; anybody takes one in (7.3, 12.4).
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};
const Json kTakenBack = {{"by", "PERSON"}, {"evidence", "Their letter of today"}, {"reason", "They agreed"}};

std::string Today(Stack& stack) { return stack.Sql("select (now() at time zone 'Europe/London')::date").substr(0, 10); }

Json Lodging(Stack& stack, const std::string& restriction, const Json& over = Json::object()) {
  Json body = {{"restrictionId", restriction}, {"receivedOn", Today(stack)}, {"by", "PERSON"}, {"grounds", "It was not me"}};
  body.merge_patch(over);
  return body;
}

// Lodged by somebody who has no part in it.
Reply Lodge(Stack& stack, const std::string& restriction) {
  const Reply appeal = stack.As("team_leader", "Housing", "E1902").Post("/v1/appeals", Lodging(stack, restriction));
  EXPECT_THAT(appeal, Succeeds());
  return appeal;
}

struct Step {
  const char* name;
  Json body;
  bool of_hearing;  // closed to whoever had any part
};

std::vector<Step> Steps(const std::string& today) {
  return {{"acknowledge", Json::object(), false},
          {"correctReceipt", {{"receivedOn", today}, {"reason", "The stamp"}}, false},
          {"receiveInformation", {{"answer", "A neighbour"}}, false},
          {"assign", {{"assignee", "u-sd-other"}}, true},
          {"requestInformation", {{"question", "Who rang?"}}, true},
          {"acceptLate", {{"reason", "In hospital"}}, true},
          {"refuse", {{"reason", "Too late"}}, true},
          {"decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "The evidence supports it"}}, true},
          {"withdraw", kTakenBack, true}};
}

// Each step × each part: imposed, reviewed, proposed, lent, used what was lent, harmed. As a strategic director, whom the roles let do all.
TEST(Clause7_3, NoStepOfAnAppealIsTakenByWhoHadAPartInWhatIsAppealed) {
  Stack& stack = Stack::Shared();
  const auto may = [&](const Reply& appeal, const std::string& who, bool decided) {
    const Client director = stack.As("strategic_director", "Housing", who);
    for (const Step& step : Steps(Today(stack))) {
      const Reply reply = director.Post("/v1/appeals/" + appeal.id() + ":" + step.name + "?validateOnly=true", step.body, kAny);
      EXPECT_EQ(reply.status == 403, decided || step.of_hearing) << who << " " << step.name << " " << reply;
    }
    EXPECT_EQ(stack.As("strategic_director", "Education", "u-sd")
                  .Post("/v1/appeals/" + appeal.id() + ":assign", {{"assignee", who}}, kAny)
                  .status,
              403)
        << who;
  };
  const std::string person = RegisterPerson(stack);
  const Reply proposed =
      stack.As("team_leader", "Housing", "E1700").Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person)}));
  ASSERT_THAT(proposed, Succeeds());
  ASSERT_THAT(stack.As("senior_manager", "Housing", "E1701")
                  .Post("/v1/delegations",
                        {{"delegateId", "E1702"}, {"serviceArea", "Housing"}, {"endsAt", InstantFromNow(30)}, {"reason", "On leave"}}),
              Succeeds());
  ASSERT_THAT(stack.As("team_leader", "Housing", "E1702").Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), kAny),
              Succeeds());
  const Reply first = Lodge(stack, proposed.id());
  may(first, "E1702", true);   // imposed with what was lent
  may(first, "E1700", false);  // proposed
  may(first, "E1701", false);  // lent
  may(first, "E1001", false);  // harmed
  ASSERT_THAT(stack.As("senior_manager", "Housing", "E1703")
                  .Post("/v1/restrictions/" + proposed.id() + ":review",
                        {{"outcome", "CONTINUE"}, {"reason", "Still needed"}, {"explanation", {{"toPerson", "It goes on."}}}}, kAny),
              Succeeds());
  may(first, "E1703", true);  // decided the last review since
  const Client free = stack.As("strategic_director", "Education", "u-sd");
  EXPECT_THAT(free.Post("/v1/appeals/" + first.id() + ":assign", {{"assignee", "u-sd"}}, kAny), Succeeds());
}

TEST(Clause7_3, WhoDecidedReceivesTheAppealInThePersonsOwnWordsAlone) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Client decided = stack.As("senior_manager");
  EXPECT_EQ(decided.Post("/v1/appeals", Lodging(stack, restriction, {{"grounds", "Not happy"}})).status, 403);
  const Reply taken = decided.Post("/v1/appeals", Lodging(stack, restriction, {{"document", "Letter of 30 November, case file"}}));
  ASSERT_THAT(taken, Succeeds());
  EXPECT_EQ(taken.Text("document"), "Letter of 30 November, case file");
}

TEST(Clause7_3, AnybodyTakesAnAppealInAndHoldsAReceiptOfIt) {
  Stack& stack = Stack::Shared();
  for (const Client& who : {stack.As("employee"), stack.As("crm", ""), stack.As("portal", ""), stack.As("team_leader", "Education")}) {
    const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
    const Reply receipt = who.Post("/v1/appeals", Lodging(stack, restriction, {{"grounds", "Handed in at the counter"}}));
    ASSERT_THAT(receipt, Succeeds());
    EXPECT_FALSE(receipt.id().empty() || receipt.Text("reference").empty());
    for (const char* record : {"grounds", "personId", "deadlines", "timeline", "state", "restrictionId"})
      EXPECT_FALSE(receipt.json.contains(record)) << record << receipt;
    EXPECT_EQ(who.Get("/v1/appeals/" + receipt.id()).status, 403);
    EXPECT_EQ(stack.As("team_leader").Get("/v1/appeals/" + receipt.id()).Text("grounds"), "Handed in at the counter");
  }
}

TEST(Clause7_3, WhoHearsTheAppealSeesWhatItRestsOnUntilItEndsOrIsGivenToSomebodyElse) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack), incident = EvidenceAbout(stack, person);
  ASSERT_THAT(stack.As("team_leader")
                  .Stream("/v1/incidents/" + incident + "/evidence", "What was said", "text/plain", {{"X-Evidence-Name", "call.txt"}}),
              Succeeds());
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), kAny), Succeeds());
  const Reply appeal = Lodge(stack, proposed.id());
  const std::string path = "/v1/appeals/" + appeal.id(), read = "/v1/incidents/" + incident;
  const Client hears = stack.As("strategic_director", "Education", "u-hears"), next = stack.As("strategic_director", "Education", "u-next");
  EXPECT_EQ(hears.Get(read).status, 403);
  ASSERT_THAT(hears.Post(path + ":assign", {{"assignee", "u-hears"}}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return hears.Get(read).status == 200; }, 3));
  EXPECT_THAT(hears.Get("/v1/incidents?personId=" + person).body, HasSubstr(incident));
  const Json files = hears.Get(read).json.value("evidence", Json::array());
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(hears.Get(read + "/evidence/" + files[0]["id"].get<std::string>() + ":content").status, 200);
  EXPECT_EQ(stack.Sql("select count(*) > 0 from incident.audit where action = 'incident.read' and actor = 'u-hears' and subject_id = '" +
                      incident + "'"),
            "t");
  EXPECT_EQ(hears.Post(read + ":withdraw", {{"reason", "It never happened"}}, kAny).status, 403) << "reads, and changes nothing";
  EXPECT_EQ(stack.As("employee", "Education", "u-hears").Get(read).status, 403) << "as a strategic director alone";

  ASSERT_THAT(next.Post(path + ":assign", {{"assignee", "u-next"}}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return next.Get(read).status == 200; }, 3));
  EXPECT_EQ(hears.Get(read).status, 403);
  EXPECT_EQ(hears.Post(path + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "r"}}, kAny).status, 403) << "not over the other's head";
  ASSERT_THAT(next.Post(path + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "The evidence supports it"}}, kAny), Succeeds());
  EXPECT_TRUE(Eventually([&] { return next.Get(read).status == 403; }, 3));
  EXPECT_THAT(next.Get("/v1/incidents?personId=" + person).body, Not(HasSubstr(incident)));
}

TEST(Clause7_3, AnAppealIsNotGivenToSomebodyKnownToBeNoDirector) {
  Stack& stack = Stack::Shared();
  const Reply appeal = Lodge(stack, Impose(stack, RegisterPerson(stack)).id());  // by E1902, a team leader
  const Client director = stack.As("strategic_director", "Education", "u-sd");
  EXPECT_THAT(director.Post("/v1/appeals/" + appeal.id() + ":assign", {{"assignee", "E1902"}}, kAny), Refused(403, "7.3"));
  EXPECT_THAT(stack.As("senior_manager", "Housing", "E1704").Post("/v1/appeals/" + appeal.id() + ":assign", {{"assignee", "E1704"}}, kAny),
              Refused(403, "7.3"));
}

std::vector<std::string> KindsOf(Stack& stack, const Reply& appeal) {
  std::vector<std::string> kinds;
  for (const Json& letter : stack.As("senior_manager").Get("/v1/letters?appealId=" + appeal.id()).json.value("letters", Json::array()))
    kinds.push_back(letter["kind"]);
  return kinds;
}

TEST(Clause11_1, ThePersonIsWrittenToWhenTheyAreAskedSomethingAndWhenTheirAppealIsTakenBack) {
  Stack& stack = Stack::Shared();
  const Reply appeal = Lodge(stack, Impose(stack, RegisterPerson(stack)).id());
  const std::string path = "/v1/appeals/" + appeal.id();
  const Client director = stack.As("strategic_director", "Education", "u-sd");
  EXPECT_THAT(director.Post(path + ":requestInformation", {{"question", "Who rang?"}, {"answerDueOn", DayFromNow(200)}}, kAny),
              Violates("answerDueOn"));
  const Reply asked = director.Post(path + ":requestInformation", {{"question", "Who rang on Monday?"}}, kAny);
  ASSERT_THAT(asked, Succeeds());
  EXPECT_FALSE(asked.json["informationRequests"][0].value("answerDueOn", "").empty());
  EXPECT_TRUE(Eventually([&] { return !KindsOf(stack, appeal).empty(); }));
  EXPECT_THAT(KindsOf(stack, appeal), Contains("APPEAL_QUESTION"));
  EXPECT_THAT(stack.As("senior_manager").Get("/v1/letters?appealId=" + appeal.id()).body, HasSubstr("Who rang on Monday?"));
  ASSERT_THAT(director.Post(path + ":receiveInformation", {{"answer", "A neighbour"}}, kAny), Succeeds());
  ASSERT_THAT(director.Post(path + ":requestInformation", {{"question", "How long?"}, {"askedOf", "Housing"}}, kAny), Succeeds());
  for (const char* field : {"by", "evidence", "reason"}) {
    Json less = kTakenBack;
    less.erase(field);
    EXPECT_THAT(director.Post(path + ":withdraw", less, kAny), Violates(field));
  }
  const Reply withdrawn = director.Post(path + ":withdraw", kTakenBack, kAny);
  ASSERT_THAT(withdrawn, Succeeds());
  EXPECT_EQ(withdrawn.json["withdrawal"]["by"], "PERSON");
  EXPECT_EQ(withdrawn.json["withdrawal"]["recordedBy"], "u-sd");
  EXPECT_TRUE(Eventually([&] { return KindsOf(stack, appeal).size() == 2; }));
  EXPECT_THAT(KindsOf(stack, appeal), Contains("APPEAL_WITHDRAWN")) << "one question was theirs, the other the service's";
}

TEST(Scenario5, AppealsFollowTheirPersonIntoAMergeAndOutOfIt) {
  Stack& stack = Stack::Shared();
  const std::string survivor = RegisterPerson(stack), other = RegisterPerson(stack);
  const Reply appeal = Lodge(stack, Impose(stack, other).id());
  const Client manager = stack.As("senior_manager");
  const Headers why = {{"If-Match", "*"}, {"X-Reason", "Both rang Housing from one number"}};  // nothing ties one of them to a service
  ASSERT_THAT(manager.Post("/v1/people:merge", {{"survivorId", survivor}, {"duplicateId", other}, {"reason", "The same person"}}, why),
              Succeeds());
  const auto of = [&](const std::string& person) { return manager.Get("/v1/appeals?personId=" + person).body; };
  EXPECT_TRUE(Eventually([&] { return of(survivor).find(appeal.id()) != std::string::npos; }));
  EXPECT_EQ(stack.Sql("select person_id from appeal.appeal where id = '" + appeal.id() + "'"), survivor);
  ASSERT_THAT(manager.Post("/v1/people/" + survivor + ":unmerge", {{"mergedPersonId", other}}, why), Succeeds());
  EXPECT_TRUE(Eventually([&] { return of(other).find(appeal.id()) != std::string::npos; }));
  EXPECT_EQ(stack.Sql("select person_id from appeal.appeal where id = '" + appeal.id() + "'"), other);
}

}  // namespace
}  // namespace evenhand::testing
