// Appeals heard fairly, through the door: by somebody else, in time or late but never dropped, with one effect that everyone sees.
#include <csignal>
#include <map>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

Client Director(Stack& stack, const std::string& sub = "E9100") { return stack.As("strategic_director", "Education", sub); }

Json Lodging(const std::string& restriction_id, const Json& over = Json::object()) {
  Json body = {{"restrictionId", restriction_id},
               {"receivedAt", "2026-11-25T09:00:00Z"},
               {"by", "PERSON"},
               {"channel", "LETTER"},
               {"grounds", "It was not me"}};
  body.merge_patch(over);
  return body;
}

// Lodged today, by the stack's own clock.
Reply Lodge(Stack& stack, const std::string& restriction_id) {
  const std::string today = stack.Sql("select to_char(now() at time zone 'Europe/London', 'YYYY-MM-DD')");
  return stack.As("team_leader").Post("/v1/appeals", Lodging(restriction_id, {{"receivedAt", nullptr}, {"receivedOn", today}}));
}

std::string StateOf(Stack& stack, const std::string& restriction_id) {
  return stack.As("team_leader").Get("/v1/restrictions/" + restriction_id).Text("state");
}

Reply Appeal(Stack& stack, const std::string& id) { return Director(stack).Get("/v1/appeals/" + id); }

Reply Decide(Stack& stack, const std::string& id, const Json& decision, const std::string& by = "E9100") {
  return Director(stack, by).Post("/v1/appeals/" + id + ":decide", decision, kAny);
}

std::vector<std::string> Codes(Stack& stack, const std::string& phone) {
  std::vector<std::string> codes;
  const Reply reply = stack.As("crm", "").Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", phone}, {"serviceArea", "Housing"}});
  for (const Json& match : reply.json.value("matches", Json::array())) {
    for (const Json& instruction : match.value("instructions", Json::array())) codes.push_back(instruction["code"]);
  }
  return codes;
}

TEST(Scenario16, WhoImposedDoesNotHearNorDoesWhoReviewedLast) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply proposed = Propose(stack, person);
  ASSERT_THAT(stack.As("senior_manager", "Housing", "E9201")
                  .Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch()),
              Succeeds());
  const Reply appeal = Lodge(stack, proposed.id());
  ASSERT_THAT(appeal, Succeeds());
  const Json decision = {{"outcome", "NOT_UPHELD"}, {"reasons", "The evidence supports it"}};
  EXPECT_THAT(stack.As("strategic_director", "Housing", "E9201").Post("/v1/appeals/" + appeal.id() + ":decide", decision, kAny),
              Refused(403, "7.3"));
  EXPECT_THAT(stack.As("senior_manager", "Housing", "E9202").Post("/v1/appeals/" + appeal.id() + ":decide", decision, kAny),
              Refused(403, "7.3"));
  EXPECT_THAT(Director(stack).Post("/v1/appeals/" + appeal.id() + ":assign", {{"assignee", "E9201"}}, kAny), Refused(403, "7.3"));
  EXPECT_THAT(Decide(stack, appeal.id(), {{"outcome", "NOT_UPHELD"}}), Violates("reasons"));
  EXPECT_THAT(Decide(stack, appeal.id(), decision), Succeeds());
  EXPECT_EQ(StateOf(stack, proposed.id()), "IN_FORCE");
}

TEST(CaseK, OverturningOneLeavesALaterRestrictionAndASecondAppealPointsAtTheFirst) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const std::string one = Impose(stack, person).id();
  const Reply appeal = Lodge(stack, one);
  ASSERT_THAT(appeal, Succeeds());
  const std::string two = Impose(stack, person, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}}).id();
  const Reply again = Lodge(stack, one);
  EXPECT_EQ(again.status, 409) << again;
  EXPECT_THAT(again.body, HasSubstr(appeal.Text("reference")));
  ASSERT_THAT(Decide(stack, appeal.id(), {{"outcome", "UPHELD"}, {"reasons", "The evidence does not support it"}}), Succeeds());
  EXPECT_TRUE(Eventually([&] { return StateOf(stack, one) == "OVERTURNED"; }));
  EXPECT_EQ(StateOf(stack, two), "IN_FORCE");
  EXPECT_TRUE(Eventually([&] { return Codes(stack, phone) == std::vector<std::string>{"WITHHOLD_STAFF_DETAILS"}; }, 2));
  EXPECT_EQ(stack.Sql("select count(*) from restriction.audit where action = 'restriction.overturned' and subject_id = '" + one + "'"),
            "1");
}

