// The main job through the REST door: an export goes in, the right person decides, a contact check answers.
#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "tests/functional/harness.h"
#include "tests/functional/portal.h"

namespace evenhand::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Counts Import(Stack& stack, const std::string& csv) {
  const Reply reply = stack.As("portal", "").Stream("/v1/incidents:import", csv, "text/csv");
  EXPECT_EQ(reply.status, 200) << reply;
  return CountsOf(reply);
}

Json Check(Stack& stack, const std::string& phone, const std::string& token = "", const std::string& channel = "PHONE") {
  Json ask = {{"channel", channel}, {"phone", phone}, {"serviceArea", "Housing"}};
  if (!token.empty()) ask["consistencyToken"] = token;
  const Reply reply = stack.As("crm", "").Post("/v1/contacts:check", ask);
  EXPECT_EQ(reply.status, 200) << reply;
  return reply.json;
}

// ---- The portal's export ----

TEST(PortalImport, TheSampleGoesInAsItsTruthSaysAndASecondTimeChangesNothing) {
  Stack& stack = Stack::Shared();
  std::ifstream csv("tools/samples/portal-export.csv", std::ios::binary), expected("tools/samples/portal-export.expected.json");
  const std::string text((std::istreambuf_iterator<char>(csv)), {});
  const Json truth = Json::parse(expected);
  const Counts first = Import(stack, text);
  EXPECT_EQ(first.rows(), truth["rows"]);
  EXPECT_EQ(first.of("CREATED"), truth["created"]);
  EXPECT_EQ(first.of("AMENDED"), truth["amended"]);
  EXPECT_EQ(first.of("WITHDRAWN"), truth["withdrawn"]);
  EXPECT_EQ(first.of("DUPLICATE"), truth["duplicates"]);
  EXPECT_EQ(first.of("REJECTED"), truth["rejected"]);
  const Counts again = Import(stack, text);
  EXPECT_EQ(again.of("CREATED") + again.of("AMENDED") + again.of("WITHDRAWN"), 0);
  EXPECT_EQ(again.of("REJECTED"), truth["rejected"]);
}

TEST(PortalImport, CaseJ_TheSame187RowsTwiceAre187IncidentsAnd187Unchanged) {
  Stack& stack = Stack::Shared();
  const std::string csv = PortalCsv(PortalRows(187, Unique("J")));
  EXPECT_EQ(Import(stack, csv).of("CREATED"), 187);
  const Counts again = Import(stack, csv);
  EXPECT_EQ(again.of("DUPLICATE"), 187);
  EXPECT_EQ(again.rows(), 187);
}

TEST(PortalImport, CaseJ_TheThirdOfAprilIsDayFirst) {
  Stack& stack = Stack::Shared();
  PortalRow row = PortalRows(1, Unique("D")).front();
  row["IncidentDate"] = "03/04/2026";
  row["IncidentTime"] = "10:00";
  const Reply reply = stack.As("portal", "").Stream("/v1/incidents:import", PortalCsv({row}), "text/csv");
  ASSERT_EQ(reply.status, 200) << reply;
  const Json line = reply.Lines().at(0);
  const Reply stored = stack.As("health_safety_adviser").Get("/v1/incidents/" + line.at("incidentId").get<std::string>());
  EXPECT_EQ(stored.Text("occurredAt"), "2026-04-03T09:00:00Z") << stored;  // 10:00 in London's summer
}

