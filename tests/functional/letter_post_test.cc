// Letters to the person through the REST door: what they say, in which form, to which address, and when there is none (11.1, 6.4).
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};
const Json kAddress = {"Pat Example", "1 High Street", "Alloa", "FK10 1AA"};

std::string APerson(Stack& stack, const Json& over = Json::object()) {
  Json body = {{"displayName", "Pat Example"},
               {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
               {"postalAddress", {{"lines", kAddress}, {"confirmed", true}}}};
  body.merge_patch(over);
  const Reply person = stack.As("team_leader").Post("/v1/people", body);
  EXPECT_THAT(person, Succeeds());
  return person.id();
}

// The letter of this kind about a restriction, once it is in this state.
Json LetterOf(Stack& stack, const std::string& restriction, const std::string& kind, const std::string& state) {
  Json found;
  EXPECT_TRUE(Eventually([&] {
    const Json letters = stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction).json.value("letters", Json::array());
    for (const Json& letter : letters) {
      if (letter["kind"] == kind && letter["state"] == state) found = letter;
    }
    return !found.is_null();
  })) << kind
      << " " << state;
  return found;
}

Json TasksOf(Stack& stack, const std::string& restriction) {
  return stack.As("team_leader").Get("/v1/tasks?restrictionId=" + restriction).json.value("tasks", Json::array());
}
// The task of this kind; null where there is none.
Json TaskOf(Stack& stack, const std::string& restriction, const std::string& kind) {
  const Json tasks = TasksOf(stack, restriction);
  for (const Json& task : tasks) {
    if (task["kind"] == kind) return task;
  }
  return nullptr;
}
bool HasTask(Stack& stack, const std::string& restriction, const std::string& kind) { return !TaskOf(stack, restriction, kind).is_null(); }

std::string OutputOf(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c; (c = fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

std::string PdfOf(Stack& stack, const Json& letter, const Folder& folder) {
  const Reply pdf = stack.As("senior_manager").Get("/v1/letters/" + letter["id"].get<std::string>() + ":pdf");
  EXPECT_EQ(pdf.status, 200);
  EXPECT_THAT(pdf.headers.at("content-type"), HasSubstr("application/pdf"));
  const std::string path = folder.path + "/letter.pdf";
  std::ofstream(path, std::ios::binary) << pdf.body;
  return path;
}

TEST(Clause11_1, TheRestrictionLetterIsATaggedPdfWithReasonReviewAndAppeal) {
  Stack& stack = Stack::Shared();
  const Folder folder;
  const std::string restriction = Impose(stack, APerson(stack), {{"review", {{"date", DayFromNow(100)}}}}).id();
  const std::string pdf = PdfOf(stack, LetterOf(stack, restriction, "RESTRICTION", "PRINTED"), folder);
  const std::string facts = OutputOf("pdfinfo " + pdf);
  EXPECT_THAT(facts, HasSubstr("How you and the council will be in touch"));
  EXPECT_THAT(facts, HasSubstr("Tagged:          yes"));
  const std::string text = OutputOf("pdftotext " + pdf + " -");
  for (const std::string& words :
       {std::string("1 High Street"), std::string("We will not take contact by phone."), std::string("Please write to us instead"),
        DayFromNow(100, "%-d %B %Y"), std::string("you can appeal"), std::string("strategic director"), std::string("Please appeal by")})
    EXPECT_THAT(text, HasSubstr(words));
  std::ifstream file(pdf, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(bytes, HasSubstr("pdfuaid"));
  EXPECT_THAT(bytes, HasSubstr("/Lang (en-GB)"));
  bool printed = false;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(stack.data_dir(), std::filesystem::directory_options::skip_permission_denied)) {
    printed = printed || entry.path().filename().string().rfind("LET-", 0) == 0;
  }
  EXPECT_TRUE(printed);
}

TEST(CaseC, AContinuationAndALiftingEachGetALetterOfTheirOwn) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, APerson(stack)).id();
  ASSERT_THAT(stack.As("senior_manager")
                  .Post("/v1/restrictions/" + restriction + ":review", {{"outcome", "CONTINUE"}, {"reason", "Still needed"}}, kAny),
              Succeeds());
  const Json review = LetterOf(stack, restriction, "REVIEW_OUTCOME", "PRINTED");
  const Json first = LetterOf(stack, restriction, "RESTRICTION", "PRINTED");
  EXPECT_NE(review["decisionId"], first["decisionId"]);
  bool appeal = false;
  for (const Json& paragraph : review["paragraphs"]) appeal = appeal || paragraph["purpose"] == "appeal";
  EXPECT_TRUE(appeal);
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + restriction + ":lift", {{"reason", "Done"}}, kAny), Succeeds());
  LetterOf(stack, restriction, "LIFTING", "PRINTED");
}