TEST(Scenario15, AnAppealVariesTheTermsAndTheVariationIsADecisionWithAnAppealOfItsOwn) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string restriction = Impose(stack, RegisterPerson(stack, phone)).id();
  const Reply appeal = Lodge(stack, restriction);
  ASSERT_THAT(appeal, Succeeds());
  EXPECT_THAT(Decide(stack, appeal.id(), {{"outcome", "PARTLY_UPHELD"}, {"reasons", "Less would do"}}), Violates("variation"));
  const Json variation = {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "DAY"}}}},
                          {"explanation", {{"toPerson", "You may call us twice a day."}}},
                          {"review", {{"interval", "P3M"}}}};
  ASSERT_THAT(Decide(stack, appeal.id(), {{"outcome", "PARTLY_UPHELD"}, {"reasons", "Less would do"}, {"variation", variation}}),
              Succeeds());
  ASSERT_TRUE(Eventually([&] { return Codes(stack, phone) == std::vector<std::string>{"LIMIT_VOLUME"}; }));
  const Reply now = stack.As("team_leader").Get("/v1/restrictions/" + restriction);
  EXPECT_EQ(now.Text("state"), "IN_FORCE");
  ASSERT_EQ(now.json["decisions"].size(), 2u) << now;
  EXPECT_EQ(now.json["decisions"][1].value("appealable", false), true);
  ASSERT_TRUE(Eventually([&] { return Appeal(stack, appeal.id()).json["effect"].value("state", "") == "APPLIED"; }));
  const Reply next = Lodge(stack, restriction);
  EXPECT_THAT(next, Succeeds()) << "the variation has its own appeal";
  EXPECT_NE(next.id(), appeal.id());
}

// What a letter says, by the purpose of its paragraphs.
std::map<std::string, std::string> Said(const Json& letter) {
  std::map<std::string, std::string> said;
  for (const Json& paragraph : letter["paragraphs"]) said[paragraph["purpose"]] = paragraph["text"];
  return said;
}

// The letters about a restriction besides its first one, once the appeal's outcome is in this state.
std::vector<Json> LettersAfter(Stack& stack, const std::string& restriction_id, const std::string& outcome_state) {
  std::vector<Json> others;
  EXPECT_TRUE(Eventually([&] {
    others.clear();
    bool there = false;
    const Json letters = stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction_id).json.value("letters", Json::array());
    for (const Json& letter : letters) {
      there = there || (letter["kind"] == "APPEAL_OUTCOME" && letter["state"] == outcome_state);
      if (letter["kind"] != "RESTRICTION") others.push_back(letter);
    }
    return there;
  }));
  return others;
}

std::string Postable(Stack& stack) {
  const Reply person =
      stack.As("team_leader")
          .Post("/v1/people", {{"displayName", "Pat Example"},
                               {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                               {"postalAddress", {{"lines", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmed", true}}}});
  EXPECT_THAT(person, Succeeds());
  return person.id();
}

const Json kTwiceADay = {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "DAY"}}}}};

TEST(CaseC, AfterAPartlyUpheldAppealOneLetterTellsTheOutcomeAndTheNewTermsWithTheirOwnReviewAndAppeal) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, Postable(stack)).id();
  const Reply appeal = Lodge(stack, restriction);
  ASSERT_THAT(appeal, Succeeds());
  Json variation = kTwiceADay;
  variation["explanation"] = {{"toPerson", "You may call us twice a day."}};
  ASSERT_THAT(Decide(stack, appeal.id(), {{"outcome", "PARTLY_UPHELD"}, {"reasons", "Less would do."}, {"variation", variation}}),
              Succeeds());
  const std::vector<Json> letters = LettersAfter(stack, restriction, "PRINTED");
  ASSERT_EQ(letters.size(), 1u) << Json(letters).dump(1);
  auto said = Said(letters[0]);
  EXPECT_THAT(said["outcome"], HasSubstr("part of your appeal"));
  EXPECT_EQ(said["reason"], "Less would do.");
  EXPECT_THAT(said["measures"], HasSubstr("up to 2 contacts a day by phone"));
  EXPECT_EQ(said["explanation"], "You may call us twice a day.");
  EXPECT_THAT(said["review"], HasSubstr("look at this again by"));
  EXPECT_THAT(said["restore"], Not(IsEmpty()));
  EXPECT_THAT(said["appeal"], HasSubstr(stack.As("team_leader").Get("/v1/restrictions/" + restriction).Text("reference")));
  EXPECT_THAT(said["ombudsman"], HasSubstr("Scottish Public Services Ombudsman"));

  // It told of the new decision: the window to appeal that one is open, from the day the letter went.
  const std::string decision = Appeal(stack, appeal.id()).json["effect"]["newDecisionId"];
  EXPECT_EQ(letters[0]["decisionId"], decision);
  Post(stack, letters[0]);
  const auto told_on = [&] {
    return stack.Sql("select coalesce(told_on::text, 'not told') from appeal.decision_told where decision_id = '" + decision + "'");
  };
  ASSERT_TRUE(Eventually([&] { return told_on().rfind("20", 0) == 0; }));
  const Reply next = Lodge(stack, restriction);
  ASSERT_THAT(next, Succeeds());
  EXPECT_EQ(next.Text("decisionId"), decision);
  EXPECT_EQ(next.Text("timeliness"), "IN_TIME");

  // When it comes back, they were not told after all.
  ASSERT_THAT(stack.As("team_leader")
                  .Post("/v1/notifications/" + letters[0]["notificationId"].get<std::string>() + ":recordReturned",
                        {{"reason", "Gone away"}}, kAny),
              Succeeds());
  EXPECT_TRUE(Eventually([&] { return Appeal(stack, next.id()).Text("timeliness") == "WINDOW_NOT_STARTED"; }));
}

