// Who hears of register entries, of an advocate who resigns, of two records that were one; and to whom a colleague's case is closed.
#include <set>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

void Keep(Stack& stack, const std::string& audience, Json body) {
  body.emplace("name", audience);
  EXPECT_THAT(stack.As("administrator", "").Put("/v1/audiences/" + audience, body, {{"If-Match", "*"}}), Succeeds());
}

Json Members(const std::vector<std::string>& staff) {
  Json members = Json::array();
  for (const std::string& id : staff) members.push_back({{"staffId", id}, {"email", id + "@example.org"}});
  return members;
}

Json Ledger(const Client& client, const std::string& query) { return client.Get("/v1/shares?" + query).json; }

std::set<std::string> Recipients(const Json& ledger, const std::string& occasion) {
  std::set<std::string> told;
  const Json shares = ledger.value("shares", Json::array());
  for (const Json& share : shares) {
    if (share["occasion"] == occasion && share.contains("recipient")) told.insert(share["recipient"]);
  }
  return told;
}

bool HasTask(const Client& client, const std::string& filter, const std::string& kind) {
  const Json tasks = client.Get("/v1/tasks?" + filter).json.value("tasks", Json::array());
  for (const Json& task : tasks) {
    if (task["kind"] == kind) return true;
  }
  return false;
}

// A confirmed entry for a physical threat; its id and the path of its steps.
struct Entry {
  std::string id, path;
};
Entry OnTheRegister(Stack& stack, const std::string& person, const std::string& behaviour = "PHYSICAL_THREAT") {
  Json over = {{"behaviours", {behaviour}}};
  if (behaviour == "PHYSICAL_THREAT") over["threat"] = {{"target", "STAFF"}};
  const std::string incident = EvidenceAbout(stack, person, over);
  const std::string path = "/v1/people/" + person + "/markers";
  const Reply marker = stack.As("team_leader")
                           .Post(path, {{"incidentIds", {incident}},
                                        {"category", behaviour},
                                        {"instruction", "Two members of staff at every visit."},
                                        {"ageCheck", {{"basis", "Known to be an adult since 2010"}}}});
  EXPECT_THAT(marker, Succeeds());
  const std::string one = path + "/" + marker.id();
  EXPECT_THAT(stack.As("senior_manager").Post(one + ":confirm", {{"told", {{"informed", true}, {"how", "Letter"}}}}, kAny), Succeeds());
  return {marker.id(), one};
}

TEST(Clause4_3, ARegisterEntryTellsWhoMeetsThePersonAndItsRemovalTellsAllOfThemAgain) {
  Stack& stack = Stack::Shared();
  Keep(stack, "service-housing", {{"serviceArea", "Housing"}, {"members", Members({"u-h1"})}});
  Keep(stack, "service-libraries", {{"serviceArea", "Libraries"}, {"members", Members({"u-l1"})}});
  const std::string person = RegisterPerson(stack);
  EvidenceAbout(stack, person, {{"serviceArea", "Libraries"}});
  Impose(stack, person, {{"serviceArea", "Libraries"}});
  const Entry entry = OnTheRegister(stack, person);
  const Client manager = stack.As("senior_manager");
  const std::string query = "markerId=" + entry.id;
  ASSERT_TRUE(Eventually([&] { return Recipients(Ledger(manager, query), "marker.confirmed").size() >= 2; }))
      << Ledger(manager, query).dump(1);
  EXPECT_EQ(Recipients(Ledger(manager, query), "marker.confirmed"), (std::set<std::string>{"u-h1", "u-l1"}));
  std::set<std::string> not_told;
  const Json ledger = Ledger(manager, query);
  for (const Json& line : ledger["notTold"]) not_told.insert(line["audience"]);
  EXPECT_THAT(not_told, Contains("public-numbers"));
  EXPECT_THAT(stack.As("senior_manager", "Education").Get("/v1/shares?" + query), Refused(403, "12.4"));

  Keep(stack, "service-housing", {{"serviceArea", "Housing"}, {"members", Members({"u-h2"})}});  // the people change meanwhile
  ASSERT_THAT(manager.Post(entry.path + ":remove", {{"reason", "A quiet year"}}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return Recipients(Ledger(manager, query), "marker.removed").size() >= 3; }));
  EXPECT_EQ(Recipients(Ledger(manager, query), "marker.removed"), (std::set<std::string>{"u-h1", "u-h2", "u-l1"}));
}

