// Time and appeals: what alarms when a deadline passes, how clocks stop, and to whom a colleague's appeal is closed.
#include <signal.h>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

struct TimedStack {
  Folder folder;
  const int port = UnusedPort();
  Peer mail{{"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl"}, port};
  Stack stack{{{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(port)}, {"EVENHAND_SMTP_TLS", "off"}}};

  std::string Day(int ahead = 0) {
    return stack.Sql("select to_char((now() + interval '" + std::to_string(ahead) + " days') at time zone 'Europe/London', 'YYYY-MM-DD')")
        .substr(0, 10);
  }
  void Jump(int days) {
    stack.Restart({{"EVENHAND_TIME_OFFSET", "+" + std::to_string(days) + "d"}});
    ASSERT_TRUE(stack.Ready());
  }
  Reply Lodge(const std::string& restriction, const Json& over = Json::object()) {
    Json body = {
        {"restrictionId", restriction}, {"receivedOn", Day()}, {"by", "PERSON"}, {"channel", "PHONE"}, {"grounds", "It was not me"}};
    body.merge_patch(over);
    const Reply appeal = stack.As("team_leader").Post("/v1/appeals", body);
    EXPECT_THAT(appeal, Succeeds());
    return appeal;
  }
  std::vector<std::string> Subjects(const std::string& to) const {
    std::vector<std::string> subjects;
    for (const Json& mail : LinesOf(folder.path + "/mail.jsonl")) {
      if (mail["to"] != to) continue;
      const std::string text = mail["text"];
      const auto at = text.find("Subject: ");
      subjects.push_back(text.substr(at + 9, text.find('\r', at) - at - 9));
    }
    return subjects;
  }
  Json Tasks(const std::string& appeal) {
    return stack.As("strategic_director", "Education", "u-sd5").Get("/v1/tasks?appealId=" + appeal).json.value("tasks", Json::array());
  }
};

TEST(Clause7_3, AMissedAcknowledgementAndAMissedDecisionEachAlarmOnceByMailAndTaskUntilSomebodyActs) {
  TimedStack with;
  Stack& stack = with.stack;
  ASSERT_THAT(stack.As("administrator", "")
                  .Put("/v1/audiences/service-housing",
                       {{"name", "Housing"},
                        {"serviceArea", "Housing"},
                        {"escalateTo", "u-boss"},
                        {"escalateEmail", "boss@example.org"},
                        {"members", {{{"staffId", "u-sd5"}, {"email", "director@example.org"}}}}},
                       {{"If-Match", "*"}}),
              Succeeds());
  const Reply appeal = with.Lodge(Impose(stack, RegisterPerson(stack)).id());
  const std::string path = "/v1/appeals/" + appeal.id();
  const Client director = stack.As("strategic_director", "Education", "u-sd5");
  with.Jump(8);
  EXPECT_TRUE(Eventually([&] { return with.Tasks(appeal.id()).size() == 1; }));
  EXPECT_EQ(with.Tasks(appeal.id())[0]["kind"], "DEADLINE_PASSED");
  EXPECT_THAT(with.Tasks(appeal.id())[0]["description"].get<std::string>(), HasSubstr(appeal.Text("reference")));
  EXPECT_TRUE(Eventually([&] { return with.Subjects("boss@example.org").size() == 1; }));
  EXPECT_THAT(with.Subjects("boss@example.org")[0], HasSubstr("not acknowledged"));
  EXPECT_EQ(director.Get(path).json["deadlines"]["acknowledgementOverdue"], true);
  EXPECT_EQ(director.Get("/v1/appeals?late=true").json["appeals"].size(), 1U);
  ASSERT_THAT(director.Post(path + ":acknowledge", {}, kAny), Succeeds());
  EXPECT_TRUE(Eventually([&] { return with.Tasks(appeal.id()).empty(); }));
  ASSERT_THAT(director.Post(path + ":assign", {{"assignee", "u-sd5"}}, kAny), Succeeds());

  with.Jump(45);
  EXPECT_TRUE(Eventually([&] { return with.Tasks(appeal.id()).size() == 1; }));
  EXPECT_TRUE(Eventually([&] { return with.Subjects("director@example.org").size() == 1; }));  // who has it is told
  EXPECT_THAT(with.Subjects("director@example.org")[0], HasSubstr("not decided"));
  with.Jump(46);
  EXPECT_EQ(with.Subjects("director@example.org").size(), 1U);
  int of_appeals = 0;
  for (const std::string& subject : with.Subjects("boss@example.org")) of_appeals += subject.find("appeal") != std::string::npos ? 1 : 0;
  EXPECT_EQ(of_appeals, 1) << with.Subjects("boss@example.org").back();
  ASSERT_THAT(director.Post(path + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "The evidence supports it"}}, kAny), Succeeds());
  EXPECT_TRUE(Eventually([&] { return with.Tasks(appeal.id()).empty(); }));
  EXPECT_EQ(director.Get(path).json["deadlines"]["decisionOverdue"], true) << "late stays late";
}

