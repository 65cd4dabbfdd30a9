#include "services/wording/measure_words.h"

#include <gmock/gmock.h>

#include <vector>

namespace evenhand::wording {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr MeasureKind kAllKinds[] = {MeasureKind::kBlockChannel,       MeasureKind::kLimitVolume,          MeasureKind::kLimitTime,
                                     MeasureKind::kNamedContact,       MeasureKind::kWithholdStaffDetails, MeasureKind::kThirdPartyOnly,
                                     MeasureKind::kBlockOnlineAccount, MeasureKind::kLimitComplaints,      MeasureKind::kOther};

std::vector<Channel> AllChannels() {
  std::vector<Channel> all;
  for (int i = 0; i < kChannels; ++i) all.push_back(static_cast<Channel>(i));
  return all;
}

// Whatever the decision may say of a measure, said or left out.
std::vector<MeasureWords> Spellings() {
  std::vector<MeasureWords> all;
  for (const MeasureKind kind : kAllKinds)
    for (const Channel channel : AllChannels())
      for (const char* name : {"", "Ms A. Officer"})
        for (const char* description : {"", "Please use your solicitor"}) {
          MeasureWords m{.kind = kind, .channel = channel, .name = name, .description = description};
          if (kind == MeasureKind::kBlockChannel && channel == Channel::kAny) continue;
          if (kind == MeasureKind::kLimitVolume || kind == MeasureKind::kLimitTime) m.max_contacts = 3, m.period = Period::kWeek;
          if (kind == MeasureKind::kLimitTime) m.from = "10:00", m.to = "12:00";
          all.push_back(m);
        }
  return all;
}

Ways WaysUnder(const MeasureWords& m) {
  Ways ways{.open = Channels::Ordinary()};
  if (const auto closed = ClosedBy(m)) ways.open.Remove(*closed);
  return ways;
}

// No blank where a word should stand, no sentence cut off or doubled.
void ReadsWell(const std::string& text) {
  EXPECT_THAT(text, AllOf(Not(HasSubstr("  ")), Not(HasSubstr(" .")), Not(HasSubstr(": .")), Not(HasSubstr("..")), Not(HasSubstr(" ,"))));
  EXPECT_FALSE(text.empty() || text.starts_with(' ')) << text;
  EXPECT_TRUE(text.ends_with('.')) << text;
}

TEST(Wording, LetterAndDeskSayTheSameOfEachMeasureOnEachChannel) {
  for (const MeasureWords& m : Spellings()) {
    const bool says_nothing = m.kind == MeasureKind::kOther && m.name.empty() && m.description.empty();
    const std::string letter = says_nothing ? "-." : ForPerson(m);
    ReadsWell(letter);
    for (const Channel asked : AllChannels()) {
      const std::string desk = ForStaff(m, asked, WaysUnder(m));
      ReadsWell(desk);
      for (const std::string& said : {m.from, m.to, m.description}) {
        EXPECT_THAT(desk, HasSubstr(said));
        EXPECT_THAT(letter, HasSubstr(said));
      }
      EXPECT_EQ(desk.find(m.name) != std::string::npos, letter.find(m.name) != std::string::npos) << desk << "\n" << letter;
      if (m.kind != MeasureKind::kBlockOnlineAccount && !says_nothing) {
        std::string where(WordsFor(m.channel));
        if (m.kind == MeasureKind::kOther && !where.empty()) where[0] = static_cast<char>(std::toupper(where[0]));
        EXPECT_THAT(desk, HasSubstr(where));
        EXPECT_THAT(letter, HasSubstr(where));
      }
    }
  }
}

TEST(Clause7_2, NobodyIsTurnedAwayForWhatWasDecidedAboutAnotherChannel) {
  for (const MeasureWords& m : Spellings())
    for (const Channel asked : AllChannels()) {
      const std::string text = ForStaff(m, asked, WaysUnder(m));
      if (Binds(m, asked)) continue;
      for (const char* order : {"end the contact", "Please say", "pass it on", "Record this contact", "Do not give", "ask your manager"})
        EXPECT_THAT(text, Not(HasSubstr(order)));
    }
}

TEST(Clause7_2, WhatIsOpenIsNamed) {
  const MeasureWords phone{.kind = MeasureKind::kBlockChannel, .channel = Channel::kPhone};
  EXPECT_EQ(ForStaff(phone, Channel::kEmail, WaysUnder(phone)),
            "Contact by phone is closed for now; the counter, e-mail, post and the online form are open.");
  EXPECT_THAT(
      ForStaff(phone, Channel::kPhone, WaysUnder(phone)),
      AllOf(HasSubstr("say that the counter, e-mail, post and the online form are open, and end the contact."), HasSubstr("danger")));
  EXPECT_THAT(ForStaff(phone, Channel::kAny, WaysUnder(phone)), HasSubstr("If this contact is one by phone, please"));
  Channels one;
  one.Add(Channel::kEmail);
  EXPECT_EQ(WaysWords({.open = one}), "e-mail is open");
  EXPECT_EQ(WaysWords({.third_party = "Ada"}), "contact through Ada is open");
  EXPECT_EQ(WaysWords({.alternative = "your social worker"}), "the way that stays open is: your social worker");
}

TEST(Clause7_2, AMeasureBindsItsOwnChannelAndOneWithoutChannelEveryContact) {
  const MeasureWords email{.kind = MeasureKind::kNamedContact, .channel = Channel::kEmail, .name = "Ms A. Officer"};
  EXPECT_FALSE(Binds(email, Channel::kPhone));
  EXPECT_TRUE(Binds(email, Channel::kEmail));
  EXPECT_TRUE(Binds(email, Channel::kAny));
  EXPECT_EQ(ForStaff(email, Channel::kPhone, {}), "Contact by e-mail goes through Ms A. Officer.");
  EXPECT_TRUE(Binds({.kind = MeasureKind::kWithholdStaffDetails}, Channel::kLetter));
  EXPECT_TRUE(Binds({.kind = MeasureKind::kBlockOnlineAccount}, Channel::kOnlineForm));
  EXPECT_FALSE(Binds({.kind = MeasureKind::kBlockOnlineAccount}, Channel::kPhone));
}

TEST(Clause7_3, ALetterHasNoBlankWhereAWordShouldStand) {
  EXPECT_EQ(ForPerson({.kind = MeasureKind::kThirdPartyOnly, .description = "Please use your solicitor."}),
            "We will be in touch through another person only. Please use your solicitor.");
  EXPECT_EQ(ForPerson({.kind = MeasureKind::kLimitComplaints, .name = "the repair of the roof"}),
            "We will not look again at complaints about this matter: the repair of the roof. A complaint about something new is always "
            "looked at.");
  EXPECT_EQ(ForPerson({.kind = MeasureKind::kBlockOnlineAccount}), "Your online account is closed for contact with us.");
}

}  // namespace
}  // namespace evenhand::wording