TEST(Clause12_5, AnEntryThatIsNoThreatTellsItsOwnServiceAlone) {
  Stack& stack = Stack::Shared();
  Keep(stack, "service-housing", {{"serviceArea", "Housing"}, {"members", Members({"u-h1"})}});
  const std::string person = RegisterPerson(stack);
  Impose(stack, person, {{"serviceArea", "Libraries"}});
  const Entry entry = OnTheRegister(stack, person, "HARASSMENT");
  const Client manager = stack.As("senior_manager");
  ASSERT_TRUE(Eventually([&] { return !Ledger(manager, "markerId=" + entry.id).value("shares", Json::array()).empty(); }));
  const Json ledger = Ledger(manager, "markerId=" + entry.id);
  for (const Json& share : ledger["shares"]) EXPECT_EQ(share["audience"], "service-housing");
}

TEST(Scenario3, AGroundThatIsWithdrawnOpensAnUrgentReviewForWhoDecides) {
  Stack& stack = Stack::Shared();
  Keep(stack, "service-housing",
       {{"serviceArea", "Housing"}, {"members", Members({"u-h1"})}, {"escalateTo", "u-boss"}, {"escalateEmail", "boss@example.org"}});
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, kAny), Succeeds());
  ASSERT_THAT(stack.As("team_leader").Post("/v1/incidents/" + incident + ":withdraw", {{"reason", "Recorded by mistake"}}, kAny),
              Succeeds());
  const Client manager = stack.As("senior_manager");
  EXPECT_TRUE(Eventually([&] { return HasTask(manager, "restrictionId=" + proposed.id(), "URGENT_REVIEW"); }));
  const Json alerts =
      manager.Get("/v1/notifications?restrictionId=" + proposed.id() + "&kind=ALERT").json.value("notifications", Json::array());
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0]["recipient"], "u-boss");
  EXPECT_EQ(alerts[0]["occasion"], "restriction.urgent_review_opened");
  ASSERT_THAT(
      manager.Post("/v1/restrictions/" + proposed.id() + ":review", {{"outcome", "CONTINUE"}, {"reason", "Two others stand"}}, kAny),
      Succeeds());
  EXPECT_TRUE(Eventually([&] { return !HasTask(manager, "restrictionId=" + proposed.id(), "URGENT_REVIEW"); }));
}

TEST(Scenario11, WhenTheAdvocateResignsThoseWhoWereToldHearItAndATaskAsksForTheTemporaryChannel) {
  Stack& stack = Stack::Shared();
  Keep(stack, "public-numbers", {{"members", Members({"u-cc"})}});
  const Reply person = stack.As("team_leader")
                           .Post("/v1/people", {{"displayName", "Pat"},
                                                {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                                                {"advocate", {{"name", "Sandy Advocate"}}}});
  ASSERT_THAT(person, Succeeds());
  const std::string restriction = Impose(stack, person.id()).id();
  const Client manager = stack.As("senior_manager");
  ASSERT_TRUE(Eventually([&] { return !Recipients(Ledger(manager, "restrictionId=" + restriction), "restriction.imposed").empty(); }));
  ASSERT_THAT(
      stack.As("team_leader").Post("/v1/people/" + person.id() + ":recordAdvocateResignation", {{"temporaryChannel", "EMAIL"}}, kAny),
      Succeeds());
  EXPECT_TRUE(Eventually([&] {
    return Recipients(Ledger(manager, "restrictionId=" + restriction), "person.advocate_resigned") == std::set<std::string>{"u-cc"};
  }));
  EXPECT_TRUE(HasTask(manager, "restrictionId=" + restriction, "ADVOCATE_RESIGNED"));
}

TEST(Scenario5, WhenTwoRecordsArePartedWhoeverWasToldMeanwhileIsToldOfItOnceAndATaskLooksAtTheLetters) {
  Stack& stack = Stack::Shared();
  Keep(stack, "public-numbers", {{"members", Members({"u-before"})}});
  const std::string a = RegisterPerson(stack), b = RegisterPerson(stack);
  const std::string before = Impose(stack, a).id();
  const Client manager = stack.As("senior_manager"), leader = stack.As("team_leader");
  ASSERT_TRUE(Eventually([&] { return !Ledger(manager, "restrictionId=" + before).value("shares", Json::array()).empty(); }));
  ASSERT_THAT(leader.Post("/v1/people:merge", {{"survivorId", a}, {"duplicateId", b}, {"reason", "One person"}}), Succeeds());
  Keep(stack, "web-contact", {{"members", Members({"u-meanwhile"})}});
  const Json mail = {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "EMAIL"}}}}};
  const std::string meanwhile = Impose(stack, a, mail).id();
  ASSERT_TRUE(Eventually([&] { return !Ledger(manager, "restrictionId=" + meanwhile).value("shares", Json::array()).empty(); }));
  ASSERT_THAT(leader.Post("/v1/people/" + a + ":unmerge", {{"reason", "Two after all"}}, kAny), Succeeds());
  const auto corrected = [&](const std::string& staff) {
    return stack.Sql(
        "select count(*) from notification.notification where kind = 'CORRECTION' and occasion = 'person.unmerged' and recipient = '" +
        staff + "' and person_id = '" + a + "'");
  };
  EXPECT_TRUE(Eventually([&] { return corrected("u-meanwhile") == "1"; }));
  EXPECT_EQ(corrected("u-before"), "0");
  EXPECT_TRUE(HasTask(manager, "personId=" + a, "CHECK_UNMERGED"));
}

