// A batch's answers and their records, as both leave: what is used again and again must carry nothing over.
#include "services/restriction/check/contact_check.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;

class ContactChecks : public ::testing::Test {
 protected:
  ContactChecks() {
    Add("+447700900001", 1, {{"r1", "Please write instead."}, {"r2", "Please keep it short."}});
    Add("+447700900002", 2, {{"r3", "Please ask the named contact."}});
    Publish(Steady::now());
  }
  ~ContactChecks() override { std::filesystem::remove_all(folder_); }

  static std::string MakeFolder() {
    std::string name = "/tmp/evenhand-checks-XXXXXX";
    return mkdtemp(name.data());
  }

  void Add(const std::string& phone, std::uint64_t n, const std::vector<std::pair<std::string, std::string>>& measures) {
    Guidance guidance;
    for (const auto& [restriction, text] : measures)
      guidance.measures.push_back({.id = "m", .restriction_id = restriction, .service_area = "Housing", .words = {.description = text}});
    const IndexedPerson person{{0x0190000000007000ull, 0x8000000000000000ull | n},
                               {{FingerprintOf(HandleKind::kPhone, phone), false, true}},
                               std::make_shared<const Guidance>(std::move(guidance))};
    index_->Apply({&person, 1});
  }

  void Publish(Steady::time_point proven) {
    state_.Publish(index_, {"0190a000-0000-7000-8000-000000000000", 7}, absl::FromUnixSeconds(1'795'000'000), proven);
  }

  static ContactQuery Query(const std::string& phone, std::string_view area = "") {
    ContactQuery query;
    query.handle = FingerprintOf(HandleKind::kPhone, phone);
    query.channel = Channel::PHONE;
    query.area = area;
    return query;
  }

  // Both ways of answering, on the same thread after whatever was answered before.
  std::string Answer(const ContactQuery& query, const Asker& asker, bool too_old = false) {
    CheckBatchAnswers answers(state_, spool_, clock_);
    std::string bytes = "of an earlier answer";
    answers.Answer(query, asker, too_old, bytes);
    EXPECT_TRUE(answers.Keep().ok());
    CheckContactResponse message;
    CheckBatchAnswers others(state_, spool_, clock_);
    others.AnswerInto(query, asker, too_old, message);
    EXPECT_EQ(bytes, message.SerializeAsString());
    return bytes;
  }

  std::vector<v1::ContactCheckRecord> Records() {
    std::vector<v1::ContactCheckRecord> all;
    spool_.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) {
      all.insert(all.end(), records.begin(), records.end());
      return std::size_t{0};
    });
    return all;
  }

  const std::string folder_ = MakeFolder();
  const std::shared_ptr<HandleIndex> index_ = std::make_shared<HandleIndex>(16);
  CheckState state_;
  CheckSpool spool_{folder_, {}};
  const SystemClock clock_;
  const Actor crm_{.id = "crm"};
  const Actor staff_{.id = "E1001", .through = std::make_shared<const Actor>(crm_)};
};

TEST_F(ContactChecks, Clause12_4_ARecordHoldsTheVeryBytesThatWereTold) {
  const std::string told = Answer(Query("+447700900001", "Housing"), {staff_, "00ff"});
  const auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].answer().SerializeAsString(), told);
  EXPECT_EQ(records[0].answer().matches(0).instructions_size(), 2);
  EXPECT_EQ(records[0].actor(), "E1001");
  EXPECT_EQ(records[0].acting_through(), "crm");
  EXPECT_EQ(records[0].channel(), Channel::PHONE);
  EXPECT_EQ(records[0].service_area(), "Housing");
  EXPECT_EQ(records[0].trace_id(), "00ff");
}

TEST_F(ContactChecks, OnePersonsGuidanceNeverTurnsUpInTheNextAnswerOrRecord) {
  Answer(Query("+447700900001", "Housing"), {staff_, "00ff"});
  const std::string told = Answer(Query("+447700900002"), {crm_, ""});
  CheckContactResponse second;
  ASSERT_TRUE(second.ParseFromString(told));
  ASSERT_EQ(second.matches_size(), 1);
  ASSERT_EQ(second.matches(0).instructions_size(), 1);
  EXPECT_EQ(second.matches(0).instructions(0).restriction_id(), "r3");
  const auto records = Records();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].answer().SerializeAsString(), told);
  EXPECT_EQ(records[1].actor() + records[1].acting_through() + records[1].service_area() + records[1].trace_id(), "crm");
  EXPECT_NE(records[0].id(), records[1].id());
}

TEST_F(ContactChecks, AClearAnswerAfterGuidanceIsClearAndUnrecorded) {
  Answer(Query("+447700900001"), {crm_, ""});
  CheckContactResponse clear;
  ASSERT_TRUE(clear.ParseFromString(Answer(Query("+447700900009"), {crm_, ""})));
  EXPECT_EQ(clear.outcome(), CheckContactResponse::Outcome::CLEAR);
  EXPECT_EQ(clear.matches_size(), 0);
  EXPECT_EQ(Records().size(), 1U);
}

TEST_F(ContactChecks, WhatIsTooOldIsUnknownForThoseWithGuidanceAndThoseWithout) {
  for (const bool too_old : {true, false}) {
    if (!too_old) Publish(Steady::now() - kFreshFor - std::chrono::milliseconds(1));
    for (const char* phone : {"+447700900001", "+447700900009"}) {
      CheckContactResponse answer;
      ASSERT_TRUE(answer.ParseFromString(Answer(Query(phone), {crm_, ""}, too_old)));
      EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::UNKNOWN);
      EXPECT_EQ(answer.matches(0).instructions(0).code(), MeasureKind::TAKE_CARE);
    }
  }
}

TEST_F(ContactChecks, BeforeTheIndexIsFilledAllIsUnknown) {
  const CheckState empty;
  CheckBatchAnswers answers(empty, spool_, clock_);
  std::string bytes;
  answers.Answer(Query("+447700900001"), {crm_, ""}, false, bytes);
  CheckContactResponse answer;
  ASSERT_TRUE(answer.ParseFromString(bytes));
  EXPECT_EQ(answer.outcome(), CheckContactResponse::Outcome::UNKNOWN);
}

}  // namespace
}  // namespace evenhand::restriction::check
