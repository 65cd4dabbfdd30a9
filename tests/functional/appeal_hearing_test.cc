// An appeal through the REST door: lodged, heard by somebody else, and its effect on the restriction.
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Today(Stack& stack) { return stack.Sql("select (now() at time zone 'Europe/London')::date"); }

Json ALodging(Stack& stack, const std::string& restriction, const Json& over = Json::object()) {
  Json body = {{"restrictionId", restriction}, {"receivedOn", Today(stack).substr(0, 10)}, {"by", "PERSON"}, {"grounds", "It was not me"}};
  body.merge_patch(over);
  return body;
}

Reply Lodge(Stack& stack, const std::string& restriction, const Json& over = Json::object()) {
  const Reply appeal = stack.As("team_leader").Post("/v1/appeals", ALodging(stack, restriction, over));
  EXPECT_THAT(appeal, Succeeds());
  return appeal;
}

std::string PathOf(const Reply& appeal) { return "/v1/appeals/" + appeal.id(); }
Client Director(Stack& stack, const std::string& sub = "u-sd") { return stack.As("strategic_director", "Education", sub); }
const Headers kAny = {{"If-Match", "*"}};

Reply Decide(Stack& stack, const Reply& appeal, const Json& over = Json::object(), const std::string& sub = "u-sd") {
  Json body = {{"outcome", "UPHELD"}, {"reasons", "The evidence does not support it"}};
  body.merge_patch(over);
  return Director(stack, sub).Post(PathOf(appeal) + ":decide", body, kAny);
}

bool BecomesDecided(Stack& stack, const Reply& appeal) {
  return Eventually([&] { return Director(stack).Get(PathOf(appeal)).Text("state") == "DECIDED"; });
}
std::string StateOf(Stack& stack, const std::string& restriction) {
  return stack.As("team_leader").Get("/v1/restrictions/" + restriction).Text("state");
}

TEST(AppealHearing, Clause7_3_WhoImposedDoesNotHearAndAnotherDirectorOfAnyAreaDoes) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string restriction = Impose(stack, person).id();
  const Reply appeal = Lodge(stack, restriction);
  EXPECT_THAT(Decide(stack, appeal, {}, stack.As("team_leader").Get("/v1/restrictions/" + restriction).Text("imposedBy")),
              Refused(403, "7.3"));
  EXPECT_THAT(stack.As("senior_manager").Post(PathOf(appeal) + ":decide", {{"outcome", "UPHELD"}, {"reasons", "r"}}, kAny),
              Refused(403, "7.3"));
  EXPECT_EQ(Decide(stack, appeal, {}, "E1001").status, 403);  // the member of staff harmed
  EXPECT_THAT(Decide(stack, appeal), Succeeds());
  EXPECT_TRUE(BecomesDecided(stack, appeal));
  EXPECT_EQ(StateOf(stack, restriction), "OVERTURNED");
}

TEST(AppealHearing, Clause7_3_WhoDecidedTheLastReviewDoesNotHear) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_THAT(stack.As("strategic_director", "Housing", "u-rev")
                  .Post("/v1/restrictions/" + restriction + ":review", {{"outcome", "CONTINUE"}, {"reason", "Still needed"}}, kAny),
              Succeeds());
  const Reply appeal = Lodge(stack, restriction);
  EXPECT_EQ(appeal.Text("decisionKind"), "CONTINUATION");
  EXPECT_THAT(Decide(stack, appeal, {}, "u-rev"), Refused(403, "7.3"));
  EXPECT_THAT(Director(stack).Post(PathOf(appeal) + ":assign", {{"assignee", "u-rev"}}, kAny), Refused(403, "7.3"));
  EXPECT_THAT(Decide(stack, appeal, {{"outcome", "NOT_UPHELD"}}), Succeeds());
}

