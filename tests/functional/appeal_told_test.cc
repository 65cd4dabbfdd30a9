// The time to appeal runs from when the person was told, however that was, and never before (6.4, 7.3).
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const Headers kAny = {{"If-Match", "*"}};

Json LetterOf(Stack& stack, const std::string& restriction, const std::string& kind = "RESTRICTION") {
  Json found;
  EXPECT_TRUE(Eventually([&] {
    const Json letters = stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction).json.value("letters", Json::array());
    for (const Json& letter : letters)
      if (letter["kind"] == kind) found = letter;
    return !found.is_null();
  })) << kind
      << ": " << stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction);
  return found;
}

Reply Tell(Stack& stack, const Json& letter, const Json& over = Json::object(), const Headers& headers = kAny) {
  Json body = {{"how", "SPOKEN"}, {"by", "E2001"}, {"at", letter["createdAt"]}, {"note", "On the telephone, with a colleague"}};
  body.merge_patch(over);
  return stack.As("team_leader").Post("/v1/letters/" + letter["id"].get<std::string>() + ":recordTold", body, headers);
}

std::string Today(Stack& stack, int ahead = 0) {
  return stack.Sql("select (now() at time zone 'Europe/London')::date + " + std::to_string(ahead)).substr(0, 10);
}

Reply Lodge(Stack& stack, const std::string& restriction, const std::string& on) {
  const Reply appeal = stack.As("team_leader")
                           .Post("/v1/appeals", {{"restrictionId", restriction}, {"receivedOn", on}, {"by", "PERSON"}, {"grounds", "No"}});
  EXPECT_THAT(appeal, Succeeds());
  return appeal;
}

Json DaysOf(Stack& stack, const Reply& appeal) {
  return stack.As("team_leader").Get("/v1/appeals/" + appeal.id()).json.value("deadlines", Json::object());
}
bool IsTold(Stack& stack, const Reply& appeal) { return !DaysOf(stack, appeal).value("appealClosesOn", "").empty(); }

