// Every letter in every format that is set here: its text, tags, language and title read back, and every page painted (11.1).
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

std::string OutputOf(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  for (int c; (c = fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

std::string Words(std::string text) {
  std::string plain;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\f';
    if (!space) plain += c;
    if (space && !plain.empty() && plain.back() != ' ') plain += ' ';
  }
  return plain;
}

// A letter's file: what a reader and a screen reader get out of it.
struct Pdf {
  std::string path;
  std::string info() const { return OutputOf("pdfinfo " + path); }
  std::string text() const { return Words(OutputOf("pdftotext " + path + " -")); }
  std::string tags() const { return OutputOf("pdfinfo -struct-text " + path); }
  int pages() const { return std::atoi(info().substr(info().find("Pages:") + 6).c_str()); }
  // The darkest thing on each page: 0 is ink, 255 a blank page.
  bool EveryPageIsPainted() const {
    OutputOf("pdftoppm -r 20 -gray " + path + " " + path);
    int painted = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
      if (entry.path().extension() != ".pgm") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      int ink = 0;
      for (std::size_t i = 20; i < bytes.size(); ++i) ink += static_cast<unsigned char>(bytes[i]) < 160 ? 1 : 0;
      painted += ink > 40 ? 1 : 0;
      std::filesystem::remove(entry.path());
    }
    return painted == pages();
  }
  bool Contains(const std::string& bytes) const {
    std::ifstream file(path, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    return all.find(bytes) != std::string::npos;
  }
};

// One person's whole story, so that every kind of letter is written to them: in their format.
std::vector<std::string> EveryLetter(Stack& stack, const std::string& format) {
  const Json address = {"Pat Example", "1 High Street", "Alloa", "FK10 1AA"};
  const Reply person = stack.As("team_leader")
                           .Post("/v1/people", {{"displayName", "Pat Example"},
                                                {"preferredFormat", format},
                                                {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                                                {"postalAddress", {{"lines", address}, {"confirmed", true}}}});
  EXPECT_THAT(person, Succeeds());
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager"),
               director = stack.As("strategic_director", "Education", "u-sd");
  const Json by_hand = {{"personId", person.id()}, {"serviceArea", "Housing"}};
  Json warning = by_hand;
  warning.merge_patch(
      {{"kind", "WARNING"}, {"variables", {{"reason", "Two calls were hard for our staff."}, {"expectation", "Please speak calmly."}}}});
  EXPECT_THAT(leader.Post("/v1/letters", warning), Succeeds());
  Json unacceptable = by_hand;
  unacceptable.merge_patch(
      {{"kind", "CORRESPONDENCE_UNACCEPTABLE"}, {"variables", {{"reason", "Your message of 2 November used hard words."}}}});
  EXPECT_THAT(leader.Post("/v1/letters", unacceptable), Succeeds());
  const std::string restriction = Impose(stack, person.id()).id();
  const std::string path = "/v1/restrictions/" + restriction;
  EXPECT_THAT(manager.Post(path + ":review", {{"outcome", "CONTINUE"}, {"reason", "Still needed"}}, kAny), Succeeds());
  EXPECT_THAT(manager.Post(path + ":vary",
                           {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "DAY"}}}},
                            {"reason", "Less will do"},
                            {"explanation", {{"toPerson", "You may call us twice a day."}}}},
                           kAny),
              Succeeds());
  const std::string today = stack.Sql("select (now() at time zone 'Europe/London')::date").substr(0, 10);
  const Reply appeal =
      leader.Post("/v1/appeals", {{"restrictionId", restriction}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "g"}});
  EXPECT_THAT(director.Post("/v1/appeals/" + appeal.id() + ":acknowledge", {}, kAny), Succeeds());
  EXPECT_THAT(
      director.Post("/v1/appeals/" + appeal.id() + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "The calls were recorded."}}, kAny),
      Succeeds());
  EXPECT_THAT(manager.Post(path + ":lift", {{"reason", "No longer needed"}}, kAny), Succeeds());
  std::vector<std::string> ids;
  EXPECT_TRUE(Eventually(
      [&] {
        ids.clear();
        const Json letters = manager.Get("/v1/letters?personId=" + person.id()).json.value("letters", Json::array());
        for (const Json& letter : letters) {
          if (letter["state"] == "PRINTED") ids.push_back(letter["id"]);
        }
        return ids.size() == 8;
      },
      90))
      << format << ": " << ids.size() << " of 8 letters printed";
  return ids;
}