TEST(Clause7_3, WhileInformationIsAwaitedTheClockStandsUntilItsDayAndALateAppealThatNobodyTakesUpAlarmsToo) {
  TimedStack with;
  Stack& stack = with.stack;
  const Reply waiting = with.Lodge(Impose(stack, RegisterPerson(stack)).id());
  const std::string late_for = Impose(stack, RegisterPerson(stack)).id();
  HandOver(stack, late_for);
  const Client director = stack.As("strategic_director", "Education", "u-sd5");
  const std::string path = "/v1/appeals/" + waiting.id();
  ASSERT_THAT(director.Post(path + ":acknowledge", {}, kAny), Succeeds());
  ASSERT_THAT(director.Post(path + ":requestInformation", {{"question", "Who rang?"}}, kAny), Succeeds());
  with.Jump(60);  // thirty working days at any time of the year, holidays and all
  const Json stopped = director.Get(path).json["deadlines"];
  EXPECT_EQ(stopped["stoppedDays"].get<int>(), 10) << "nobody answered in ten working days: the clock runs on";
  EXPECT_EQ(stopped.value("clockStopped", false), false);
  EXPECT_TRUE(Eventually([&] { return director.Get(path).Text("state") == "ACKNOWLEDGED"; }));
  EXPECT_TRUE(Eventually([&] { return with.Tasks(waiting.id()).size() == 1; })) << "and is overdue when it has run out";
  const Reply answered = director.Post(path + ":receiveInformation", {{"answer", "A neighbour"}}, kAny);
  ASSERT_THAT(answered, Succeeds()) << "an answer that comes late is still taken";
  const Reply late = with.Lodge(late_for, {{"receivedOn", with.Day(60)}});
  EXPECT_EQ(late.Text("state"), "LATE");
  with.Jump(100);
  EXPECT_TRUE(Eventually([&] { return with.Tasks(late.id()).size() == 2; })) << with.Tasks(late.id()).dump(1);
  EXPECT_EQ(director.Get("/v1/appeals/" + late.id()).Text("state"), "LATE") << "never dropped";
}

TEST(CaseB, AReviewThatNeverHappenedAlarmsOnceAndANoticeWithheldComesUpOnItsDay) {
  TimedStack with;
  Stack& stack = with.stack;
  const std::string reviewed = Impose(stack, RegisterPerson(stack), {{"review", {{"date", with.Day(20)}}}}).id();
  const std::string withheld =
      Impose(stack, RegisterPerson(stack),
             {{"explanation",
               {{"toPerson", nullptr}, {"withheld", {{"record", "It would put a colleague at risk"}, {"lookAgainOn", with.Day(21)}}}}}})
          .id();
  const auto tasks = [&](const std::string& restriction) {
    return stack.Sql("select count(*) from notification.task where kind = 'DEADLINE_PASSED' and state = 'OPEN' and restriction_id = '" +
                     restriction + "'");
  };
  with.Jump(22);
  EXPECT_TRUE(Eventually([&] { return tasks(reviewed) == "1" && tasks(withheld) == "1"; }));
  EXPECT_EQ(stack.As("team_leader").Get("/v1/restrictions/" + reviewed).Text("state"), "IN_FORCE");
  with.Jump(23);
  EXPECT_EQ(tasks(reviewed), "1");
  ASSERT_THAT(
      stack.As("senior_manager").Post("/v1/restrictions/" + reviewed + ":review", {{"outcome", "CONTINUE"}, {"reason", "Needed"}}, kAny),
      Succeeds());
  EXPECT_TRUE(Eventually([&] { return tasks(reviewed) == "0"; }));
}

