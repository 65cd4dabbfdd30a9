#include "services/wording/measure_words.h"

#include <gmock/gmock.h>

#include <vector>

namespace evenhand::wording {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<MeasureKind::Value> AllKinds() {
  std::vector<MeasureKind::Value> all;
  for (int i = 1; i < MeasureKind::TAKE_CARE; ++i)  // from there on they are instructions alone
    if (MeasureKind::Value_IsValid(i)) all.push_back(static_cast<MeasureKind::Value>(i));
  return all;
}

std::vector<Channel::Value> AllChannels() {
  std::vector<Channel::Value> all = {Channel::CHANNEL_UNSPECIFIED};
  for (const Channel::Value channel : Every<Channel>()) all.push_back(channel);
  return all;
}

// Whatever the decision may say of a measure, said or left out.
std::vector<MeasureWords> Spellings() {
  std::vector<MeasureWords> all;
  for (const MeasureKind::Value kind : AllKinds())
    for (const Channel::Value channel : AllChannels())
      for (const char* name : {"", "Ms A. Officer"})
        for (const char* description : {"", "Please use your solicitor"}) {
          MeasureWords m{.kind = kind, .channel = channel, .name = name, .description = description};
          if (kind == MeasureKind::BLOCK_CHANNEL && channel == Channel::CHANNEL_UNSPECIFIED) continue;
          if (kind == MeasureKind::LIMIT_VOLUME || kind == MeasureKind::LIMIT_TIME) m.max_contacts = 3, m.period = Period::WEEK;
          if (kind == MeasureKind::LIMIT_TIME) m.from = "10:00", m.to = "12:00";
          all.push_back(m);
        }
  return all;
}

Ways WaysUnder(const MeasureWords& m) {
  Ways ways{.open = Channels::Ordinary()};
  if (const auto closed = ClosedBy(m); closed != Channel::CHANNEL_UNSPECIFIED) ways.open.Remove(closed);
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
    const bool says_nothing = m.kind == MeasureKind::OTHER && m.name.empty() && m.description.empty();
    const std::string letter = says_nothing ? "-." : ForPerson(m);
    ReadsWell(letter);
    for (const Channel::Value asked : AllChannels()) {
      const std::string desk = ForStaff(m, asked, WaysUnder(m));
      ReadsWell(desk);
      for (const std::string& said : {m.from, m.to, m.description}) {
        EXPECT_THAT(desk, HasSubstr(said));
        EXPECT_THAT(letter, HasSubstr(said));
      }
      EXPECT_EQ(desk.find(m.name) != std::string::npos, letter.find(m.name) != std::string::npos) << desk << "\n" << letter;
      if (m.kind != MeasureKind::BLOCK_ONLINE_ACCOUNT && !says_nothing) {
        std::string where(WordsFor(m.channel));
        if (m.kind == MeasureKind::OTHER && !where.empty()) where[0] = static_cast<char>(std::toupper(where[0]));
        EXPECT_THAT(desk, HasSubstr(where));
        EXPECT_THAT(letter, HasSubstr(where));
      }
    }
  }
}

TEST(Clause7_2, NobodyIsTurnedAwayForWhatWasDecidedAboutAnotherChannel) {
  for (const MeasureWords& m : Spellings())
    for (const Channel::Value asked : AllChannels()) {
      const std::string text = ForStaff(m, asked, WaysUnder(m));
      if (Binds(m, asked)) continue;
      for (const char* order : {"end the contact", "Please say", "pass it on", "Record this contact", "Do not give", "ask your manager"})
        EXPECT_THAT(text, Not(HasSubstr(order)));
    }
}

TEST(Clause7_2, WhatIsOpenIsNamed) {
  const MeasureWords phone{.kind = MeasureKind::BLOCK_CHANNEL, .channel = Channel::PHONE};
  EXPECT_EQ(ForStaff(phone, Channel::EMAIL, WaysUnder(phone)),
            "Contact by phone is closed for now; the counter, e-mail, post and the online form are open.");
  EXPECT_THAT(
      ForStaff(phone, Channel::PHONE, WaysUnder(phone)),
      AllOf(HasSubstr("say that the counter, e-mail, post and the online form are open, and end the contact."), HasSubstr("danger")));
  EXPECT_THAT(ForStaff(phone, Channel::CHANNEL_UNSPECIFIED, WaysUnder(phone)), HasSubstr("If this contact is one by phone, please"));
  Channels one;
  one.Add(Channel::EMAIL);
  EXPECT_EQ(WaysWords({.open = one}), "e-mail is open");
  EXPECT_EQ(WaysWords({.third_party = "Ada"}), "contact through Ada is open");
  EXPECT_EQ(WaysWords({.alternative = "your social worker"}), "the way that stays open is: your social worker");
}

TEST(Clause5_4, AWayThatIsNamedIsAChannelHoweverItIsWritten) {
  for (const char* written : {"EMAIL", "e-mail", "E-Mail", "email"}) EXPECT_EQ(NamedWay(written).channel, Channel::EMAIL) << written;
  for (const char* written : {"IN_PERSON", "in person"}) EXPECT_EQ(NamedWay(written).channel, Channel::IN_PERSON) << written;
  for (const char* written : {"", "your social worker", "by letter to the office", "CHANNEL_UNSPECIFIED"})
    EXPECT_EQ(NamedWay(written).channel, Channel::CHANNEL_UNSPECIFIED) << written;
}

TEST(Clause7_2, AMeasureBindsItsOwnChannelAndOneWithoutChannelEveryContact) {
  const MeasureWords email{.kind = MeasureKind::NAMED_CONTACT, .channel = Channel::EMAIL, .name = "Ms A. Officer"};
  EXPECT_FALSE(Binds(email, Channel::PHONE));
  EXPECT_TRUE(Binds(email, Channel::EMAIL));
  EXPECT_TRUE(Binds(email, Channel::CHANNEL_UNSPECIFIED));
  EXPECT_EQ(ForStaff(email, Channel::PHONE, {}), "Contact by e-mail goes through Ms A. Officer.");
  EXPECT_TRUE(Binds({.kind = MeasureKind::WITHHOLD_STAFF_DETAILS}, Channel::LETTER));
  EXPECT_TRUE(Binds({.kind = MeasureKind::BLOCK_ONLINE_ACCOUNT}, Channel::ONLINE_FORM));
  EXPECT_FALSE(Binds({.kind = MeasureKind::BLOCK_ONLINE_ACCOUNT}, Channel::PHONE));
}

TEST(Clause7_3, ALetterHasNoBlankWhereAWordShouldStand) {
  EXPECT_EQ(ForPerson({.kind = MeasureKind::THIRD_PARTY_ONLY, .description = "Please use your solicitor."}),
            "We will be in touch through another person only. Please use your solicitor.");
  EXPECT_EQ(ForPerson({.kind = MeasureKind::LIMIT_COMPLAINTS, .name = "the repair of the roof"}),
            "We will not look again at complaints about this matter: the repair of the roof. A complaint about something new is always "
            "looked at.");
  EXPECT_EQ(ForPerson({.kind = MeasureKind::BLOCK_ONLINE_ACCOUNT}), "Your online account is closed for contact with us.");
}

}  // namespace
}  // namespace evenhand::wording
