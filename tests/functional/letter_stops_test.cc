// What stops letters: a death, those already queued and tried too; and a template that would keep something from the person (7.3, 11.1).
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;

const Headers kAny = {{"If-Match", "*"}};

std::string Restricted(Stack& stack, std::string* person_id = nullptr) {
  const Reply person =
      stack.As("team_leader")
          .Post("/v1/people", {{"displayName", "Pat Example"},
                               {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                               {"postalAddress", {{"lines", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmed", true}}}});
  EXPECT_THAT(person, Succeeds());
  if (person_id != nullptr) *person_id = person.id();
  return Impose(stack, person.id()).id();
}

Json LetterAbout(Stack& stack, const std::string& restriction) {
  const Json letters = stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction).json.value("letters", Json::array());
  return letters.empty() ? Json::object() : letters[0];
}

std::string StateOfMessage(Stack& stack, const Json& letter) {
  return stack.As("team_leader").Get("/v1/notifications/" + letter.value("notificationId", "")).Text("state");
}

TEST(Scenario25, ADeathStopsALetterThatIsQueuedAndHasBeenTriedAndItNeverGoes) {
  const Folder folder;
  const std::string print = folder.path + "/print";
  std::ofstream(print) << "the printer is away";  // where the folder should be
  Stack stack({{"EVENHAND_PRINT_FOLDER", print}});
  std::string person;
  const std::string restriction = Restricted(stack, &person);
  ASSERT_TRUE(Eventually([&] { return StateOfMessage(stack, LetterAbout(stack, restriction)) == "TEMPORARY_FAILURE"; }, 30));
  ASSERT_THAT(stack.As("team_leader").Post("/v1/people/" + person + ":recordDeath", {{"diedOn", "2026-11-20"}}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return LetterAbout(stack, restriction).value("state", "") == "STOPPED"; }));
  EXPECT_EQ(StateOfMessage(stack, LetterAbout(stack, restriction)), "STOPPED");

  std::filesystem::remove(print);
  stack.Restart();
  ASSERT_TRUE(stack.Ready());
  const std::string living = Restricted(stack);
  ASSERT_TRUE(Eventually([&] { return LetterAbout(stack, living).value("state", "") == "PRINTED"; }, 60));
  EXPECT_EQ(LetterAbout(stack, restriction).value("state", ""), "STOPPED");
  int printed = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(print)) ++printed;
  EXPECT_EQ(printed, 1) << "the living person's letter alone";
}

TEST(CaseC, NothingStartsOnATemplateWithoutItsAppealParagraphAndTheLogNamesIt) {
  const Folder folder;
  std::filesystem::copy("services/notification/letters", folder.path + "/letters", std::filesystem::copy_options::recursive);
  const std::string path = folder.path + "/letters/templates/restriction.txt";
  std::stringstream words;
  words << std::ifstream(path).rdbuf();
  std::string text = words.str();
  const auto begin = text.find("[appeal]"), end = text.find("[copy]");
  ASSERT_LT(begin, end);
  std::ofstream(path) << text.erase(begin, end - begin);
  Stack stack;
  EXPECT_THROW(stack.Restart({{"EVENHAND_LETTERS_FOLDER", folder.path + "/letters"}}), std::runtime_error);
  EXPECT_THAT(stack.Tool({"logs", "notification"}), HasSubstr("it has no [appeal] paragraph (7.3)"));
}

Json TasksAbout(Stack& stack, const std::string& restriction) {
  return stack.As("senior_manager").Get("/v1/tasks?restrictionId=" + restriction).json.value("tasks", Json::array());
}

Json LetterOfKind(Stack& stack, const std::string& restriction, const std::string& kind) {
  const Json letters = stack.As("senior_manager").Get("/v1/letters?restrictionId=" + restriction).json.value("letters", Json::array());
  for (const Json& letter : letters) {
    if (letter["kind"] == kind) return letter;
  }
  return Json::object();
}

std::string StateOfKind(Stack& stack, const std::string& restriction, const std::string& kind) {
  return LetterOfKind(stack, restriction, kind).value("state", "");
}

TEST(Scenario14, WhenARestrictionEndsWhatItsAppealAsksForStaysAndWhatCouldNotBeToldOfItsEndIsSomebodysTask) {
  Stack& stack = Stack::Shared();
  const Reply person =
      stack.As("team_leader")
          .Post("/v1/people",
                {{"displayName", "Pat Example"}, {"preferredFormat", "BSL"}, {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}}});
  const std::string restriction = Impose(stack, person.id()).id();
  const std::string today = stack.Sql("select (now() at time zone 'Europe/London')::date");
  const Reply appeal =
      stack.As("team_leader")
          .Post("/v1/appeals", {{"restrictionId", restriction}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "It was not me"}});
  ASSERT_THAT(stack.As("team_leader").Post("/v1/appeals/" + appeal.id() + ":acknowledge", {}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] {
    return StateOfKind(stack, restriction, "RESTRICTION") == "AWAITING_FORMAT" &&
           StateOfKind(stack, restriction, "APPEAL_ACKNOWLEDGED") == "AWAITING_FORMAT";
  }));
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + restriction + ":lift", {{"reason", "Calm again"}}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return StateOfKind(stack, restriction, "LIFTING") == "AWAITING_FORMAT"; }));
  EXPECT_EQ(StateOfKind(stack, restriction, "RESTRICTION"), "STOPPED") << "it would tell of what holds no more";
  std::map<std::string, int> tasks;
  const Json open = TasksAbout(stack, restriction);
  for (const Json& task : open) {
    const std::string letter = task.value("letterId", "");
    for (const char* kind : {"RESTRICTION", "APPEAL_ACKNOWLEDGED", "LIFTING"})
      tasks[kind] += LetterOfKind(stack, restriction, kind).value("id", "-") == letter ? 1 : 0;
    tasks["ESCALATED_SHARE"] += task["kind"] == "ESCALATED_SHARE" ? 1 : 0;
  }
  EXPECT_EQ(tasks["RESTRICTION"], 0);
  EXPECT_EQ(tasks["APPEAL_ACKNOWLEDGED"], 1);
  EXPECT_EQ(tasks["LIFTING"], 1);
  EXPECT_EQ(tasks["ESCALATED_SHARE"], 1) << "nobody answers the public numbers here: somebody decides how they hear of the end";
}