TEST(Clause6_4, WhereNoticeIsWithheldAnAppealIsAnsweredWithoutTheTermsThatTheyAreNotToldOf) {
  Stack& stack = Stack::Shared();
  const Json withheld = {
      {"explanation",
       {{"toPerson", nullptr}, {"withheld", {{"record", "Telling would put a colleague at risk"}, {"lookAgainOn", DayFromNow(49)}}}}}};
  const auto outcome = [&](const Json& variation) {
    const std::string restriction = Impose(stack, Postable(stack), withheld).id();
    const Reply appeal = Lodge(stack, restriction);
    EXPECT_THAT(appeal, Succeeds());
    EXPECT_THAT(Decide(stack, appeal.id(), {{"outcome", "PARTLY_UPHELD"}, {"reasons", "Less would do."}, {"variation", variation}}),
                Succeeds());
    const std::vector<Json> letters = LettersAfter(stack, restriction, "PRINTED");
    EXPECT_EQ(letters.size(), 1u) << Json(letters).dump(1);
    const std::string ledger = stack.As("senior_manager").Get("/v1/shares?restrictionId=" + restriction).Text("noticeWithheld");
    return std::pair(letters.empty() ? std::map<std::string, std::string>() : Said(letters[0]), ledger);
  };
  const auto [quiet, still] = outcome(kTwiceADay);
  EXPECT_TRUE(quiet.contains("outcome"));
  EXPECT_FALSE(quiet.contains("measures") || quiet.contains("appeal") || quiet.contains("explanation"));
  EXPECT_THAT(still, HasSubstr("6.4"));
  Json told = kTwiceADay;
  told["explanation"] = {{"toPerson", "You may call us twice a day."}};
  const auto [open, none] = outcome(told);
  EXPECT_TRUE(open.contains("measures") && open.contains("appeal"));
  EXPECT_EQ(none, "") << "they have been told now";
}

TEST(Scenario15, AWithdrawnAppealStaysInTheTimeline) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Reply appeal = Lodge(stack, restriction);
  ASSERT_THAT(stack.As("team_leader", "Housing", "E1902")
                  .Post("/v1/appeals/" + appeal.id() + ":withdraw",
                        {{"by", "PERSON"}, {"evidence", "Said so at the counter"}, {"reason", "Asked to leave it"}}, appeal.IfMatch()),
              Succeeds());
  const Reply kept = Appeal(stack, appeal.id());
  EXPECT_EQ(kept.Text("state"), "WITHDRAWN");
  EXPECT_GE(kept.json["timeline"].size(), 2u);
  EXPECT_EQ(Decide(stack, appeal.id(), {{"outcome", "UPHELD"}, {"reasons", "Too late"}}).status, 409);
  EXPECT_EQ(StateOf(stack, restriction), "IN_FORCE");
}