void ExpectWellMade(Stack& stack, const std::string& id, const std::string& format) {
  const Folder folder;
  const Client manager = stack.As("senior_manager");
  const Json letter = manager.Get("/v1/letters/" + id).json;
  const std::string kind = letter["kind"];
  SCOPED_TRACE(kind + " " + format);
  const Pdf pdf{folder.path + "/letter.pdf"};
  std::ofstream(pdf.path, std::ios::binary) << manager.Get("/v1/letters/" + id + ":pdf").body;
  EXPECT_EQ(letter["format"], format);
  EXPECT_THAT(pdf.info(), HasSubstr("Title:           " + letter["title"].get<std::string>()));
  EXPECT_THAT(pdf.info(), HasSubstr("Tagged:          yes"));
  EXPECT_TRUE(pdf.Contains("pdfuaid") && pdf.Contains("/Lang (en-GB)"));
  EXPECT_TRUE(pdf.EveryPageIsPainted());
  const std::string tags = pdf.tags(), text = pdf.text();
  EXPECT_THAT(tags, HasSubstr("H1"));
  EXPECT_THAT(tags, HasSubstr("H2"));
  for (const Json& paragraph : letter["paragraphs"]) {
    if (!paragraph.contains("heading")) continue;
    EXPECT_THAT(text, HasSubstr(paragraph["heading"].get<std::string>()));
  }
  for (const char* always : {"Pat Example", "FK10 1AA", "Yours sincerely", "On behalf of Housing"}) EXPECT_THAT(text, HasSubstr(always));
  EXPECT_THAT(text, Not(HasSubstr("{{")));
  const bool decision = kind == "RESTRICTION" || kind == "VARIATION" || kind == "REVIEW_OUTCOME";
  std::set<std::string> purposes;
  for (const Json& paragraph : letter["paragraphs"]) purposes.insert(paragraph["purpose"]);
  if (decision) {
    for (const char* needed : {"reason", "review", "appeal", "measures"}) EXPECT_TRUE(purposes.contains(needed)) << needed;
    EXPECT_THAT(text, HasSubstr("appeal"));
  }
  if (kind == "APPEAL_OUTCOME") {
    EXPECT_THAT(text, HasSubstr("Scottish Public Services Ombudsman"));
  }
}

class LetterFormats : public ::testing::TestWithParam<const char*> {};

TEST_P(LetterFormats, EachOfTheEightLettersIsTaggedTitledInEnglishWholeAndPainted) {
  Stack& stack = Stack::Shared();
  for (const std::string& id : EveryLetter(stack, GetParam())) ExpectWellMade(stack, id, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Clause11_1, LetterFormats, ::testing::Values("STANDARD", "LARGE_PRINT", "EASY_READ"));

TEST(Clause11_1, WhoNeedsAnotherFormatIsNotWrittenToInTheStandardOneByHandEither) {
  Stack& stack = Stack::Shared();
  const Reply person =
      stack.As("team_leader")
          .Post("/v1/people",
                {{"displayName", "Pat"}, {"preferredFormat", "BSL"}, {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}}});
  ASSERT_THAT(person, Succeeds());
  const Json body = {{"kind", "WARNING"},
                     {"personId", person.id()},
                     {"serviceArea", "Housing"},
                     {"format", "STANDARD"},
                     {"variables", {{"reason", "r"}, {"expectation", "e"}}}};
  EXPECT_THAT(stack.As("team_leader").Post("/v1/letters", body), Violates("format"));
  Json own = body;
  own.erase("format");
  EXPECT_EQ(stack.As("team_leader").Post("/v1/letters", own).Text("state"), "AWAITING_FORMAT");
}

// A letter that waited for its address says the last day to appeal as of the day it goes, not of the day it was written.
TEST(CaseC, ALetterThatWaitedGivesTheWholeWindowFromTheDayItGoesAndHonoursAFormatAskedForMeanwhile) {
  Stack stack;
  const std::string person = RegisterPerson(stack), other = RegisterPerson(stack);
  const std::string restriction = Impose(stack, person).id(), second = Impose(stack, other).id();
  const Client manager = stack.As("senior_manager");
  const auto letter = [&](const std::string& of) {
    const Json letters = manager.Get("/v1/letters?restrictionId=" + of).json.value("letters", Json::array());
    return letters.empty() ? Json() : Json(letters[0]);
  };
  const auto appeal = [&] {
    const Json now = letter(restriction);
    for (const Json& paragraph : now["paragraphs"]) {
      if (paragraph["purpose"] == "appeal") return paragraph["text"].get<std::string>();
    }
    return std::string();
  };
  ASSERT_TRUE(Eventually([&] { return !letter(restriction).is_null() && !letter(second).is_null(); }));
  const std::string before = appeal();
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+40d"}});
  ASSERT_TRUE(stack.Ready());
  ASSERT_THAT(stack.As("team_leader").Patch("/v1/people/" + other, {{"preferredFormat", "LARGE_PRINT"}}, kAny), Succeeds());
  for (const std::string& of : {restriction, second}) {
    ASSERT_THAT(manager.Post("/v1/letters/" + letter(of)["id"].get<std::string>() + ":confirmAddress",
                             {{"address", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmedHow", "by phone"}}, kAny),
                Succeeds());
  }
  ASSERT_TRUE(Eventually([&] { return letter(restriction)["state"] == "PRINTED" && letter(second)["state"] == "PRINTED"; }, 40));
  EXPECT_NE(appeal(), before);
  Post(stack, letter(restriction));
  const auto told = [&] {
    return stack.Sql("select to_char(appeal_by_told, 'FMDD FMMonth YYYY') from appeal.decision_told where restriction_id = '" +
                     restriction + "'");
  };
  ASSERT_TRUE(Eventually([&] { return !told().empty(); }));
  const std::string by = told();
  EXPECT_THAT(appeal(), HasSubstr(by)) << "the letter and the appeal's window agree";
  EXPECT_EQ(letter(second)["format"], "LARGE_PRINT");
}

}  // namespace
}  // namespace evenhand::testing