TEST(PortalImport, Scenario1_TheHighestVersionWinsWhicheverCameFirst) {
  Stack& stack = Stack::Shared();
  PortalRow first = PortalRows(1, Unique("V")).front(), second = first;
  second["Version"] = "2";
  second["Status"] = "Amended";
  second["Description"] = "The later text.";
  EXPECT_EQ(Import(stack, PortalCsv({second})).of("CREATED"), 1);
  EXPECT_EQ(Import(stack, PortalCsv({first})).of("DUPLICATE"), 1);
  const Reply list = stack.As("health_safety_adviser").Get("/v1/incidents?sourceSystem=HS_PORTAL&sourceRef=" + first["RecordNo"]);
  ASSERT_EQ(list.status, 200) << list;
  ASSERT_EQ(list.json.at("incidents").size(), 1u) << list;
  const Reply one = stack.As("health_safety_adviser").Get("/v1/incidents/" + list.json["incidents"][0].at("id").get<std::string>());
  EXPECT_EQ(one.json.at("sourceVersion"), 2) << one;
  EXPECT_GE(one.json.at("versions").size(), 2u) << one;  // the earlier text is kept
}

TEST(PortalImport, TwoImportersOfOneFileAtOnceMakeEachIncidentOnce) {
  Stack& stack = Stack::Shared();
  const std::string csv = PortalCsv(PortalRows(150, Unique("P")));
  stack.As("portal", "");  // the token once, before the threads
  auto other = std::async(std::launch::async, [&] { return Import(stack, csv); });
  const Counts one = Import(stack, csv);
  const Counts two = other.get();
  EXPECT_EQ(one.rows() + two.rows(), 300);
  EXPECT_EQ(one.of("CREATED") + two.of("CREATED"), 150);
  EXPECT_EQ(one.of("DUPLICATE") + two.of("DUPLICATE"), 150);
}

TEST(PortalImport, CaseJ_TheImporterKilledAtRow90LeavesNothingHalfDone) {
  Stack& stack = Stack::Shared();
  const std::string csv = PortalCsv(PortalRows(187, Unique("K")));
  const Client portal = stack.As("portal", "");
  // A client that dies after it has sent row 90: its connection is cut in the middle of the body.
  RawConnection connection(stack.port());
  connection.Send(ImportHead(portal.token(), csv.size()));
  connection.Send(csv.substr(0, PositionOfRow(csv, 90)));
  connection.Cut();
  const Counts after = Import(stack, csv);
  EXPECT_EQ(after.of("CREATED") + after.of("DUPLICATE"), 187);
  EXPECT_EQ(Import(stack, csv).of("DUPLICATE"), 187);
}

TEST(PortalImport, CaseJ_IncidentServiceKilledWithinAnImportAndTheFileSentAgainGives187) {
  Stack& stack = Stack::Shared();
  const std::string csv = PortalCsv(PortalRows(187, Unique("S")));
  const Client portal = stack.As("portal", "");
  const int pid = stack.Pid("incident-service");
  RawConnection connection(stack.port());
  connection.Send(ImportHead(portal.token(), csv.size()));
  connection.Send(csv.substr(0, PositionOfRow(csv, 90)));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  kill(pid, SIGKILL);
  ASSERT_TRUE(Eventually([&] { return stack.Pid("incident-service") != pid && stack.Ready(1); }, 15));
  Counts after;
  ASSERT_TRUE(Eventually([&] {
    const Reply reply = portal.Stream("/v1/incidents:import", csv, "text/csv");
    return reply.status == 200 && (after = CountsOf(reply)).rows() == 187;
  }));
  EXPECT_EQ(after.of("CREATED") + after.of("DUPLICATE"), 187);
  EXPECT_EQ(Import(stack, csv).of("DUPLICATE"), 187);
}

