// Who is told, by which rule, and what became of it, through the REST door (12.5 to 12.7).
#include <map>
#include <set>

#include "tests/functional/mailed_stack.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

TEST(CaseM, OneOfSevenFailsForGoodSixArriveOneEscalatesAndTheShareIsNotDone) {
  MailedStack& with = MailedStack::Shared();
  Stack& stack = with.stack;
  Json members = Json::array();
  for (int i = 1; i <= 7; ++i) members.push_back({{"staffId", "u-cc" + std::to_string(i)}, {"email", Behaved(i == 3 ? "never" : "taken")}});
  Keep(stack, "public-numbers", members, {{"escalateTo", "u-boss"}, {"escalateEmail", Behaved("boss")}});
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_TRUE(Eventually([&] {
    const Json l = LedgerOf(stack, restriction);
    return Count(l, "SENT") == 6 && Count(l, "ESCALATED") == 1;
  }));
  const Client provider = stack.As("administrator", "");
  const Json shares = LedgerOf(stack, restriction)["shares"];
  for (const Json& share : shares) {
    if (share["state"] != "SENT") continue;
    const std::string path = "/v1/notifications/" + share["id"].get<std::string>();
    const Json receipt = {{"receiptId", "r-" + share["id"].get<std::string>()}, {"state", "DELIVERED"}};
    EXPECT_THAT(provider.Post(path + ":recordReceipt", receipt), Succeeds());
    EXPECT_THAT(provider.Post(path + ":recordReceipt", receipt), Succeeds());  // the same receipt twice is one transition
    int arrived = 0;
    const Json steps = provider.Get(path).json["history"];
    for (const Json& step : steps) arrived += step["to"] == "DELIVERED" ? 1 : 0;
    EXPECT_EQ(arrived, 1);
  }
  const Json ledger = LedgerOf(stack, restriction);
  EXPECT_EQ(Count(ledger, "DELIVERED"), 6);
  EXPECT_EQ(ledger["audiences"][0]["delivered"], 6);
  EXPECT_EQ(ledger["audiences"][0]["escalated"], 1);
  EXPECT_EQ(ledger["done"], false);
  EXPECT_TRUE(Eventually([&] {
    for (const Json& mail : with.Mails())
      if (mail["to"].get<std::string>().rfind("boss@", 0) == 0) return true;
    return false;
  }));
}

TEST(Clause12_5, AShareIsDoneWhenAcknowledgedByItsRecipientOrDecidedByAPerson) {
  Stack& stack = MailedStack::Shared().stack;
  Keep(stack, "public-numbers", {{{"staffId", "u-one"}, {"email", Behaved("one")}}, {{"staffId", "u-two"}, {"email", Behaved("never")}}});
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_TRUE(Eventually([&] {
    const Json l = LedgerOf(stack, restriction);
    return Count(l, "SENT") == 1 && Count(l, "ESCALATED") == 1;
  }));
  const Json shares = LedgerOf(stack, restriction)["shares"];
  for (const Json& share : shares) {
    const std::string path = "/v1/notifications/" + share["id"].get<std::string>();
    if (share["state"] == "SENT") {
      EXPECT_EQ(stack.As("employee", "Housing", "u-other").Post(path + ":acknowledge", {}, kAny).status, 403);
      EXPECT_EQ(stack.As("employee", "Housing", "u-one").Get(path).Text("state"), "READ");
      EXPECT_EQ(stack.As("employee", "Housing", "u-one").Post(path + ":acknowledge", {}, kAny).Text("state"), "ACKNOWLEDGED");
    } else {
      EXPECT_EQ(stack.As("senior_manager").Post(path + ":resolve", {{"decision", "Told in person"}}, kAny).Text("state"), "RESOLVED");
    }
  }
  EXPECT_EQ(LedgerOf(stack, restriction)["done"], true);
}

TEST(Clause12_5, AMailHasALinkAndACaveatNeverTheContentAndIsOfOneKind) {
  MailedStack& with = MailedStack::Shared();
  const std::string to = Behaved("reader");
  Keep(with.stack, "public-numbers", {{{"staffId", "u-reader"}, {"email", to}}});
  Impose(with.stack, RegisterPerson(with.stack));
  Json mail;
  ASSERT_TRUE(Eventually([&] {
    for (const Json& one : with.Mails())
      if (one["to"] == to) {
        mail = one;
        return true;
      }
    return false;
  }));
  const std::string text = mail["text"];
  EXPECT_THAT(text, HasSubstr("/v1/notifications/"));
  EXPECT_THAT(text, HasSubstr("Do not forward"));
  EXPECT_THAT(text, HasSubstr("Message-ID: <"));
  for (const char* content : {"abusive", "Pat", "07700", "+44", "Shouted"}) EXPECT_THAT(text, Not(HasSubstr(content)));
}