TEST(AppealHearing, Clause7_3_WhoDecidedDoesNotTurnALateAppealAwayNorTakeItOn) {
  Stack stack;
  const Reply proposed = Propose(stack, RegisterPerson(stack));
  ASSERT_THAT(stack.As("strategic_director", "Housing", "u-imposed").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, kAny),
              Succeeds());
  HandOver(stack, proposed.id());
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+60d"}});
  ASSERT_TRUE(stack.Ready());
  const std::string late_day = stack.Sql("select (now() at time zone 'Europe/London')::date + 60").substr(0, 10);
  const Reply late = Lodge(stack, proposed.id(), {{"receivedOn", late_day}});
  ASSERT_EQ(late.Text("state"), "LATE");
  const Client own = stack.As("strategic_director", "Housing", "u-imposed");
  EXPECT_THAT(own.Post(PathOf(late) + ":refuse", {{"reason", "Too late"}}, kAny), Refused(403, "7.3"));
  EXPECT_THAT(own.Post(PathOf(late) + ":acceptLate", {{"reason", "In hospital"}}, kAny), Refused(403, "7.3"));
  EXPECT_THAT(Director(stack).Post(PathOf(late) + ":acceptLate", {{"reason", "In hospital"}}, kAny), Succeeds());
}

TEST(CaseK, ASecondAppealPointsAtTheFirstAndAnotherRestrictionStays) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string one = Impose(stack, person).id();
  const std::string two = Impose(stack, person, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}}).id();
  const Reply first = Lodge(stack, one);
  const Reply second = stack.As("team_leader").Post("/v1/appeals", ALodging(stack, one, {{"grounds", "Again"}}));
  EXPECT_EQ(second.status, 409);
  EXPECT_THAT(second.body, HasSubstr(first.Text("reference")));
  ASSERT_THAT(Decide(stack, first), Succeeds());
  ASSERT_TRUE(BecomesDecided(stack, first));
  EXPECT_EQ(StateOf(stack, one), "OVERTURNED");
  EXPECT_EQ(StateOf(stack, two), "IN_FORCE");
}

TEST(AppealHearing, Scenario15_AVariationLeavesOneVersionInForceAndANewRightOfAppeal) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Reply appeal = Lodge(stack, restriction);
  EXPECT_THAT(Decide(stack, appeal, {{"outcome", "PARTLY_UPHELD"}}), Violates("variation.measures"));
  EXPECT_THAT(Decide(stack, appeal, {{"outcome", "PARTLY_UPHELD"}, {"variation", {{"measures", {{{"kind", "NO_SUCH"}}}}}}}),
              Violates("variation.measures[0]"));
  const Json terms = {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "WEEK"}}}}};
  ASSERT_THAT(Decide(stack, appeal, {{"outcome", "PARTLY_UPHELD"}, {"variation", terms}}), Succeeds());
  ASSERT_TRUE(BecomesDecided(stack, appeal));
  const Json now = stack.As("team_leader").Get("/v1/restrictions/" + restriction).json;
  EXPECT_EQ(now["state"], "IN_FORCE");
  ASSERT_EQ(now["measures"].size(), 1U);
  EXPECT_EQ(now["measures"][0]["kind"], "LIMIT_VOLUME");
  EXPECT_THAT(Lodge(stack, restriction), Succeeds());  // the varied decision is appealable itself
}

TEST(AppealHearing, Scenario14_LiftedWhileAnAppealIsOpenStillGetsAWrittenOutcome) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Reply appeal = Lodge(stack, restriction);
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + restriction + ":lift", {{"reason", "No longer needed"}}, kAny),
              Succeeds());
  ASSERT_THAT(Decide(stack, appeal), Succeeds());
  ASSERT_TRUE(BecomesDecided(stack, appeal));
  EXPECT_EQ(Director(stack).Get(PathOf(appeal)).json["effect"]["result"], "ALREADY_ENDED");
  EXPECT_EQ(StateOf(stack, restriction), "LIFTED");
}