TEST(PortalImport, AClientThatWritesTheWholeFileBeforeItReadsALineIsServed) {
  Stack& stack = Stack::Shared();
  // Large enough that the replies outgrow every socket buffer on the way.
  const std::string csv = PortalCsv(PortalRows(4000, Unique("W")));
  RawConnection connection(stack.port());
  connection.Send(ImportHead(stack.As("portal", "").token(), csv.size()));
  connection.Send(csv);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const std::string answer = connection.ReadAll();
  EXPECT_THAT(answer.substr(0, 15), HasSubstr("200"));
  size_t lines = 0;
  for (size_t at = 0; (at = answer.find("\"outcome\"", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, 4000u);
}

TEST(PortalImport, ARefusedRowIsKeptWithItsReason) {
  Stack& stack = Stack::Shared();
  PortalRow row = PortalRows(1, Unique("R")).front();
  row["IncidentDate"] = "29/03/2026";
  row["IncidentTime"] = "01:30";  // the hour that the clocks skip
  EXPECT_EQ(Import(stack, PortalCsv({row})).of("REJECTED"), 1);
  EXPECT_EQ(Import(stack, PortalCsv({row})).of("REJECTED"), 1);
  int found = 0;
  std::string page;
  do {
    const Reply list = stack.As("health_safety_adviser").Get("/v1/importRejections?pageSize=100&pageToken=" + page);
    ASSERT_EQ(list.status, 200) << list;
    for (const Json& rejection : list.json.value("importRejections", Json::array()))
      if (rejection.dump().find(row["RecordNo"]) != std::string::npos) ++found;
    page = list.Text("nextPageToken");
  } while (!page.empty());
  EXPECT_EQ(found, 1);
}

// ---- The decision ----

TEST(Decision, Clause7_3_ATeamLeaderAndAnotherAreasManagerMayNotImposeAndTheRightManagerMay) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const Reply proposed = Propose(stack, person);
  const std::string path = "/v1/restrictions/" + proposed.id() + ":impose";
  EXPECT_THAT(stack.As("team_leader").Post(path, {}, proposed.IfMatch()), Refused(403, "7.3"));
  EXPECT_EQ(stack.As("senior_manager", "Education").Post(path, {}, proposed.IfMatch()).status, 403);
  const Reply imposed = stack.As("senior_manager").Post(path, {}, proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  EXPECT_EQ(imposed.Text("state"), "IN_FORCE");
  const Json answer = Check(stack, phone, imposed.Text("consistencyToken"));
  EXPECT_EQ(answer["outcome"], "GUIDANCE");
  EXPECT_THAT(answer.dump(), Not(HasSubstr("swore")));
  EXPECT_EQ(answer["matches"][0]["instructions"][0]["code"], "BLOCK_CHANNEL");
}

TEST(Decision, Clause7_3_ThePersonHarmedMayNotDecide) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply proposed = Propose(stack, person);
  // AnIncident's affected employee, now with a senior manager's role.
  const Reply refused =
      stack.As("senior_manager", "Housing", "E1001").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, proposed.IfMatch());
  EXPECT_THAT(refused, Refused(403, "council rule"));
}

TEST(Decision, Scenario10_WithoutEvidenceThereIsNoProposal) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  EXPECT_THAT(stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {})), Violates("grounds"));
}

TEST(Decision, CaseA_AnUnconfirmedLinkGroundsNothing) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply incident = stack.As("employee").Post("/v1/incidents", AnIncident());
  ASSERT_THAT(incident, Succeeds());
  EXPECT_THAT(stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident.id()})), Violates("grounds"));
}

TEST(Decision, EveryMissingReasonIsNamedAtOnceWithItsClause) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply refused =
      stack.As("team_leader")
          .Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person)},
                                                 {{"necessity", nullptr}, {"proportionality", nullptr}, {"restorative", nullptr}}));
  EXPECT_THAT(refused, Violates("necessity"));
  EXPECT_THAT(refused, Violates("proportionality"));
  EXPECT_THAT(refused, Violates("restorative"));
  for (const Json& violation : refused.json["violations"]) EXPECT_NE(violation.value("clause", ""), "") << violation;
}