TEST(Scenario14, AReviewLiftsItWhileTheAppealIsOpenAndTheAppealStillGetsItsWrittenOutcome) {
  Stack& stack = Stack::Shared();
  const Reply imposed = Impose(stack, Postable(stack));
  const Reply appeal = Lodge(stack, imposed.id());
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + imposed.id() + ":lift", {{"reason", "Calls are calm now"}}, kAny),
              Succeeds());
  const Reply decided = Decide(stack, appeal.id(), {{"outcome", "UPHELD"}, {"reasons", "It should not have been imposed"}});
  ASSERT_THAT(decided, Succeeds());
  EXPECT_TRUE(Eventually([&] { return Appeal(stack, appeal.id()).json["effect"].value("state", "") == "APPLIED"; }));
  const Reply after = Appeal(stack, appeal.id());
  EXPECT_EQ(after.json["decision"].value("reason", ""), "It should not have been imposed");
  EXPECT_EQ(after.json["effect"].value("result", ""), "ALREADY_ENDED") << after;
  EXPECT_EQ(StateOf(stack, imposed.id()), "LIFTED");
  for (const Json& letter : LettersAfter(stack, imposed.id(), "PRINTED")) {
    if (letter["kind"] != "APPEAL_OUTCOME") continue;
    auto said = Said(letter);
    EXPECT_EQ(said["reason"], "It should not have been imposed");
    EXPECT_THAT(said["effect"], HasSubstr("had ended before your appeal was decided"));
  }
}

TEST(Scenario14, AReviewUnderWayClosesAsSupersededAndTheRestrictionEndsOnce) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {incident}));
  const std::string path = "/v1/restrictions/" + proposed.id();
  ASSERT_THAT(stack.As("senior_manager").Post(path + ":impose", Json::object(), proposed.IfMatch()), Succeeds());
  const Reply appeal = Lodge(stack, proposed.id());
  ASSERT_THAT(stack.As("team_leader").Post("/v1/incidents/" + incident + ":withdraw", {{"reason", "Recorded by mistake"}}, kAny),
              Succeeds());
  ASSERT_TRUE(Eventually([&] { return stack.As("team_leader").Get(path).json.contains("openReview"); }));
  ASSERT_THAT(Decide(stack, appeal.id(), {{"outcome", "UPHELD"}, {"reasons", "Nothing supports it any more"}}), Succeeds());
  ASSERT_TRUE(Eventually([&] { return StateOf(stack, proposed.id()) == "OVERTURNED"; }));
  const Json after = stack.As("team_leader").Get(path).json;
  EXPECT_FALSE(after.contains("openReview"));
  int superseded = 0, overturned = 0;
  for (const Json& entry : after["history"]) {
    superseded += entry["action"] == "REVIEW_SUPERSEDED" ? 1 : 0;
    overturned += entry["action"] == "OVERTURNED" ? 1 : 0;
  }
  EXPECT_EQ(superseded, 1);
  EXPECT_EQ(overturned, 1);
}

TEST(Scenario14, DecidedWhileTheRestrictionsServiceHangsItIsPendingOrToBeDecidedAgainAndHappensOnce) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Reply appeal = Lodge(stack, restriction);
  stack.Signal("restriction-service", SIGSTOP);
  const Reply decided = Decide(stack, appeal.id(), {{"outcome", "UPHELD"}, {"reasons", "The evidence does not support it"}});
  stack.Signal("restriction-service", SIGKILL);
  // Either it was decided and says that its effect is on its way, or it could not be heard just now and may be decided again.
  if (decided.ok()) {
    EXPECT_EQ(decided.Text("state"), "EFFECT_PENDING") << decided;
    stack.Signal("appeal-service", SIGKILL);
  }
  ASSERT_TRUE(stack.Ready());
  if (!decided.ok()) {
    EXPECT_TRUE(decided.status == 503 || decided.status == 504 || decided.status == 0) << decided;
    ASSERT_TRUE(Eventually(
        [&] { return Decide(stack, appeal.id(), {{"outcome", "UPHELD"}, {"reasons", "The evidence does not support it"}}).ok(); }));
  }
  EXPECT_TRUE(Eventually([&] { return StateOf(stack, restriction) == "OVERTURNED"; }, 20));
  EXPECT_TRUE(Eventually([&] { return Appeal(stack, appeal.id()).Text("state") != "EFFECT_PENDING"; }));
  EXPECT_EQ(
      stack.Sql("select count(*) from restriction.audit where action = 'restriction.overturned' and subject_id = '" + restriction + "'"),
      "1");
}