TEST(AppealHearing, Scenario15_AWithdrawnAppealStaysInTheTimeline) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Reply appeal = Lodge(stack, restriction, {{"by", "ADVOCATE"}, {"advocate", "A. Friend"}, {"channel", "LETTER"}});
  EXPECT_THAT(stack.As("team_leader", "Housing", "E1902")
                  .Post(PathOf(appeal) + ":withdraw",
                        {{"by", "PERSON"}, {"evidence", "Their letter of today"}, {"reason", "Settled by phone"}}, appeal.IfMatch()),
              Succeeds());
  const Json list = stack.As("team_leader").Get("/v1/appeals?restrictionId=" + restriction).json;
  ASSERT_EQ(list["appeals"].size(), 1U);
  EXPECT_EQ(list["appeals"][0]["state"], "WITHDRAWN");
  EXPECT_EQ(list["appeals"][0]["timeline"].size(), 2U);
  EXPECT_EQ(Decide(stack, appeal).status, 409);
}

TEST(AppealHearing, StepsTakeTheEtagTheyWereReadWithAndAnInformationRequestStopsTheClock) {
  Stack& stack = Stack::Shared();
  const Reply appeal = Lodge(stack, Impose(stack, RegisterPerson(stack)).id());
  EXPECT_EQ(stack.As("team_leader").Post(PathOf(appeal) + ":acknowledge").status, 428);
  const Reply acknowledged = stack.As("team_leader").Post(PathOf(appeal) + ":acknowledge", {}, appeal.IfMatch());
  EXPECT_EQ(acknowledged.Text("state"), "ACKNOWLEDGED");
  EXPECT_EQ(stack.As("team_leader").Post(PathOf(appeal) + ":acknowledge", {}, appeal.IfMatch()).status, 412);
  const Reply asked = Director(stack).Post(PathOf(appeal) + ":requestInformation", {{"question", "Who rang?"}}, acknowledged.IfMatch());
  EXPECT_EQ(asked.Text("state"), "INFORMATION_REQUESTED");
  EXPECT_EQ(asked.json["deadlines"]["clockStopped"], true);
  const Reply received = Director(stack).Post(PathOf(appeal) + ":receiveInformation", {{"answer", "A neighbour"}}, asked.IfMatch());
  EXPECT_EQ(received.Text("state"), "ACKNOWLEDGED");
  EXPECT_EQ(received.json["deadlines"]["clockStopped"], false);
}

TEST(AppealHearing, Clause7_3_AnAppealSaysWhatItIsAboutAllFaultsAtOnceAndNamesItsAdvocate) {
  Stack& stack = Stack::Shared();
  const Reply nothing = stack.As("team_leader").Post("/v1/appeals", Json::object());
  for (const char* field : {"restrictionId", "by", "grounds", "receivedOn"}) EXPECT_THAT(nothing, Violates(field)) << field;
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  EXPECT_THAT(stack.As("team_leader").Post("/v1/appeals", ALodging(stack, restriction, {{"by", "ADVOCATE"}})), Violates("advocate"));
  EXPECT_EQ(stack.As("auditor", "").Post("/v1/appeals", ALodging(stack, restriction)).status, 403);
  const std::string proposed = Propose(stack, RegisterPerson(stack)).id();
  EXPECT_EQ(stack.As("team_leader").Post("/v1/appeals", ALodging(stack, proposed)).status, 409);
  const Reply scoped = Lodge(stack, restriction, {{"outOfScope", {{{"argument", "My repair was never done"}}}}});
  EXPECT_THAT(scoped.json["outOfScope"][0]["signpost"].get<std::string>(), HasSubstr("complaints procedure"));
}