TEST(Clause11_1, AnAddressIsConfirmedBeforeALetterIsPosted) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Json letter = LetterOf(stack, restriction, "RESTRICTION", "AWAITING_ADDRESS");
  EXPECT_TRUE(HasTask(stack, restriction, "CONFIRM_ADDRESS"));
  const std::string confirm = "/v1/letters/" + letter["id"].get<std::string>() + ":confirmAddress";
  EXPECT_THAT(stack.As("team_leader").Post(confirm, {{"address", kAddress}}, kAny), Violates("confirmedHow"));
  EXPECT_THAT(stack.As("team_leader").Post(confirm, {{"address", kAddress}, {"confirmedHow", "by phone"}}, kAny), Succeeds());
  LetterOf(stack, restriction, "RESTRICTION", "PRINTED");
  EXPECT_FALSE(HasTask(stack, restriction, "CONFIRM_ADDRESS"));
}

TEST(Scenario20, AReturnedLetterOpensATaskAndTheAppealWindowIsLookedAtAgain) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, APerson(stack)).id();
  const Json letter = LetterOf(stack, restriction, "RESTRICTION", "PRINTED");
  const std::string message = "/v1/notifications/" + letter["notificationId"].get<std::string>();
  const auto told = [&] {
    return stack.Sql("select coalesce(told_on::text, 'not told') from appeal.decision_told where restriction_id = '" + restriction + "'");
  };
  Post(stack, letter);
  ASSERT_TRUE(Eventually([&] { return told().rfind("20", 0) == 0; })) << "posted: the time to appeal runs";
  EXPECT_EQ(stack.As("team_leader").Post(message + ":recordReturned", {{"reason", "Gone away"}}, kAny).Text("state"), "RETURNED");
  EXPECT_TRUE(HasTask(stack, restriction, "RETURNED_LETTER"));
  EXPECT_TRUE(Eventually([&] { return told().rfind("not told", 0) == 0; }));
  const Reply again = stack.As("team_leader")
                          .Post("/v1/letters/" + letter["id"].get<std::string>() + ":confirmAddress",
                                {{"address", kAddress}, {"confirmedHow", "by a visit"}}, kAny);
  EXPECT_THAT(again, Succeeds());
  const Json printed = LetterOf(stack, restriction, "RESTRICTION", "PRINTED");
  EXPECT_THAT(stack.As("team_leader").Get("/v1/letters?state=PRINTED").json.dump(), HasSubstr(printed["id"].get<std::string>()))
      << "the post room's list";
  EXPECT_EQ(told().rfind("20", 0), std::string::npos) << "printed is not gone";
  Post(stack, printed);
  EXPECT_TRUE(Eventually([&] { return told().rfind("20", 0) == 0; }));
}