TEST(CaseD, TenWorkingDaysFromTheEndOf2021AreOthersInScotlandThanInEngland) {
  Stack& stack = Stack::Shared();
  const auto after = [&](const std::string& calendar) {
    return Director(stack).Get("/v1/calendars/" + calendar + ":addWorkingDays?from=2021-12-30&days=10");
  };
  EXPECT_THAT(after("scotland").body, HasSubstr("2022-01-17")) << after("scotland");
  EXPECT_THAT(after("england-and-wales").body, HasSubstr("2022-01-14")) << after("england-and-wales");
}

TEST(Scenario13, ALateAppealIsRecordedAndAcceptedOrRefusedWithReasonsAndACorrectedDateKeepsBoth) {
  Stack stack;
  const std::string accepted = Impose(stack, RegisterPerson(stack)).id(), refused = Impose(stack, RegisterPerson(stack)).id(),
                    corrected = Impose(stack, RegisterPerson(stack)).id();
  for (const std::string& told : {accepted, refused, corrected}) HandOver(stack, told);
  const std::string today = stack.Sql("select to_char(now() at time zone 'Europe/London', 'YYYY-MM-DD')");
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+60d"}});
  const std::string later = stack.Sql("select to_char((now() + interval '60 days') at time zone 'Europe/London', 'YYYY-MM-DD')");
  const auto lodge = [&](const std::string& id) {
    return stack.As("team_leader").Post("/v1/appeals", Lodging(id, {{"receivedAt", nullptr}, {"receivedOn", later}}));
  };

  const Reply one = lodge(accepted), two = lodge(refused), three = lodge(corrected);
  ASSERT_THAT(one, Succeeds());
  EXPECT_EQ(one.Text("timeliness"), "LATE") << one;
  const Client director = Director(stack);
  EXPECT_THAT(director.Post("/v1/appeals/" + one.id() + ":acceptLate", Json::object(), one.IfMatch()), Violates("reason"));
  EXPECT_THAT(director.Post("/v1/appeals/" + one.id() + ":acceptLate", {{"reason", "In hospital"}}, one.IfMatch()), Succeeds());
  const Reply no = director.Post("/v1/appeals/" + two.id() + ":refuse", {{"reason", "No reason was given"}}, two.IfMatch());
  EXPECT_EQ(no.Text("state"), "REFUSED") << no;
  EXPECT_EQ(Decide(stack, two.id(), {{"outcome", "UPHELD"}, {"reasons", "x"}}).status, 409);

  const Reply right = stack.As("team_leader")
                          .Post("/v1/appeals/" + three.id() + ":correctReceipt",
                                {{"receivedOn", today}, {"reason", "The envelope's stamp"}}, three.IfMatch());
  ASSERT_THAT(right, Succeeds());
  EXPECT_EQ(right.Text("timeliness"), "IN_TIME");
  EXPECT_EQ(right.json["receipts"].size(), 2u) << "both dates are kept";
}

TEST(CaseC, AContinuationAtReviewIsANewDecisionWithANewAppealWindow) {
  Stack stack;
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+60d"}});
  const Reply reviewed = stack.As("senior_manager", "Housing", "E9301")
                             .Post("/v1/restrictions/" + imposed.id() + ":review",
                                   {{"outcome", "CONTINUE"},
                                    {"reason", "The calls went on"},
                                    {"review", {{"interval", "P6M"}}},
                                    {"explanation", {{"toPerson", "We looked at it again and it stays for now."}}}},
                                   kAny);
  ASSERT_THAT(reviewed, Succeeds());
  ASSERT_EQ(reviewed.json["decisions"].size(), 2u);
  const std::string later = stack.Sql("select to_char((now() + interval '60 days') at time zone 'Europe/London', 'YYYY-MM-DD')");
  const Reply appeal = stack.As("team_leader").Post("/v1/appeals", Lodging(imposed.id(), {{"receivedAt", nullptr}, {"receivedOn", later}}));
  ASSERT_THAT(appeal, Succeeds());
  EXPECT_EQ(appeal.Text("decisionId"), reviewed.json["decisions"][1]["id"]);
  EXPECT_NE(appeal.Text("timeliness"), "LATE") << "the window is the continuation's own: " << appeal;
  EXPECT_THAT(stack.As("strategic_director", "Housing", "E9301")
                  .Post("/v1/appeals/" + appeal.id() + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "x"}}, kAny),
              Refused(403, "7.3"))
      << "who reviewed last does not hear";
}

}  // namespace
}  // namespace evenhand::testing
