// What time brings, tried with the clock of every process shifted: overdue reviews, ends, reminders told once (cases B, E and F).
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

std::string DayFromNow(Stack& stack, int days) {
  return stack.Sql("select (now() at time zone 'Europe/London')::date + " + std::to_string(days));
}

TEST(RestrictionTime, CaseB_And_CaseF_OverdueOnceAndExpiredOnceThoughTheSweepWasStopped) {
  Stack stack(Environment{{"EVENHAND_BACKGROUND", "off"}});
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone), other = RegisterPerson(stack);
  const Reply ends = Impose(stack, person, {{"endsOn", DayFromNow(stack, 1)}});
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