TEST(CaseD, SixteenHoursOnTheLastDayIsInTimeAndLocalMidnightIsLate) {
  TimedStack with;
  const std::string restriction = Impose(with.stack, RegisterPerson(with.stack)).id();
  HandOver(with.stack, restriction);
  with.Jump(60);
  const Reply first = with.Lodge(restriction, {{"receivedOn", with.Day(59)}});
  const std::string last = first.json["deadlines"]["appealClosesOn"];
  const Client other = with.stack.As("team_leader", "Housing", "E1902");  // not who proposed it
  const Json taken_back = {{"by", "PERSON"}, {"evidence", "Their letter"}, {"reason", "They gave none"}};
  ASSERT_THAT(other.Post("/v1/appeals/" + first.id() + ":withdraw", taken_back, kAny), Succeeds());
  const auto timeliness = [&](const std::string& at) {
    const Reply appeal = with.Lodge(restriction, {{"receivedOn", nullptr}, {"receivedAt", at}});
    other.Post("/v1/appeals/" + appeal.id() + ":withdraw", taken_back, kAny);
    return appeal.Text("timeliness");
  };
  EXPECT_EQ(timeliness(last + "T16:00:00Z"), "IN_TIME");
  EXPECT_EQ(timeliness(last + "T23:59:59Z"), "IN_TIME");  // winter: London is UTC
  const std::string after = with.stack.Sql("select ('" + last + "'::date + 1)::text").substr(0, 10);
  EXPECT_EQ(timeliness(after + "T00:00:00Z"), "LATE");
}

TEST(Scenario13, AReceiptIsNotCorrectedToBeforeTheDecisionNorIntoTheFutureAndBothDatesStay) {
  TimedStack with;
  Stack& stack = with.stack;
  const Reply appeal = with.Lodge(Impose(stack, RegisterPerson(stack)).id());
  const std::string correct = "/v1/appeals/" + appeal.id() + ":correctReceipt";
  const Client leader = stack.As("team_leader");
  EXPECT_THAT(leader.Post(correct, {{"receivedOn", with.Day(-3)}, {"reason", "The stamp"}}, kAny), Violates("receivedOn"));
  EXPECT_THAT(leader.Post(correct, {{"receivedOn", with.Day(2)}, {"reason", "The stamp"}}, kAny), Violates("receivedOn"));
  EXPECT_THAT(leader.Post(correct, {{"receivedOn", with.Day()}}, kAny), Violates("reason"));
  with.Jump(3);
  const Reply corrected = leader.Post(correct, {{"receivedOn", with.Day(2)}, {"reason", "The stamp"}}, kAny);
  ASSERT_THAT(corrected, Succeeds());
  ASSERT_EQ(corrected.json["receipts"].size(), 2U);
  EXPECT_EQ(corrected.json["receipts"][1]["reason"], "The stamp");
  EXPECT_NE(corrected.json["receipts"][0]["receivedAt"], corrected.json["receipts"][1]["receivedAt"]);
  EXPECT_EQ(corrected.Text("receivedOn"), with.Day(2));
}