std::string Needing(Stack& stack, const Json& over) {
  Json body = {{"displayName", "Pat Example"},
               {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
               {"postalAddress", {{"lines", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmed", true}}}};
  body.merge_patch(over);
  return stack.As("team_leader").Post("/v1/people", body).id();
}

TEST(CaseC, WhoHasNoAddressOrNeedsAFormatThatIsStillToBeMadeIsNotTooLateMonthsOn) {
  Stack stack;
  const std::string nowhere = Impose(stack, RegisterPerson(stack)).id();
  const std::string bsl = Impose(stack, Needing(stack, {{"preferredFormat", "BSL"}})).id();
  EXPECT_EQ(LetterOf(stack, nowhere)["state"], "AWAITING_ADDRESS");
  EXPECT_EQ(LetterOf(stack, bsl)["state"], "AWAITING_FORMAT");
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+151d"}});
  ASSERT_TRUE(stack.Ready());
  for (const std::string& restriction : {nowhere, bsl}) {
    const Reply appeal = Lodge(stack, restriction, Today(stack, 151));
    EXPECT_EQ(appeal.Text("state"), "LODGED");
    EXPECT_EQ(appeal.Text("timeliness"), "WINDOW_NOT_STARTED");
    EXPECT_FALSE(appeal.json["deadlines"].contains("toldOn") || appeal.json["deadlines"].contains("appealClosesOn")) << appeal;
  }
  // Then they are told, and the time runs from that day, also for an appeal that lies there already.
  const Reply appeal =
      Lodge(stack, Impose(stack, RegisterPerson(stack), {{"review", {{"date", nullptr}, {"interval", "P6M"}}}}).id(), Today(stack, 151));
  ASSERT_THAT(Tell(stack, LetterOf(stack, appeal.Text("restrictionId"))), Succeeds());
  ASSERT_TRUE(Eventually([&] { return IsTold(stack, appeal); }));
  EXPECT_EQ(DaysOf(stack, appeal)["toldOn"], Today(stack, 151));
  EXPECT_EQ(stack.As("team_leader").Get("/v1/appeals/" + appeal.id()).Text("timeliness"), "IN_TIME");
}

TEST(CaseC, HowSomebodyWasToldIsRecordedByWhoManagesTheCaseWithItsDay) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Json letter = LetterOf(stack, restriction);
  EXPECT_THAT(Tell(stack, letter, {{"how", "POSTED"}}), Violates("how"));
  EXPECT_THAT(Tell(stack, letter, {{"how", nullptr}}), Violates("how"));
  EXPECT_THAT(Tell(stack, letter, {{"at", nullptr}}), Violates("at"));
  EXPECT_THAT(Tell(stack, letter, {{"at", InstantFromNow(2)}}), Violates("at"));
  EXPECT_THAT(Tell(stack, letter, {{"at", InstantFromNow(-2)}}), Violates("at"));
  EXPECT_EQ(Tell(stack, letter, {}, {}).status, 428);
  const std::string path = "/v1/letters/" + letter["id"].get<std::string>() + ":recordTold";
  const Json body = {{"how", "HANDED_OVER"}, {"at", letter["createdAt"]}};
  EXPECT_EQ(stack.As("employee").Post(path, body, kAny).status, 403);
  EXPECT_EQ(stack.As("team_leader", "Education").Post(path, body, kAny).status, 403);
  const Reply told = stack.As("team_leader").Post(path, body, kAny);
  ASSERT_THAT(told, Succeeds());
  EXPECT_EQ(told.json["told"][0]["how"], "HANDED_OVER");
  EXPECT_EQ(told.json["told"][0]["by"], "u-team_leader");
  EXPECT_EQ(told.Text("state"), "STOPPED") << "they have it: nobody has to look for an address";
  const Json tasks = stack.As("team_leader").Get("/v1/tasks?restrictionId=" + restriction).json.value("tasks", Json::array());
  EXPECT_EQ(tasks.dump().find("CONFIRM_ADDRESS"), std::string::npos);
  const std::string bsl = Impose(stack, Needing(stack, {{"preferredFormat", "BSL"}})).id();
  EXPECT_THAT(Tell(stack, LetterOf(stack, bsl), {{"note", nullptr}}), Violates("note")) << "the standard letter alone tells them nothing";
  EXPECT_THAT(Tell(stack, LetterOf(stack, bsl), {{"note", "Interpreted at the counter"}}), Succeeds());
}

TEST(Scenario20, ALetterThatComesBackUndoesItsOwnTellingAndWhatElseToldThemStands) {
  Stack& stack = Stack::Shared();
  const auto posted_and_returned = [&](bool spoken) {
    const std::string restriction = Impose(stack, Needing(stack, Json::object())).id();
    const Json first = LetterOf(stack, restriction);
    EXPECT_TRUE(Eventually([&] { return LetterOf(stack, restriction)["state"] == "PRINTED"; }));
    Post(stack, LetterOf(stack, restriction));
    const Reply appeal = Lodge(stack, restriction, Today(stack));
    if (spoken) {
      EXPECT_THAT(Tell(stack, first), Succeeds());
      EXPECT_TRUE(Eventually([&] { return IsTold(stack, appeal); }));
    }
    EXPECT_THAT(stack.As("team_leader")
                    .Post("/v1/notifications/" + LetterOf(stack, restriction)["notificationId"].get<std::string>() + ":recordReturned",
                          {{"reason", "Gone away"}}, kAny),
                Succeeds());
    EXPECT_TRUE(Eventually([&] { return LetterOf(stack, restriction)["state"] == "RETURNED"; }));
    EXPECT_TRUE(Eventually([&] { return IsTold(stack, appeal) == spoken; }));
    return DaysOf(stack, appeal);
  };
  EXPECT_FALSE(posted_and_returned(false).contains("toldOn"));
  EXPECT_EQ(posted_and_returned(true).value("toldOn", ""), Today(stack)) << "said to them, whatever became of the letter";
}

TEST(CaseC, WithANoticeThatIsWithheldNoTimeRunsAndEachDecisionHasItsOwn) {
  Stack& stack = Stack::Shared();
  const std::string withheld =
      Impose(stack, RegisterPerson(stack),
             {{"explanation",
               {{"toPerson", nullptr}, {"withheld", {{"record", "It would put a colleague at risk"}, {"lookAgainOn", DayFromNow(21)}}}}}})
          .id();
  EXPECT_FALSE(Lodge(stack, withheld, Today(stack)).json["deadlines"].contains("appealClosesOn"));
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  HandOver(stack, restriction);
  const Reply first = Lodge(stack, restriction, Today(stack));
  EXPECT_TRUE(IsTold(stack, first));
  ASSERT_THAT(
      stack.As("senior_manager")
          .Post("/v1/restrictions/" + restriction + ":review",
                {{"outcome", "CONTINUE"}, {"reason", "Still needed"}, {"explanation", {{"toPerson", "It goes on for now."}}}}, kAny),
      Succeeds());
  const Reply second = Lodge(stack, restriction, Today(stack));
  EXPECT_FALSE(second.json["deadlines"].contains("appealClosesOn")) << "nobody has told them of the continuation";
  HandOver(stack, restriction);
  EXPECT_TRUE(Eventually([&] { return IsTold(stack, second); }));
}

TEST(CaseC, TheLetterPromisesNoDayEarlierThanTheTrueOne) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  HandOver(stack, restriction);
  const Reply appeal = Lodge(stack, restriction, Today(stack));
  const std::string by =
      stack.Sql("select to_char('" + DaysOf(stack, appeal)["appealClosesOn"].get<std::string>() + "'::date, 'FMDD FMMonth YYYY')");
  std::string said;
  const Json letter = LetterOf(stack, restriction);
  for (const Json& paragraph : letter["paragraphs"])
    if (paragraph["purpose"] == "appeal") said = paragraph["text"];
  EXPECT_THAT(said, HasSubstr(by)) << "what it says holds, though it was handed over at once";
  EXPECT_THAT(said, HasSubstr("you have longer")) << "and if it was posted later than its date, they have longer";
}

TEST(Scenario13, RefusedAsTooLateAndThenTheLetterComesBackItIsOpenAgain) {
  Stack stack;
  const std::string restriction = Impose(stack, Needing(stack, Json::object())).id();
  ASSERT_TRUE(Eventually([&] { return LetterOf(stack, restriction)["state"] == "PRINTED"; }));
  const Json letter = LetterOf(stack, restriction);
  Post(stack, letter);
  ASSERT_TRUE(Eventually([&] {
    return stack.Sql("select count(*) from appeal.decision_told where restriction_id = '" + restriction + "'") == "1";
  })) << "the post has told them";
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+60d"}});
  ASSERT_TRUE(stack.Ready());
  const Reply late = Lodge(stack, restriction, Today(stack, 60));
  ASSERT_EQ(late.Text("state"), "LATE");
  const Client director = stack.As("strategic_director", "Education", "u-sd");
  ASSERT_THAT(director.Post("/v1/appeals/" + late.id() + ":refuse", {{"reason", "Too late"}}, kAny), Succeeds());
  ASSERT_THAT(
      stack.As("team_leader")
          .Post("/v1/notifications/" + letter["notificationId"].get<std::string>() + ":recordReturned", {{"reason", "Gone away"}}, kAny),
      Succeeds());
  EXPECT_TRUE(Eventually([&] { return director.Get("/v1/appeals/" + late.id()).Text("state") == "LODGED"; }));
}

}  // namespace
}  // namespace evenhand::testing