TEST(CaseD, WorkingDaysAreThoseOfTheCalendarAsked) {
  Stack& stack = Stack::Shared();
  const auto until = [&](const std::string& calendar) {
    return stack.As("employee").Get("/v1/calendars/" + calendar + ":addWorkingDays?from=2021-12-30&days=10").Text("date");
  };
  EXPECT_EQ(until("scotland"), "2022-01-17");
  EXPECT_EQ(until("england-and-wales"), "2022-01-14");
  EXPECT_EQ(stack.As("employee").Get("/v1/calendars/scotland:addWorkingDays?from=2021-12-30&days=10").Text("endsAt"),
            "2022-01-18T00:00:00Z");
}

TEST(CaseD, AHolidayAddedAfterwardsMovesWhatIsOpenAndTakingItOutShortensNothing) {
  Stack& stack = Stack::Shared();
  const Reply appeal = Lodge(stack, Impose(stack, RegisterPerson(stack)).id());
  const std::string before = appeal.json["deadlines"]["decideDueOn"];
  const Client admin = stack.As("administrator", "");
  ASSERT_THAT(admin.Post("/v1/calendars/scotland/holidays", {{"date", before}, {"name", "Council holiday"}}), Succeeds());
  const std::string after = Director(stack).Get(PathOf(appeal)).json["deadlines"]["decideDueOn"];
  EXPECT_GT(after, before);
  ASSERT_THAT(admin.Delete("/v1/calendars/scotland/holidays/" + before), Succeeds());
  EXPECT_EQ(Director(stack).Get(PathOf(appeal)).json["deadlines"]["decideDueOn"], after);
}

TEST(CaseD, EveryServiceReckonsByTheCouncilsOwnDaysAsSoonAsItIsTold) {
  Stack& stack = Stack::Shared();
  const Client admin = stack.As("administrator", "");
  const auto in_all = [&](const std::string& which) {
    return stack.Sql(
        "select count(*) from (select * from incident.holiday union all select * from restriction.holiday union all "
        "select * from notification.holiday union all select * from appeal.holiday) h where calendar = 'scotland' and " +
        which);
  };
  ASSERT_THAT(admin.Post("/v1/calendars/scotland/holidays", {{"date", "2027-05-07"}, {"name", "Council holiday"}}), Succeeds());
  EXPECT_TRUE(Eventually([&] { return in_all("date = '2027-05-07' and source = 'council'") == "4"; }));
  ASSERT_THAT(admin.Delete("/v1/calendars/scotland/holidays/2027-05-31"), Succeeds());
  EXPECT_TRUE(Eventually([&] { return in_all("date = '2027-05-31' and worked") == "4"; }));
  ASSERT_THAT(admin.Delete("/v1/calendars/scotland/holidays/2027-05-07"), Succeeds());
  ASSERT_THAT(admin.Post("/v1/calendars/scotland/holidays", {{"date", "2027-05-31"}, {"name", "Spring bank holiday"}}), Succeeds());
  EXPECT_TRUE(Eventually([&] { return in_all("date = '2027-05-07' or date = '2027-05-31' and worked") == "0"; }));
}