TEST(Scenario20, WhereNoticeIsWithheldThereIsNoLetterButADateToLookAgain) {
  Stack& stack = Stack::Shared();
  const std::string person = APerson(stack);
  const Json body = {
      {"explanation",
       {{"toPerson", nullptr}, {"withheld", {{"record", "Telling would put a colleague at risk"}, {"lookAgainOn", DayFromNow(49)}}}}}};
  const std::string restriction = Impose(stack, person, body).id();
  ASSERT_TRUE(Eventually([&] { return HasTask(stack, restriction, "LOOK_AGAIN"); }));
  EXPECT_TRUE(stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction).json.value("letters", Json::array()).empty());
  EXPECT_EQ(TaskOf(stack, restriction, "LOOK_AGAIN")["dueOn"], DayFromNow(49));
  EXPECT_THAT(stack.As("senior_manager").Get("/v1/shares?restrictionId=" + restriction).Text("noticeWithheld"), HasSubstr("6.4"));
}

TEST(Clause6_4, OnceTheyCanBeToldALaterDecisionIsWrittenAndTheLedgerSaysWithheldNoMore) {
  Stack& stack = Stack::Shared();
  const Json body = {
      {"explanation",
       {{"toPerson", nullptr}, {"withheld", {{"record", "Telling would put a colleague at risk"}, {"lookAgainOn", DayFromNow(49)}}}}}};
  const std::string restriction = Impose(stack, APerson(stack), body).id();
  ASSERT_TRUE(Eventually([&] { return HasTask(stack, restriction, "LOOK_AGAIN"); }));
  ASSERT_THAT(
      stack.As("senior_manager")
          .Post("/v1/restrictions/" + restriction + ":vary",
                {{"reason", "They can be told now"}, {"explanation", {{"toPerson", "Calls in October were hard for our staff."}}}}, kAny),
      Succeeds());
  LetterOf(stack, restriction, "VARIATION", "PRINTED");
  EXPECT_EQ(stack.As("senior_manager").Get("/v1/shares?restrictionId=" + restriction).Text("noticeWithheld"), "");
  EXPECT_FALSE(HasTask(stack, restriction, "LOOK_AGAIN")) << "nobody has to look at that again";
}

TEST(Scenario20, WhoNeedsBslIsNeverSentTheStandardLetterAloneAndEasyReadHasItsOwnWords) {
  Stack& stack = Stack::Shared();
  const std::string bsl = Impose(stack, APerson(stack, {{"preferredFormat", "BSL"}})).id();
  LetterOf(stack, bsl, "RESTRICTION", "AWAITING_FORMAT");
  const Json task = TaskOf(stack, bsl, "PRODUCE_FORMAT");
  ASSERT_FALSE(task.is_null());
  EXPECT_THAT(
      stack.As("team_leader").Post("/v1/tasks/" + task["id"].get<std::string>() + ":complete", {{"outcome", "Film sent on a link"}}, kAny),
      Succeeds());
  LetterOf(stack, bsl, "RESTRICTION", "POSTED");
  const std::string easy = Impose(stack, APerson(stack, {{"preferredFormat", "EASY_READ"}})).id();
  EXPECT_EQ(LetterOf(stack, easy, "RESTRICTION", "PRINTED")["template"], "restriction.easy_read@1");
}

TEST(Scenario25, ADeathStopsLetters) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string restriction = Impose(stack, person).id();
  LetterOf(stack, restriction, "RESTRICTION", "AWAITING_ADDRESS");
  ASSERT_THAT(stack.As("team_leader").Post("/v1/people/" + person + ":recordDeath", {{"diedOn", "2026-11-20"}}, kAny), Succeeds());
  LetterOf(stack, restriction, "RESTRICTION", "STOPPED");
  EXPECT_FALSE(HasTask(stack, restriction, "CONFIRM_ADDRESS"));
}