TEST(Decision, Scenario16_OnlyAStrategicDirectorLimitsComplaints) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person, {{"behaviours", {"COMPLAINT_PROCESS"}}});
  const Json limited = {{"measures", {{{"kind", "LIMIT_COMPLAINTS"}, {"description", "Complaint C-17 about the boiler, closed in May"}}}},
                        {"grounds",
                         {{{"behaviour", "COMPLAINT_PROCESS"},
                           {"incidentIds", {incident}},
                           {"summary", "Complaint C-17 made nineteen times after its final answer"},
                           {"effect", "Prevents the team from deciding other complaints: 30 hours in October"}}}}};
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}, limited));
  ASSERT_THAT(proposed, Succeeds());
  const std::string path = "/v1/restrictions/" + proposed.id() + ":impose";
  EXPECT_THAT(stack.As("senior_manager").Post(path, {}, proposed.IfMatch()), Refused(403, "9.8"));
  EXPECT_THAT(stack.As("strategic_director").Post(path, {}, proposed.IfMatch()), Succeeds());
}

TEST(Decision, Scenario23_TwoManagersAtOnceLeaveOneInForce) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply a = Propose(stack, person), b = Propose(stack, person);
  const Client one = stack.As("senior_manager", "Housing", "E2001"), two = stack.As("senior_manager", "Housing", "E2002");
  auto other = std::async(std::launch::async, [&] { return two.Post("/v1/restrictions/" + b.id() + ":impose", {}, b.IfMatch()); });
  const Reply first = one.Post("/v1/restrictions/" + a.id() + ":impose", {}, a.IfMatch());
  const Reply second = other.get();
  EXPECT_EQ((first.status == 200) + (second.status == 200), 1) << first << "\n" << second;
  EXPECT_EQ((first.status == 409) + (second.status == 409), 1) << first << "\n" << second;
}

// ---- The check ----

TEST(ContactCheck, CaseI_OneNumberInFiveNotationsIsOneHandle) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();  // +447700900ddd
  const std::string last = phone.substr(phone.size() - 3);
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  for (const std::string& written :
       {"07700 900" + last, "00447700900" + last, "+44 (0)7700 900 " + last, "7700900" + last, "tel:+44-7700-900" + last}) {
    const Json answer = Check(stack, written, imposed.Text("consistencyToken"));
    EXPECT_EQ(answer["outcome"], "GUIDANCE") << written;
    EXPECT_EQ(answer["matches"][0]["match"], "EXACT") << written;
  }
}

TEST(ContactCheck, CaseI_TwoPeopleOnOneNumberArePossibleBothAndNeverExact) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string one = RegisterPerson(stack, phone), two = RegisterPerson(stack, phone);
  Impose(stack, one);
  const Reply imposed = Impose(stack, two);
  const Json answer = Check(stack, phone, imposed.Text("consistencyToken"));
  ASSERT_EQ(answer["matches"].size(), 2u) << answer;
  for (const Json& match : answer["matches"]) EXPECT_EQ(match["match"], "POSSIBLE") << answer;
}