TEST(Scenario18, PhoneEmailThreatAndLetterEachTellWhoMeetsThePerson) {
  Stack& stack = MailedStack::Shared().stack;
  const auto told = [&](const Json& over) {
    const std::string restriction = Impose(stack, RegisterPerson(stack), over).id();
    EXPECT_TRUE(ShowsShares(stack, restriction));
    std::set<std::string> audiences;
    const Json ledger = LedgerOf(stack, restriction);
    for (const Json& share : ledger["shares"]) {
      audiences.insert(share["audience"]);
      EXPECT_FALSE(share["reason"].get<std::string>().empty());
      EXPECT_EQ(share["clause"], "12.5");
    }
    EXPECT_FALSE(ledger["notTold"].empty());
    return audiences;
  };
  const auto block = [](const char* channel) { return Json{{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", channel}}}}}; };
  EXPECT_EQ(told(block("PHONE")), (std::set<std::string>{"public-numbers"}));
  EXPECT_EQ(told(block("EMAIL")), (std::set<std::string>{"web-contact"}));
  EXPECT_EQ(told(block("LETTER")), (std::set<std::string>{"service-housing"}));
  Json threat = block("PHONE");
  threat["grounds"] = {{{"behaviour", "PHYSICAL_THREAT"}, {"summary", "Said he would come with a knife"}}};
  const std::string person = RegisterPerson(stack);
  threat["grounds"][0]["incidentIds"] = {
      EvidenceAbout(stack, person, {{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}})};
  const std::string restriction = Impose(stack, person, threat).id();
  ASSERT_TRUE(ShowsShares(stack, restriction, 2));
  std::set<std::string> audiences;
  const Json shares = LedgerOf(stack, restriction)["shares"];
  for (const Json& share : shares) audiences.insert(share["audience"]);
  EXPECT_THAT(audiences, Contains("service-housing"));
}

TEST(Clause12_5, MoreIsSharedOnlyByADecisionThatNamesTheAudienceAndNeverWithEverybody) {
  Stack& stack = MailedStack::Shared().stack;
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  const Client manager = stack.As("senior_manager");
  EXPECT_THAT(manager.Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "all staff"}, {"reason", "r"}}),
              Violates("audience"));
  EXPECT_THAT(manager.Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "web-contact"}}), Violates("reason"));
  EXPECT_THAT(stack.As("team_leader").Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "web-contact"}, {"reason", "r"}}),
              Refused(403, "council rule"));
  EXPECT_EQ(stack.As("administrator", "").Put("/v1/audiences/all-staff", {{"members", Json::array()}}, {{"If-Match", "*"}}).status, 400);
  ASSERT_TRUE(ShowsShares(stack, restriction));
  const Reply more = manager.Post(
      "/v1/shares", {{"restrictionId", restriction}, {"audience", "web-contact"}, {"reason", "The person has begun to use web chat"}});
  ASSERT_THAT(more, Succeeds());
  EXPECT_EQ(more.json["shares"].back()["reason"], "The person has begun to use web chat");
  EXPECT_THAT(manager.Post("/v1/shares:decline", {{"restrictionId", restriction}, {"audience", "public-numbers"}, {"why", "w"}}),
              Violates("audience"));
  EXPECT_THAT(manager.Post("/v1/shares:decline",
                           {{"restrictionId", restriction}, {"audience", "service-roads"}, {"why", "They never meet the person"}}),
              Succeeds());
}

TEST(Scenario18, AThreatTellsEveryServiceThatHasMetThePersonTheOneWhoseIncidentIsNoGroundTooAndNoOther) {
  Stack& stack = MailedStack::Shared().stack;
  const std::string person = RegisterPerson(stack);
  EvidenceAbout(stack, person, {{"serviceArea", "Libraries"}});  // they were there once; nothing came of it
  Json threat = {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "PHONE"}}}},
                 {"grounds", {{{"behaviour", "PHYSICAL_THREAT"}, {"summary", "Said he would come with a knife"}}}}};
  threat["grounds"][0]["incidentIds"] = {
      EvidenceAbout(stack, person, {{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}})};
  const std::string restriction = Impose(stack, person, threat).id();
  ASSERT_TRUE(ShowsShares(stack, restriction, 2));
  std::set<std::string> audiences;
  const Json ledger = LedgerOf(stack, restriction);
  for (const Json& share : ledger["shares"]) audiences.insert(share["audience"]);
  EXPECT_EQ(audiences, (std::set<std::string>{"public-numbers", "service-housing", "service-libraries"})) << ledger.dump(1);
  EXPECT_THAT(stack.As("senior_manager")
                  .Post("/v1/shares:decline", {{"restrictionId", restriction}, {"audience", "service-libraries"}, {"why", "w"}}),
              Violates("audience"));
}