TEST(Scenario20, WhereALetterCameBackFromTheNextIsNotSentUntilTheAddressIsConfirmedOrThePersonHasAnother) {
  Stack& stack = Stack::Shared();
  std::string person;
  const std::string first = Restricted(stack, &person);
  ASSERT_TRUE(Eventually([&] { return StateOfKind(stack, first, "RESTRICTION") == "PRINTED"; }, 30));
  ASSERT_THAT(stack.As("team_leader")
                  .Post("/v1/notifications/" + LetterAbout(stack, first).value("notificationId", "") + ":recordReturned",
                        {{"reason", "Gone away"}}, kAny),
              Succeeds());
  const auto next = [&](const char* channel) {
    return Impose(stack, person, {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", channel}}}}}).id();
  };
  const std::string second = next("EMAIL");
  ASSERT_TRUE(Eventually([&] { return StateOfKind(stack, second, "RESTRICTION") == "AWAITING_ADDRESS"; }));
  ASSERT_THAT(stack.As("team_leader")
                  .Patch("/v1/people/" + person,
                         {{"postalAddress", {{"lines", {"2 New Street", "Alloa", "FK10 1AB"}}, {"confirmed", true}}}}, kAny),
              Succeeds());
  const std::string third = next("ONLINE_FORM");
  EXPECT_TRUE(Eventually([&] { return StateOfKind(stack, third, "RESTRICTION") == "PRINTED"; }, 30));
  // The old one, confirmed after all.
  ASSERT_THAT(stack.As("team_leader")
                  .Post("/v1/letters/" + LetterAbout(stack, second).value("id", "") + ":confirmAddress",
                        {{"address", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmedHow", "by a visit"}}, kAny),
              Succeeds());
  EXPECT_TRUE(Eventually([&] { return StateOfKind(stack, second, "RESTRICTION") == "PRINTED"; }, 30));
}

}  // namespace
}  // namespace evenhand::testing