TEST(Scenario5, WhoReadAnIncidentWhileItStoodUnderTheWrongPersonHearsThatItWentBackAndWhoReadItBeforeDoesNot) {
  Stack& stack = Stack::Shared();
  const std::string a = RegisterPerson(stack), b = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, b);
  const Client leader = stack.As("team_leader"), early = stack.As("team_leader", "Housing", "u-early5"),
               misled = stack.As("team_leader", "Housing", "u-misled5");
  const auto about = [&](const Client& reader) { return reader.Get("/v1/incidents/" + incident).Text("personId"); };
  EXPECT_EQ(about(early), b);
  ASSERT_THAT(leader.Post("/v1/people:merge", {{"survivorId", a}, {"duplicateId", b}, {"reason", "One person"}}), Succeeds());
  ASSERT_TRUE(Eventually([&] { return about(leader) == a; }));
  EXPECT_EQ(about(misled), a);
  EXPECT_EQ(about(misled), a);
  ASSERT_THAT(leader.Post("/v1/people/" + a + ":unmerge", {{"reason", "Two after all"}}, kAny), Succeeds());
  const auto corrections = [&](const Client& reader) {
    std::vector<std::string> occasions;
    const Json messages = reader.Get("/v1/notifications?recipient=me&kind=CORRECTION").json.value("notifications", Json::array());
    for (const Json& message : messages) {
      if (message.value("incidentId", "") == incident) occasions.push_back(message["occasion"]);
    }
    return occasions;
  };
  EXPECT_TRUE(Eventually([&] { return corrections(misled) == std::vector<std::string>{"incident.person_returned"}; }));
  ASSERT_TRUE(Eventually([&] { return about(leader) == b; }));
  EXPECT_EQ(corrections(early), std::vector<std::string>{});
}

// A council employee as a customer: their team and manager are kept out of everything that is written or told about the case.
TEST(Scenario7, AColleaguesSharesLettersTasksAndMessagesAreClosedToTheirTeamAndManager) {
  Stack& stack = Stack::Shared();
  Keep(stack, "service-housing", {{"serviceArea", "Housing"}, {"members", Members({"u-boss7", "u-h1"})}});
  Keep(stack, "service-repairs", {{"serviceArea", "Repairs"}, {"members", Members({"u-mate"})}});
  Keep(stack, "public-numbers", {{"members", Members({"u-cc", "E-77"})}});
  const Reply colleague =
      stack.As("team_leader")
          .Post("/v1/people", {{"displayName", "A Colleague"},
                               {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                               {"isEmployee", true},
                               {"employment", {{"staffId", "E-77"}, {"team", "Repairs"}, {"lineManagerId", "u-boss7"}}}});
  ASSERT_THAT(colleague, Succeeds());
  const Json threat = {
      {"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "PHONE"}}, {{"kind", "BLOCK_CHANNEL"}, {"channel", "IN_PERSON"}}}}};
  const std::string restriction = Impose(stack, colleague.id(), threat).id();
  const Client manager = stack.As("senior_manager");
  ASSERT_TRUE(Eventually([&] { return Ledger(manager, "restrictionId=" + restriction).value("shares", Json::array()).size() >= 2; }));
  EXPECT_EQ(Recipients(Ledger(manager, "restrictionId=" + restriction), "restriction.imposed"), (std::set<std::string>{"u-cc", "u-h1"}));

  const Json share = Ledger(manager, "restrictionId=" + restriction)["shares"][0];
  const Json letters = manager.Get("/v1/letters?restrictionId=" + restriction).json["letters"];
  ASSERT_EQ(letters.size(), 1U);
  const std::string letter = "/v1/letters/" + letters[0]["id"].get<std::string>();
  const std::string message = "/v1/notifications/" + share["id"].get<std::string>();
  const Json tasks = manager.Get("/v1/tasks?restrictionId=" + restriction).json["tasks"];
  ASSERT_FALSE(tasks.empty());
  const std::string task = "/v1/tasks/" + tasks[0]["id"].get<std::string>();
  for (const Client& close : {stack.As("senior_manager", "Housing", "u-boss7"), stack.As("senior_manager", "Housing,Repairs", "u-mate2"),
                              stack.As("senior_manager", "Housing", "E-77")}) {
    EXPECT_THAT(close.Get("/v1/shares?restrictionId=" + restriction), Refused(403, "council rule"));
    EXPECT_THAT(close.Get(letter), Refused(403, "council rule"));
    EXPECT_THAT(close.Get(letter + ":pdf"), Refused(403, "council rule"));
    EXPECT_THAT(
        close.Post(letter + ":confirmAddress", {{"address", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmedHow", "by phone"}}, kAny),
        Refused(403, "council rule"));
    EXPECT_THAT(close.Get(message), Refused(403, "council rule"));
    EXPECT_THAT(close.Get(task), Refused(403, "council rule"));
    EXPECT_THAT(close.Post(task + ":complete", {{"outcome", "x"}}, kAny), Refused(403, "council rule"));
    EXPECT_THAT(close.Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "web-contact"}, {"reason", "r"}}),
                Refused(403, "council rule"));
    EXPECT_THAT(close.Post("/v1/letters:preview", {{"kind", "RESTRICTION"}, {"restrictionId", restriction}}), Refused(403, "council rule"));
    for (const char* list : {"/v1/letters?restrictionId=", "/v1/tasks?restrictionId=", "/v1/notifications?restrictionId="})
      EXPECT_THAT(close.Get(list + restriction).body, Not(HasSubstr(restriction))) << list;
  }
  EXPECT_THAT(manager.Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "service-repairs"}, {"reason", "r"}}),
              Violates("audience"));
}