TEST(Scenario14, WhoWasToldIsToldAgainWhenItChangesAndWhoHasToKnowNowIsToldForTheFirstTime) {
  Stack& stack = MailedStack::Shared().stack;
  Keep(stack, "public-numbers", {{{"staffId", "u-phones"}, {"email", Behaved("phones")}}});
  Keep(stack, "web-contact", {{{"staffId", "u-web"}, {"email", Behaved("web")}}});
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_TRUE(ShowsShares(stack, restriction));
  ASSERT_THAT(stack.As("senior_manager")
                  .Post("/v1/restrictions/" + restriction + ":vary",
                        {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "EMAIL"}}}},
                         {"reason", "The calls have stopped; the e-mails have not"},
                         {"explanation", {{"toPerson", "Please phone or write to us instead of sending e-mails."}}}},
                        kAny),
              Succeeds());
  ASSERT_TRUE(ShowsShares(stack, restriction, 3));
  std::map<std::string, std::string> told;
  const Json ledger = LedgerOf(stack, restriction);
  for (const Json& share : ledger["shares"]) {
    if (share["occasion"] == "restriction.varied") told[share["recipient"]] = share["audience"];
  }
  EXPECT_EQ(told, (std::map<std::string, std::string>{{"u-phones", "public-numbers"}, {"u-web", "web-contact"}})) << ledger.dump(1);
}

// A deputy is put down by number; their address is known from the audience that they belong to themselves.
TEST(Clause12_5, ADeputyWhoseAddressIsKeptWithAnotherAudienceIsReached) {
  Stack& stack = MailedStack::Shared().stack;
  const Client administrator = stack.As("administrator", "");
  ASSERT_THAT(administrator.Put("/v1/serviceAreas/roads", {{"name", "Roads"}}), Succeeds());
  const Json roads = {{"name", "Roads"}, {"serviceArea", "Roads"}, {"members", {{{"staffId", "u-known"}, {"email", Behaved("known")}}}}};
  ASSERT_TRUE(Eventually([&] { return administrator.Put("/v1/audiences/service-roads", roads, {{"If-Match", "*"}}).ok(); }))
      << "the area is told to every service";
  Keep(stack, "public-numbers",
       {{{"staffId", "u-off"},
         {"email", Behaved("off")},
         {"absences", {{{"from", "2020-01-01"}, {"to", "2099-01-01"}}}},
         {"deputyStaffId", "u-known"}}});
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  EXPECT_TRUE(Eventually([&] { return Count(LedgerOf(stack, restriction), "SENT") == 1; })) << LedgerOf(stack, restriction).dump(1);
}

TEST(Scenario14, WhoWasToldIsToldAgainWhenItEnds) {
  Stack& stack = MailedStack::Shared().stack;
  Keep(stack, "public-numbers", {{{"staffId", "u-first"}, {"email", Behaved("first")}}});
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_TRUE(ShowsShares(stack, restriction));
  Keep(stack, "public-numbers", {{{"staffId", "u-second"}, {"email", Behaved("second")}}});  // the people change meanwhile
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + restriction + ":lift", {{"reason", "No longer needed"}}, kAny),
              Succeeds());
  ASSERT_TRUE(ShowsShares(stack, restriction, 3));
  std::set<std::string> told_of_end;
  const Json shares = LedgerOf(stack, restriction)["shares"];
  for (const Json& share : shares) {
    if (share["occasion"] == "restriction.lifted") told_of_end.insert(share["recipient"]);
  }
  EXPECT_EQ(told_of_end, (std::set<std::string>{"u-first", "u-second"}));
}

TEST(Clause12_5, WhoIsAwayIsStoodInForAndTheLedgerSaysForWhomAndWhoDecidedMore) {
  Stack& stack = MailedStack::Shared().stack;
  const Json away = {{{"from", "2020-01-01"}, {"to", "2099-01-01"}}};
  Keep(stack, "public-numbers",
       {{{"staffId", "u-away"},
         {"email", Behaved("away")},
         {"absences", away},
         {"deputyStaffId", "u-deputy"},
         {"deputyEmail", Behaved("deputy")}},
        {{"staffId", "u-alone"}, {"email", Behaved("alone")}, {"absences", away}},
        {{"staffId", "u-here"}, {"email", Behaved("here")}}});
  Keep(stack, "web-contact", {{{"staffId", "u-web"}, {"email", Behaved("web")}}});
  const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
  ASSERT_TRUE(ShowsShares(stack, restriction, 2));
  std::map<std::string, std::string> stands_in;
  const Json ledger = LedgerOf(stack, restriction);
  for (const Json& share : ledger["shares"]) stands_in[share["recipient"]] = share.value("deputyFor", "");
  EXPECT_EQ(stands_in, (std::map<std::string, std::string>{{"u-deputy", "u-away"}, {"u-here", ""}}));
  const Reply more =
      stack.As("senior_manager", "Housing", "u-sm-more")
          .Post("/v1/shares", {{"restrictionId", restriction}, {"audience", "web-contact"}, {"reason", "They began to use web chat"}});
  ASSERT_THAT(more, Succeeds());
  EXPECT_EQ(more.json["shares"].back()["decidedBy"], "u-sm-more");
}