// Turned away and written to so; then the envelope is found.
TEST(AppealHearing, Scenario13_WhoWasTurnedAwayHearsThatTheyAreHeardAfterAllAndTheRecordIsKeptMeanwhile) {
  Stack stack;
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  HandOver(stack, restriction);
  const std::string decided_on = Today(stack).substr(0, 10);
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+60d"}});
  ASSERT_TRUE(stack.Ready());
  const Client leader = stack.As("team_leader");
  const std::string late_day = stack.Sql("select (now() at time zone 'Europe/London')::date + 60").substr(0, 10);
  const Reply late = Lodge(stack, restriction, {{"receivedOn", late_day}, {"outOfScope", {{{"argument", "My repair was never done"}}}}});
  ASSERT_EQ(late.Text("state"), "LATE");
  ASSERT_THAT(leader.Post(PathOf(late) + ":acknowledge", {}, kAny), Succeeds());
  EXPECT_EQ(leader.Post(PathOf(late) + ":acknowledge", {}, kAny).status, 409) << "the person hears it once";
  ASSERT_THAT(Director(stack).Post(PathOf(late) + ":refuse", {{"reason", "No reason was given for the delay"}}, kAny), Succeeds());
  const auto held = [&] {
    const Json holds = leader.Get("/v1/restrictions/" + restriction).json.value("holds", Json::array());
    return holds.dump().find("APPEAL_OPEN") != std::string::npos;
  };
  ASSERT_TRUE(Eventually([&] { return !held(); }));
  ASSERT_THAT(leader.Post(PathOf(late) + ":correctReceipt", {{"receivedOn", decided_on}, {"reason", "The envelope was found"}}, kAny),
              Succeeds());
  EXPECT_TRUE(Eventually([&] { return held(); })) << "retention waits for an appeal that is open again";
  std::vector<std::string> acknowledged;
  EXPECT_TRUE(Eventually([&] {
    acknowledged.clear();
    const Json letters = stack.As("senior_manager").Get("/v1/letters?appealId=" + late.id()).json.value("letters", Json::array());
    for (const Json& letter : letters) {
      if (letter["kind"] == "APPEAL_ACKNOWLEDGED") acknowledged.push_back(letter["paragraphs"].dump());
    }
    return acknowledged.size() == 2;
  })) << acknowledged.size();
  ASSERT_EQ(acknowledged.size(), 2U);  // the newest first
  EXPECT_THAT(acknowledged[0], HasSubstr("your appeal is being heard"));
  EXPECT_THAT(acknowledged[1], Not(HasSubstr("your appeal is being heard")));
  for (const std::string& letter : acknowledged) EXPECT_THAT(letter, HasSubstr("complaints procedure"));
}

TEST(AppealHearing, Scenario13_ALateAppealIsRecordedAcceptedOrRefusedWithReasonsAndACorrectedReceiptCounts) {
  Stack stack;
  const std::string one = Impose(stack, RegisterPerson(stack)).id();
  const std::string two = Impose(stack, RegisterPerson(stack)).id();
  for (const std::string& told : {one, two}) HandOver(stack, told);
  const std::string decided_on = Today(stack).substr(0, 10);
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+60d"}});
  ASSERT_TRUE(stack.Ready());
  const std::string late_day = stack.Sql("select (now() at time zone 'Europe/London')::date + 60").substr(0, 10);
  const Reply late = Lodge(stack, one, {{"receivedOn", late_day}});
  EXPECT_EQ(late.Text("state"), "LATE");
  EXPECT_EQ(late.Text("timeliness"), "LATE");
  EXPECT_EQ(Decide(stack, late).status, 409);
  EXPECT_THAT(Director(stack).Post(PathOf(late) + ":refuse", Json::object(), kAny), Violates("reason"));
  const Reply refused = Director(stack).Post(PathOf(late) + ":refuse", {{"reason", "No reason was given for the delay"}}, kAny);
  EXPECT_EQ(refused.Text("state"), "REFUSED");
  const Reply corrected =
      stack.As("team_leader")
          .Post(PathOf(late) + ":correctReceipt", {{"receivedOn", decided_on}, {"reason", "The envelope was found"}}, refused.IfMatch());
  EXPECT_EQ(corrected.Text("state"), "LODGED");
  EXPECT_EQ(corrected.Text("timeliness"), "IN_TIME");
  EXPECT_EQ(corrected.json["receipts"].size(), 2U);
  const Reply other = Lodge(stack, two, {{"receivedOn", late_day}});
  EXPECT_EQ(Director(stack).Post(PathOf(other) + ":acceptLate", {{"reason", "In hospital"}}, kAny).Text("state"), "LODGED");
  EXPECT_THAT(Decide(stack, other, {{"outcome", "NOT_UPHELD"}}), Succeeds());
}

}  // namespace
}  // namespace evenhand::testing
