// What time brings, tried with the clock of every process shifted: overdue reviews, ends, reminders told once (cases B, E and F).
#include <chrono>
#include <ctime>
#include <thread>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

std::string LocalDayFromNow(Stack& stack, int days) {
  return stack.Sql("select (now() at time zone 'Europe/London')::date + " + std::to_string(days));
}

double SecondsNow() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

TEST(RestrictionTime, CaseE_And_Scenario22_EndsOnTheLastLocalDayToTheSecond) {
  // 31 July 2026 ends at 23:00:00Z in London; the stack's clocks stand 45 seconds before.
  constexpr double kEnd = 1785538800;  // 2026-07-31T23:00:00Z
  const auto offset = static_cast<long>(kEnd - 45 - SecondsNow());
  Stack stack(Environment{{"EVENHAND_TIME_OFFSET", std::to_string(offset) + "s"}, {"EVENHAND_BACKGROUND", "off"}});
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const std::string incident = EvidenceAbout(stack, person, {{"occurredAt", "2026-07-01T10:00:00Z"}});
  const Reply proposed =
      stack.As("team_leader")
          .Post("/v1/restrictions", ARestriction(person, {incident}, {{"endsOn", "2026-07-31"}, {"review", {{"date", "2027-05-01"}}}}));
  ASSERT_THAT(proposed, Succeeds());
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, proposed.IfMatch()), Succeeds());
  double last_guidance = 0, first_clear = 0;
  const Client crm = stack.As("crm", "");
  while (first_clear == 0 && SecondsNow() + static_cast<double>(offset) < kEnd + 10) {
    const double before = SecondsNow() + static_cast<double>(offset);
    const std::string outcome = crm.Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", phone}}).json.value("outcome", "");
    if (outcome == "GUIDANCE") last_guidance = before;
    if (outcome == "CLEAR" && last_guidance > 0) first_clear = SecondsNow() + static_cast<double>(offset);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GT(last_guidance, kEnd - 1);
  EXPECT_LT(last_guidance, kEnd);
  EXPECT_GE(first_clear, kEnd);
  EXPECT_LT(first_clear, kEnd + 1);
  EXPECT_EQ(stack.As("team_leader").Get("/v1/restrictions/" + proposed.id()).Text("state"), "EXPIRED");
}

TEST(RestrictionTime, CaseB_And_CaseF_OverdueOnceAndExpiredOnceThoughTheSweepWasStopped) {
  Stack stack(Environment{{"EVENHAND_BACKGROUND", "off"}});
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone), other = RegisterPerson(stack);
  const Reply ends = Impose(stack, person, {{"endsOn", LocalDayFromNow(stack, 1)}});
  ASSERT_THAT(ends, Succeeds());
  const Reply reviewed = Impose(stack, other, {{"review", {{"date", nullptr}}}});
  ASSERT_THAT(reviewed, Succeeds());
  const std::string path = "/v1/restrictions/";

  stack.Restart({{"EVENHAND_TIME_OFFSET", "+3d"}});
  EXPECT_EQ(stack.As("crm", "").Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", phone}}).json.value("outcome", ""), "CLEAR");
  EXPECT_EQ(stack.As("team_leader").Get(path + ends.id()).Text("state"), "EXPIRED");
  EXPECT_EQ(stack.Sql("select count(*) from restriction.audit where action = 'restriction.expired'"), "0");

  stack.Restart({{"EVENHAND_TIME_OFFSET", "+200d"}, {"EVENHAND_BACKGROUND", "on"}});
  EXPECT_TRUE(
      Eventually([&] { return stack.Sql("select count(*) from restriction.audit where action = 'restriction.expired'") == "1"; }, 15));
  EXPECT_TRUE(Eventually(
      [&] { return stack.Sql("select count(*) from restriction.audit where action = 'restriction.review_overdue'") == "1"; }, 25));
  const Reply overdue = stack.As("team_leader").Get(path + reviewed.id());
  EXPECT_EQ(overdue.json["reviewOverdue"], true);
  EXPECT_EQ(overdue.Text("state"), "IN_FORCE");
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+201d"}, {"EVENHAND_BACKGROUND", "on"}});
  EXPECT_FALSE(Eventually(
      [&] {
        return stack.Sql("select count(*) from restriction.audit where action in ('restriction.expired', 'restriction.review_overdue')") !=
               "2";
      },
      12));
}

}  // namespace
}  // namespace evenhand::testing
