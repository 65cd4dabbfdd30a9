// Records whose time has come, through the REST door and with every clock shifted: listed, held, erased by the sweep, counted still.
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

const Headers kAny = {{"If-Match", "*"}};

TEST(RestrictionRetention, Scenario25_WhatIsDueIsListedAndErasedAndWhatAnAppealOrALegalHoldKeepsIsNot) {
  Stack stack(Environment{{"EVENHAND_BACKGROUND", "off"}});
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager"), auditor = stack.As("auditor", "");
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const auto lifted = [&](const std::string& about) {
    const Reply imposed = Impose(stack, about);
    EXPECT_THAT(manager.Post("/v1/restrictions/" + imposed.id() + ":lift", {{"reason", "Contact is good"}}, kAny), Succeeds());
    return imposed.id();
  };
  const std::string due = lifted(person), held = lifted(RegisterPerson(stack));
  const Reply appealed = Impose(stack, RegisterPerson(stack));
  ASSERT_THAT(leader.Post("/v1/appeals", {{"restrictionId", appealed.id()},
                                          {"receivedOn", stack.Sql("select (now() at time zone 'Europe/London')::date")},
                                          {"by", "PERSON"},
                                          {"grounds", "Not fair"}}),
              Succeeds());
  ASSERT_TRUE(Eventually([&] { return leader.Get("/v1/restrictions/" + appealed.id()).json.contains("holds"); }));
  EXPECT_EQ(leader.Get("/v1/restrictions/" + appealed.id()).json["appeals"][0]["state"], "OPEN");
  ASSERT_THAT(manager.Post("/v1/restrictions/" + appealed.id() + ":lift", {{"reason", "Contact is good"}}, kAny), Succeeds());
  EXPECT_THAT(leader.Post("/v1/restrictions/" + held + ":setLegalHold", {{"hold", true}, {"reason", "Court"}}, kAny),
              Refused(403, "council rule"));
  ASSERT_THAT(manager.Post("/v1/restrictions/" + held + ":setLegalHold", {{"hold", true}, {"reason", "Court"}}, kAny), Succeeds());

  EXPECT_THAT(stack.As("employee").Get("/v1/retentionRecords"), Refused(403, "council rule"));
  EXPECT_THAT(stack.As("team_leader").Get("/v1/retentionRecords"), Refused(403, "council rule"));
  EXPECT_THAT(auditor.Get("/v1/retentionRecords?dueOn=soon"), Violates("dueOn"));
  EXPECT_EQ(auditor.Get("/v1/retentionRecords").json.value("retentionRecords", Json::array()).size(), 0u);
  EXPECT_EQ(auditor.Get("/v1/retentionRecords?dueOn=" + DayFromNow(1900)).json["retentionRecords"].size(), 3u);
  const auto figures = [&] {
    const Json all =
        manager.Get("/v1/statistics?by=service&from=" + DayFromNow(-360) + "&to=" + DayFromNow(2)).json.value("figures", Json::array());
    std::map<std::string, int> found;
    for (const Json& row : all) found[row["figure"].get<std::string>() + row.value("group", "")] = row.value("value", -1);
    return found;
  };
  const auto before = figures();

  stack.Restart({{"EVENHAND_TIME_OFFSET", "+1500d"}});
  const Json listed = auditor.Get("/v1/retentionRecords").json["retentionRecords"];
  ASSERT_EQ(listed.size(), 3u) << listed;
  for (const Json& record : listed) {
    EXPECT_EQ(record.value("due", false), record["id"] == due) << record;
    if (record["id"] == due) continue;
    EXPECT_EQ(record["holds"][0]["kind"], record["id"] == held ? "LEGAL" : "APPEAL_OPEN");
  }
  EXPECT_EQ(manager.Get("/v1/retentionRecords?held=true").json["retentionRecords"].size(), 2u);
  EXPECT_EQ(stack.As("senior_manager", "Education").Get("/v1/retentionRecords").json.value("retentionRecords", Json::array()).size(), 0u);
  EXPECT_THAT(leader.Get("/v1/restrictions/" + due), Succeeds()) << "the sweep is off";

  stack.Restart({{"EVENHAND_BACKGROUND", "on"}});
  ASSERT_TRUE(Eventually([&] { return leader.Get("/v1/restrictions/" + due).status == 404; }, 20));
  EXPECT_THAT(leader.Get("/v1/restrictions/" + held), Succeeds());
  EXPECT_THAT(leader.Get("/v1/restrictions/" + appealed.id()), Succeeds());
  EXPECT_EQ(stack.Sql("select count(*) from restriction.restriction_version where restriction_id = '" + due + "'"), "0");
  EXPECT_EQ(stack.Sql("select count(*) from restriction.check_history where facts::text like '%" + due + "%'"), "0");
  EXPECT_EQ(stack.Sql("select count(*) from restriction.audit where action = 'restriction.erased' and subject_id = '" + due + "'"), "1");
  EXPECT_EQ(before.at("restrictionsImposedHousing"), 3);
  EXPECT_EQ(figures()["restrictionsImposedHousing"], 3) << "a line about nobody counts on";
  EXPECT_EQ(figures()["restrictionsLiftedHousing"], before.at("restrictionsLiftedHousing"));
  // Nothing rests on the first person any more, their incident's years are over as well: the record has gone with it.
  EXPECT_TRUE(Eventually(
      [&] { return stack.As("team_leader").Post("/v1/people:resolve", {{"phone", phone}}).json.value("people", Json::array()).empty(); },
      20));
}

}  // namespace
}  // namespace evenhand::testing