TEST(Scenario7, TheOwnTeamIsNotToldAndTheLedgerSaysByWhichRule) {
  Stack& stack = Stack::Shared();
  Keep(stack, "service-housing", {{"serviceArea", "Housing"}, {"members", Members({"u-h1"})}});
  const Reply colleague =
      stack.As("team_leader", "Libraries")
          .Post("/v1/people", {{"displayName", "A Colleague"},
                               {"isEmployee", true},
                               {"employment", {{"staffId", "E-78"}, {"team", "Housing"}, {"lineManagerId", "u-boss8"}}}});
  ASSERT_THAT(colleague, Succeeds());
  const std::string restriction =
      Impose(stack, colleague.id(), {{"serviceArea", "Libraries"}, {"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "LETTER"}}}}})
          .id();
  const Client manager = stack.As("senior_manager", "Libraries");
  ASSERT_TRUE(Eventually([&] { return !Ledger(manager, "restrictionId=" + restriction).value("shares", Json::array()).empty(); }));
  const Reply refused = manager.Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "service-housing"}, {"reason", "r"}});
  EXPECT_THAT(refused, Refused(400, "council rule"));
  // Of the register, for a threat: every service with contact but the one the person works in.
  const std::string person = colleague.id();
  EXPECT_THAT(stack.As("team_leader", "Housing").Get("/v1/shares?restrictionId=" + restriction), Refused(403, "12.4"));
}

TEST(Clause12_6, AnEscalationInAClosedCircleIsNoTaskOfTheServices) {
  Stack& stack = Stack::Shared();
  const Reply incident =
      stack.As("employee")
          .Post("/v1/incidents",
                AnIncident({{"channel", "SOCIAL_MEDIA"}, {"behaviours", {"NAMED_PUBLICLY"}}, {"webLink", "https://example.org/post"}}));
  ASSERT_THAT(incident, Succeeds());
  const Client hr = stack.As("hr_business_partner");
  const auto escalated = [&](const Client& client) {
    std::set<std::string> ids;
    const Json tasks = client.Get("/v1/tasks?kind=ESCALATED_SHARE&pageSize=200").json.value("tasks", Json::array());
    for (const Json& task : tasks) ids.insert(task["id"]);
    return ids;
  };
  ASSERT_TRUE(Eventually([&] { return !escalated(hr).empty(); }));
  const std::string task = *escalated(hr).begin();
  EXPECT_THAT(hr.Get("/v1/tasks/" + task), Succeeds());
  EXPECT_THAT(escalated(stack.As("senior_manager")), Not(Contains(task)));
  EXPECT_THAT(escalated(stack.As("administrator", "")), Not(Contains(task)));
  EXPECT_THAT(stack.As("senior_manager").Get("/v1/tasks/" + task), Refused(403, "12.7"));
}

}  // namespace
}  // namespace evenhand::testing