TEST(Clause11_1, ThePreviewShowsBlameWordsReadingAgeAndWhatIsMissing) {
  Stack& stack = Stack::Shared();
  const std::string proposed = Propose(stack, APerson(stack)).id();
  const Client author = stack.As("team_leader");
  const Reply preview = author.Post(
      "/v1/letters:preview", {{"kind", "RESTRICTION"}, {"restrictionId", proposed}, {"variables", {{"reason", "Your abusive calls."}}}});
  ASSERT_THAT(preview, Succeeds());
  EXPECT_EQ(preview.json["blameWords"][0]["word"], "abusive");
  EXPECT_GT(preview.json["readingAge"].get<double>(), 5);
  EXPECT_THAT(preview.Text("html"), HasSubstr("Your abusive calls."));
  const Reply bare = author.Post("/v1/letters:preview", {{"kind", "RESTRICTION"}});
  EXPECT_THAT(bare.json["faults"].dump(), HasSubstr("7.4"));
  EXPECT_THAT(author.Post("/v1/letters:preview", {{"kind", "RESTRICTION"}, {"variables", {{"zz", "1"}}}}), Violates("variables.zz"));
  EXPECT_EQ(author.Post("/v1/letters:preview", {{"text", "It was your fault."}}).json["blameWords"].size(), 2U);
}

TEST(Clause7_9, AMessageAimedAtOnePersonIsAnsweredFromAnAccountLinkedToNobodyAndItsPointsAreNot) {
  Stack& stack = Stack::Shared();
  const Json body = {{"kind", "CORRESPONDENCE_UNACCEPTABLE"},
                     {"personId", APerson(stack)},
                     {"serviceArea", "Housing"},
                     {"aimedAtIndividual", true},
                     {"variables", {{"reason", "Your message of 2 November used words about one of our staff."}}}};
  const Reply letter = stack.As("team_leader").Post("/v1/letters", body);
  ASSERT_THAT(letter, Succeeds());
  EXPECT_THAT(letter.Text("sender"), HasSubstr("Customer Contact"));
  bool no_reply = false;
  for (const Json& paragraph : letter.json["paragraphs"]) no_reply = no_reply || paragraph["purpose"] == "no_reply";
  EXPECT_TRUE(no_reply);
  EXPECT_THAT(stack.As("employee").Post("/v1/letters", body), Refused(403, "7.11"));
  Json less = body;
  less["variables"] = Json::object();
  EXPECT_THAT(stack.As("team_leader").Post("/v1/letters", less), Violates("variables.reason"));
}

TEST(Clause10_6, LettersGoInASeniorManagersNameWhereStaffAskedForIt) {
  Stack& stack = Stack::Shared();
  const std::string person = APerson(stack);
  ASSERT_THAT(stack.As("team_leader")
                  .Post("/v1/people/" + person + "/noContactRequests",
                        {{"staffId", "E1001"}, {"kind", "LETTERS_IN_MANAGERS_NAME"}, {"managerId", "u-senior_manager"}}),
              Succeeds());
  const std::string restriction = Impose(stack, person).id();
  EXPECT_EQ(LetterOf(stack, restriction, "RESTRICTION", "PRINTED")["sender"], "Senior Manager, Housing");
}

TEST(Clause7_3, TheOutcomeLetterNamesTheOmbudsman) {
  Stack& stack = Stack::Shared();
  const std::string restriction = Impose(stack, APerson(stack)).id();
  const std::string today = stack.Sql("select (now() at time zone 'Europe/London')::date").substr(0, 10);
  const Reply appeal =
      stack.As("team_leader")
          .Post("/v1/appeals", {{"restrictionId", restriction}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "It was not me"}});
  const Client director = stack.As("strategic_director", "Education", "u-sd");
  ASSERT_THAT(director.Post("/v1/appeals/" + appeal.id() + ":acknowledge", {}, kAny), Succeeds());
  LetterOf(stack, restriction, "APPEAL_ACKNOWLEDGED", "PRINTED");
  ASSERT_THAT(director.Post("/v1/appeals/" + appeal.id() + ":decide",
                            {{"outcome", "UPHELD"}, {"reasons", "The evidence does not support it."}}, kAny),
              Succeeds());
  const Json letter = LetterOf(stack, restriction, "APPEAL_OUTCOME", "PRINTED");
  EXPECT_THAT(letter.dump(), HasSubstr("Scottish Public Services Ombudsman"));
  EXPECT_THAT(letter.dump(), HasSubstr("have ended"));
}

}  // namespace
}  // namespace evenhand::testing
