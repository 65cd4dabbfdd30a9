#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/notification/domain/plain_words.h"
#include "services/notification/domain/template.h"

namespace evenhand::notification {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string ATemplate(const std::string& without = "") {
  std::string text = "name: t\nversion: 1\nkind: RESTRICTION\ntitle: T\nvar reason: text\nvar until: date\nvar measures: list\n---\n";
  for (const std::string purpose : {"measures", "reason", "review", "appeal"}) {
    if (purpose == without) continue;
    text += "[" + purpose + "] H\n" +
            (purpose == "measures" ? "{{measures}}"
             : purpose == "review" ? "On {{until}}."
             : purpose == "reason" ? "{{reason}}"
                                   : "You can appeal.") +
            "\n\n";
  }
  return text;
}
const Variables kAll = {{"reason", "Calls were long."}, {"until", "2027-05-01"}, {"measures", "Phone is closed.\nWrite to us."}};

TEST(CaseC, ATemplateWithoutItsAppealParagraphCantBeLoaded) {
  EXPECT_THAT(ParseTemplate(ATemplate()).faults, IsEmpty());
  for (const char* purpose : {"appeal", "review", "reason"})
    EXPECT_THAT(ParseTemplate(ATemplate(purpose)).faults, Contains(HasSubstr(purpose))) << purpose;
}
TEST(CaseC, ALetterWhoseFactsLeaveAParagraphEmptyCantBeIssued) {
  const Template letter = ParseTemplate(ATemplate()).value;
  EXPECT_THAT(Compose(letter, kAll).faults, IsEmpty());
  Variables less = kAll;
  less.erase("reason");
  EXPECT_THAT(Compose(letter, less).faults, Contains(HasSubstr("why")));
  less = kAll;
  less["until"] = "  ";
  EXPECT_THAT(Compose(letter, less).faults, Contains(HasSubstr("7.4")));
}
TEST(CaseC, AnOutcomeThatChangesTheTermsTellsOfTheirReviewAndAppealOrCantBeIssued) {
  const auto outcome = [](const std::string& without) {
    std::string text = "name: t\nversion: 1\nkind: APPEAL_OUTCOME\ntitle: T\nvar terms: text\nvar until: date\n---\n";
    for (const std::string purpose : {"outcome", "reason", "ombudsman"}) text += "[" + purpose + "] H\nWords.\n\n";
    for (const std::string purpose : {"measures", "review", "appeal"}) {
      if (purpose != without) text += "[" + purpose + "?] H\n" + (purpose == "appeal" ? "Appeal by {{until}}." : "{{terms}}") + "\n\n";
    }
    return ParseTemplate(text);
  };
  for (const char* purpose : {"measures", "review", "appeal"})
    EXPECT_THAT(outcome(purpose).faults, Contains(HasSubstr(purpose))) << purpose;
  ASSERT_THAT(outcome("").faults, IsEmpty());
  const Template letter = outcome("").value;
  EXPECT_THAT(Compose(letter, {}).faults, IsEmpty()) << "nothing changed";
  EXPECT_THAT(Compose(letter, {{"terms", "Twice a day."}, {"until", "2027-05-01"}}).faults, IsEmpty());
  EXPECT_THAT(Compose(letter, {{"terms", "Twice a day."}}).faults, Contains(HasSubstr("right of appeal")));
}
TEST(Clause11_1, DatesAndListsReadAsAPersonWritesThem) {
  const Composed composed = Compose(ParseTemplate(ATemplate()).value, kAll);
  EXPECT_EQ(composed.paragraphs[2].text, "On 1 May 2027.");
  EXPECT_EQ(composed.paragraphs[0].text, "• Phone is closed.\n• Write to us.");
}
TEST(Clause11_1, AnUndeclaredVariableIsAFault) {
  EXPECT_THAT(ParseTemplate(ATemplate() + "[copy]\n{{zz}}\n").faults, Contains(HasSubstr("zz")));
}
TEST(Clause7_10, TheLetterAboutAMessageSaysThatItsPointsGetNoAnswer) {
  const std::string text =
      "name: t\nversion: 1\nkind: CORRESPONDENCE_UNACCEPTABLE\ntitle: T\nvar reason: text\n---\n[reason]\n{{reason}}\n";
  EXPECT_THAT(ParseTemplate(text).faults, Contains(HasSubstr("7.10")));
}

const BlameList kBlame = {{"abusive", "hard to hear"}, {"fault", "part"}, {"your fault", "(leave it out)"}};
TEST(Clause11_1, BlameWordsAreFlaggedWithSomethingCalmer) {
  const auto found = FindBlame("Your calls were Abusive. It was not a default.", kBlame);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].word, "Abusive");
  EXPECT_EQ(found[0].suggestion, "hard to hear");
  EXPECT_EQ(found[0].sentence, "Your calls were Abusive.");
}
TEST(Clause11_1, ReadingAgeGrowsWithLongWordsAndSentences) {
  const double easy = ReadingAge("We will call you. You can write to us. We will help.");
  const double hard = ReadingAge(
      "Notwithstanding considerations of proportionality, organisational representatives unanimously determined restrictions necessitated "
      "implementation.");
  EXPECT_LT(easy, 9);
  EXPECT_GT(hard, 20);
  EXPECT_EQ(ReadingAge(""), 0);
}

}  // namespace
}  // namespace evenhand::notification