TEST(ContactCheck, AnotherNumberIsClearAndNoTokenIs401) {
  Stack& stack = Stack::Shared();
  EXPECT_EQ(Check(stack, "07700 900999")["outcome"], "CLEAR");
  EXPECT_EQ(stack.Anonymous().Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900999"}}).status, 401);
}

TEST(ContactCheck, Scenario24_WithoutADatabaseItSaysTakeCareAndWithoutTheServiceItSays503) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  const Client crm = stack.As("crm", "");
  const Json ask = {{"channel", "PHONE"}, {"phone", "07700 900998"}, {"serviceArea", "Housing"}};
  const int postgres = stack.Pid("postgres"), restriction = stack.Pid("restriction-service");
  stack.Sql("select 1");
  for (const int child : ChildrenOf(postgres)) kill(child, SIGSTOP);
  kill(postgres, SIGSTOP);
  EXPECT_TRUE(Eventually([&] {
    const Reply reply = crm.Post("/v1/contacts:check", ask);
    return reply.status == 200 && reply.json.value("outcome", "") == "UNKNOWN";
  }));
  for (const int child : ChildrenOf(postgres)) kill(child, SIGCONT);
  kill(postgres, SIGCONT);
  EXPECT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", ask).json.value("outcome", "") == "CLEAR"; }, 20));
  kill(restriction, SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // a batch on its way is answered still
  for (int i = 0; i < 3; ++i) {
    const Reply silent = crm.Post("/v1/contacts:check", ask);
    EXPECT_EQ(silent.status, 503) << silent;
  }
  kill(restriction, SIGCONT);
  EXPECT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", ask).json.value("outcome", "") == "CLEAR"; }, 20));
}

// ---- The other two services ----

TEST(AppealAndNotification, AnAppealIsLodgedAndListedAgainstItsRestriction) {
  Stack& stack = Stack::Shared();
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  const Reply appeal = stack.As("team_leader")
                           .Post("/v1/appeals", {{"restrictionId", imposed.id()},
                                                 {"receivedAt", RightNow()},
                                                 {"by", "PERSON"},
                                                 {"grounds", "I need the telephone for my repairs."}});
  ASSERT_THAT(appeal, Succeeds());
  const Reply list = stack.As("team_leader").Get("/v1/appeals?restrictionId=" + imposed.id());
  ASSERT_EQ(list.status, 200) << list;
  ASSERT_EQ(list.json.at("appeals").size(), 1u) << list;
  EXPECT_EQ(list.json["appeals"][0]["id"], appeal.id());
}

TEST(AppealAndNotification, ImposingIsHeardThroughTheOutboxAndWhoIsToBeToldIsOnRecord) {
  Stack& stack = Stack::Shared();
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  const Client manager = stack.As("senior_manager");
  Reply shares;
  EXPECT_TRUE(Eventually([&] {
    shares = manager.Get("/v1/shares?restrictionId=" + imposed.id());
    return shares.status == 200 && !shares.json.value("shares", Json::array()).empty();
  })) << shares;
}

// ---- The processes ----

TEST(Processes, EachIsStartedAgainAfterAKillAndStatusSaysSo) {
  Stack& stack = Stack::Shared();
  for (const std::string name :
       {"incident-service", "restriction-service", "appeal-service", "notification-service", "gateway", "postgres"}) {
    const int pid = stack.Pid(name);
    ASSERT_GT(pid, 1) << name;
    kill(pid, SIGKILL);
    EXPECT_TRUE(Eventually(
        [&] {
          const int now = stack.Pid(name);
          return now > 1 && now != pid && stack.Ready(1);
        },
        15))
        << name;
    EXPECT_TRUE(Eventually([&] { return stack.As("employee").Post("/v1/incidents", AnIncident()).ok(); }, 15)) << name;
  }
}

TEST(Processes, TwoStacksRunSideBySide) {
  Stack other;
  EXPECT_TRUE(other.Ready());
  EXPECT_THAT(other.As("employee").Post("/v1/incidents", AnIncident()), Succeeds());
  EXPECT_TRUE(Stack::Shared().Ready());
  // A key belongs to its own stack: 503 while it is asked for, since nobody who shows a token waits for the provider, then 401.
  const Client stranger(Stack::Shared().port(), other.As("employee").token());
  const Reply first = stranger.Get("/v1/incidents");
  EXPECT_THAT(first.status, AnyOf(401, 503)) << first;
  EXPECT_TRUE(Eventually([&] { return stranger.Get("/v1/incidents").status == 401; }));
}

TEST(Processes, WhatWasWrittenIsThereAfterDownAndUp) {
  Stack stack;
  const Reply incident = stack.As("employee").Post("/v1/incidents", AnIncident());
  ASSERT_THAT(incident, Succeeds());
  stack.Restart();
  EXPECT_EQ(stack.As("health_safety_adviser").Get("/v1/incidents/" + incident.id()).id(), incident.id());
}

}  // namespace
}  // namespace evenhand::testing