TEST(Clause12_6, AColleagueNamedPubliclyIsAClosedCircle) {
  Stack& stack = MailedStack::Shared().stack;
  Keep(stack, "hr-business-partner", {{{"staffId", "u-hr"}, {"email", Behaved("hr")}}});
  Keep(stack, "strategic-director", {{{"staffId", "u-sd9"}, {"email", Behaved("sd")}}});
  Keep(stack, "communications",
       {{{"staffId", "u-com"}, {"email", Behaved("com")}, {"absences", {{{"from", "2020-01-01"}, {"to", "2099-01-01"}}}}}});
  const Reply incident =
      stack.As("employee")
          .Post("/v1/incidents",
                AnIncident({{"channel", "SOCIAL_MEDIA"}, {"behaviours", {"NAMED_PUBLICLY"}}, {"webLink", "https://example.org/post"}}));
  ASSERT_THAT(incident, Succeeds());
  const std::string ledger = "/v1/shares?incidentId=" + incident.id();
  const Client hr = stack.As("hr_business_partner");
  ASSERT_TRUE(Eventually([&] { return hr.Get(ledger).json["shares"].size() >= 3; }));
  std::set<std::string> audiences;
  const Json shares = hr.Get(ledger).json["shares"];
  for (const Json& share : shares) audiences.insert(share["audience"]);
  EXPECT_THAT(audiences, Contains("line-manager"));
  EXPECT_THAT(audiences, Contains("hr-business-partner"));
  EXPECT_THAT(audiences, Contains("strategic-director"));  // in the absence of the communications team leader
  EXPECT_THAT(audiences, Not(Contains("communications")));
  EXPECT_EQ(hr.Get(ledger).json["notTold"][0]["clause"], "12.7");
  EXPECT_THAT(stack.As("senior_manager").Get(ledger), Refused(403, "12.7"));
}

TEST(Clause12_6, InTheLineManagersAbsenceTheStrategicDirectorIsTold) {
  Stack& stack = MailedStack::Shared().stack;
  const Json away = {{{"from", "2020-01-01"}, {"to", "2099-01-01"}}};
  Keep(stack, "strategic-director", {{{"staffId", "u-sd9"}, {"email", Behaved("sd")}}});
  Keep(stack, "managers", {{{"staffId", "E2909"}, {"email", Behaved("manager")}, {"absences", away}}});
  const Reply incident = stack.As("employee")
                             .Post("/v1/incidents", AnIncident({{"channel", "SOCIAL_MEDIA"},
                                                                {"behaviours", {"NAMED_PUBLICLY"}},
                                                                {"lineManagerId", "E2909"},
                                                                {"webLink", "https://example.org/post"}}));
  ASSERT_THAT(incident, Succeeds());
  const Client hr = stack.As("hr_business_partner");
  ASSERT_TRUE(Eventually([&] { return hr.Get("/v1/shares?incidentId=" + incident.id()).json["shares"].size() >= 2; }));
  std::set<std::string> audiences;
  const Json shares = hr.Get("/v1/shares?incidentId=" + incident.id()).json["shares"];
  for (const Json& share : shares) audiences.insert(share["audience"]);
  EXPECT_THAT(audiences, Contains("strategic-director"));
  EXPECT_THAT(audiences, Not(Contains("line-manager")));
}

TEST(CaseA, WhoReadTheWrongPersonsIncidentIsToldOfTheCorrectionOnce) {
  Stack& stack = MailedStack::Shared().stack;
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  ASSERT_THAT(stack.As("team_leader", "Housing", "u-curious").Get("/v1/incidents/" + incident), Succeeds());
  ASSERT_THAT(stack.As("team_leader", "Housing", "u-curious").Get("/v1/incidents/" + incident), Succeeds());
  ASSERT_THAT(stack.As("team_leader").Post("/v1/incidents/" + incident + ":unlinkPerson", {{"reason", "It was somebody else"}}, kAny),
              Succeeds());
  const auto corrections = [&] {
    return stack
        .Sql("select count(*) from notification.notification where kind = 'CORRECTION' and recipient = 'u-curious' and incident_id = '" +
             incident + "'")
        .substr(0, 1);
  };
  EXPECT_TRUE(Eventually([&] { return corrections() == "1"; }));
}

}  // namespace
}  // namespace evenhand::testing