TEST(Scenario7, AColleaguesAppealIsClosedToTheirTeamAndManagerAndToAllWhileTheRegisterIsAway) {
  Stack& stack = Stack::Shared();
  const Reply colleague =
      stack.As("team_leader")
          .Post("/v1/people", {{"displayName", "A Colleague"},
                               {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                               {"isEmployee", true},
                               {"employment", {{"staffId", "E-77"}, {"team", "Repairs"}, {"lineManagerId", "u-boss7"}}}});
  const std::string restriction = Impose(stack, colleague.id()).id();
  const std::string today = stack.Sql("select (now() at time zone 'Europe/London')::date").substr(0, 10);
  const Json lodging = {{"restrictionId", restriction}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "It was not me"}};
  const Client boss = stack.As("senior_manager", "Housing", "u-boss7"), mate = stack.As("senior_manager", "Housing,Repairs", "u-mate");
  EXPECT_THAT(boss.Post("/v1/appeals", lodging), Refused(403, "council rule"));
  const Reply appeal = stack.As("team_leader").Post("/v1/appeals", lodging);
  ASSERT_THAT(appeal, Succeeds());
  const std::string path = "/v1/appeals/" + appeal.id();
  for (const Client& close : {boss, mate}) {
    EXPECT_THAT(close.Get(path), Refused(403, "council rule"));
    EXPECT_THAT(close.Get("/v1/appeals?restrictionId=" + restriction).body, Not(HasSubstr(appeal.id())));
    EXPECT_THAT(close.Post(path + ":acknowledge", {}, kAny), Refused(403, "council rule"));
  }
  const Client manager_too = stack.As("strategic_director", "Repairs", "u-boss7");
  EXPECT_THAT(manager_too.Post(path + ":decide", {{"outcome", "UPHELD"}, {"reasons", "r"}}, kAny), Refused(403, "council rule"));
  stack.Signal("restriction-service", SIGSTOP);
  for (const Client& anyone : {boss, mate, stack.As("strategic_director", "Education", "u-sd")}) {
    const Reply unknown = anyone.Get(path);
    EXPECT_EQ(unknown.status, 503) << "nobody can say to whom it is closed: " << unknown;
    EXPECT_THAT(unknown.body, Not(HasSubstr("It was not me")));
  }
  stack.Signal("restriction-service", SIGCONT);
  ASSERT_TRUE(stack.Ready());
  EXPECT_THAT(boss.Get(path), Refused(403, "council rule"));
  // A director of the colleague's own area answers for all of it: somebody has to hear it.
  EXPECT_THAT(stack.As("strategic_director", "Repairs", "u-sd").Post(path + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "r"}}, kAny),
              Succeeds());
}

TEST(Clause5_4, AnAppealsVariationThatWouldCloseTheLastUsableChannelIsRefusedBeforeItIsDecided) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  ASSERT_THAT(stack.As("team_leader")
                  .Post("/v1/people/" + person + "/adjustments",
                        {{"description", "Cannot use the telephone"}, {"usableChannels", {"EMAIL", "LETTER"}}}),
              Succeeds());
  const std::string restriction = Impose(stack, person).id();
  const std::string today = stack.Sql("select (now() at time zone 'Europe/London')::date").substr(0, 10);
  const Reply appeal =
      stack.As("team_leader")
          .Post("/v1/appeals", {{"restrictionId", restriction}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "g"}});
  ASSERT_THAT(appeal, Succeeds());
  const Client director = stack.As("strategic_director", "Education", "u-sd");
  const Json closing = {
      {"outcome", "PARTLY_UPHELD"},
      {"reasons", "Less would do"},
      {"variation",
       {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "EMAIL"}}, {{"kind", "BLOCK_CHANNEL"}, {"channel", "LETTER"}}}}}}};
  const Reply refused = director.Post("/v1/appeals/" + appeal.id() + ":decide", closing, kAny);
  EXPECT_THAT(refused, Refused(400, "5.4")) << refused;
  EXPECT_EQ(director.Get("/v1/appeals/" + appeal.id()).Text("state"), "LODGED");
}

}  // namespace
}  // namespace evenhand::testing
