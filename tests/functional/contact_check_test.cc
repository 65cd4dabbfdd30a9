// What staff are told when someone is in contact, through the REST door.
#include <signal.h>

#include <chrono>
#include <future>
#include <set>
#include <thread>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Reply Ask(Stack& stack, const Json& ask, const std::string& verb = "check") {
  return stack.As("crm", "").Post("/v1/contacts:" + verb, ask);
}

Json AskBy(const std::string& field, const std::string& value, const std::string& token = "") {
  Json ask = {{"channel", "PHONE"}, {field, value}};
  if (!token.empty()) ask["consistencyToken"] = token;
  return ask;
}

std::string OutcomeOf(Stack& stack, const Json& ask) { return Ask(stack, ask).Text("outcome"); }

std::set<std::string> RestrictionsIn(const Reply& reply) {
  std::set<std::string> ids;
  for (const Json& match : reply.json.value("matches", Json::array()))
    for (const Json& instruction : match.value("instructions", Json::array())) ids.insert(instruction.value("restrictionId", ""));
  return ids;
}

TEST(Check, AnInstructionAndItsCodeNeverTheNarrative) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  const Reply reply = Ask(stack, AskBy("phone", phone, imposed.Text("consistencyToken")));
  ASSERT_EQ(reply.Text("outcome"), "GUIDANCE") << reply;
  const Json& match = reply.json["matches"][0];
  EXPECT_EQ(match["match"], "EXACT");
  EXPECT_EQ(match["instructions"][0]["code"], "BLOCK_CHANNEL");
  EXPECT_EQ(match["instructions"][0]["restrictionId"], imposed.id());
  EXPECT_FALSE(match["instructions"][0]["text"].get<std::string>().empty());
  EXPECT_THAT(reply.body, Not(HasSubstr("swore")));
  EXPECT_THAT(reply.body, Not(HasSubstr("abusive calls")));
  EXPECT_TRUE(reply.json.contains("asOf"));
  EXPECT_FALSE(match.contains("remainingContacts"));
}

TEST(Check, WithoutATokenItIs401AndWithoutTheRight403) {
  Stack& stack = Stack::Shared();
  EXPECT_EQ(stack.Anonymous().Post("/v1/contacts:check", AskBy("phone", "07700 900123")).status, 401);
  EXPECT_EQ(Client(stack.port(), "not.a.token").Post("/v1/contacts:check", AskBy("phone", "07700 900123")).status, 401);
  EXPECT_THAT(stack.As("union_representative").Post("/v1/contacts:check", AskBy("phone", "07700 900123")), Refused(403, ""));
}

TEST(Check, WhatCantBeReadIsRefusedWithTheFieldNamed) {
  Stack& stack = Stack::Shared();
  EXPECT_THAT(Ask(stack, AskBy("phone", "no number")), Violates("phone"));
  EXPECT_THAT(Ask(stack, {{"channel", "PHONE"}}), Violates("phone"));
  EXPECT_THAT(Ask(stack, {{"phone", "07700 900123"}, {"email", "pat@example.org"}}), Violates("email"));
  EXPECT_THAT(Ask(stack, AskBy("phone", "07700 900123", "junk")), Violates("consistencyToken"));
  EXPECT_EQ(Ask(stack, {{"phone", "07700 900123"}, {"zz", 1}}).status, 400);
}

TEST(CaseI, EveryNotationIsTheSameHandleAndTwoPeopleArePossible) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();  // +44…
  Impose(stack, RegisterPerson(stack, phone));
  const std::string national = phone.substr(3);
  for (const std::string& written : {"0" + national, "0044" + national, "+44 (0)" + national.substr(0, 4) + " " + national.substr(4),
                                     national, "tel:+44-" + national.substr(0, 4) + "-" + national.substr(4)}) {
    EXPECT_TRUE(Eventually([&] { return OutcomeOf(stack, AskBy("phone", written)) == "GUIDANCE"; }, 1)) << written;
  }
  RegisterPerson(stack, phone);
  ASSERT_TRUE(Eventually([&] { return Ask(stack, AskBy("phone", phone)).json["matches"].size() == 2; }, 2));
  const Json matches = Ask(stack, AskBy("phone", phone)).json["matches"];
  for (const Json& match : matches) EXPECT_EQ(match["match"], "POSSIBLE");
}

TEST(Scenario6, ASharedPhoneIsPossibleAndShowsNoConfirmedMarkerOnOthers) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string marked = RegisterPerson(stack, phone), other = RegisterPerson(stack, phone);
  const std::string incident = EvidenceAbout(stack, marked, {{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}});
  const Reply marker = stack.As("team_leader")
                           .Post("/v1/people/" + marked + "/markers", {{"incidentIds", {incident}},
                                                                       {"category", "PHYSICAL_THREAT"},
                                                                       {"instruction", "Two members of staff at every visit."},
                                                                       {"ageCheck", {{"basis", "Known to be an adult since 2010"}}}});
  ASSERT_THAT(marker, Succeeds());
  ASSERT_THAT(
      stack.As("senior_manager").Post("/v1/people/" + marked + "/markers/" + marker.id() + ":confirm", Json::object(), marker.IfMatch()),
      Succeeds());
  ASSERT_TRUE(Eventually([&] { return OutcomeOf(stack, AskBy("phone", phone)) == "GUIDANCE"; }, 2));
  const Reply reply = Ask(stack, AskBy("phone", phone));
  EXPECT_THAT(reply.body, Not(HasSubstr("CONFIRMED")));
  for (const Json& match : reply.json["matches"]) {
    EXPECT_EQ(match["match"], "POSSIBLE");
    EXPECT_EQ(match.contains("marker"), match["personId"] == marked);
  }
}

TEST(CaseH, AfterAMoveTheNewAddressGivesWhatIsInForceAndTheOldNone) {
  Stack& stack = Stack::Shared();
  const Reply person =
      stack.As("team_leader")
          .Post("/v1/people", {{"displayName", "Pat Mover"}, {"handles", {{{"kind", "UPRN"}, {"value", "906700001111"}}}}});
  ASSERT_THAT(person, Succeeds());
  const Reply first = Impose(stack, person.id());
  const Reply second = Impose(stack, person.id(), {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "EMAIL"}}}}});
  const Reply ended = Impose(stack, person.id(), {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}});
  ASSERT_THAT(stack.As("senior_manager")
                  .Post("/v1/restrictions/" + ended.id() + ":lift", {{"reason", "It worked: no abuse for a year"}}, ended.IfMatch()),
              Succeeds());
  const Reply now = stack.As("team_leader").Get("/v1/people/" + person.id());
  ASSERT_THAT(stack.As("team_leader")
                  .Patch("/v1/people/" + person.id(), {{"handles", {{{"kind", "UPRN"}, {"value", "906700002222"}}}}}, now.IfMatch()),
              Succeeds());
  ASSERT_TRUE(Eventually([&] { return OutcomeOf(stack, AskBy("uprn", "906700002222")) == "GUIDANCE"; }, 2));
  EXPECT_EQ(RestrictionsIn(Ask(stack, AskBy("uprn", "906700002222"))), (std::set<std::string>{first.id(), second.id()}));
  EXPECT_EQ(OutcomeOf(stack, AskBy("uprn", "906700001111")), "CLEAR");
}

TEST(Check, AnotherServicesGuidanceIsItsOwnAndACheckWithoutServiceSeesAll) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  Impose(stack, RegisterPerson(stack, phone));
  ASSERT_TRUE(Eventually([&] { return OutcomeOf(stack, AskBy("phone", phone)) == "GUIDANCE"; }, 2));
  Json libraries = AskBy("phone", phone);
  libraries["serviceArea"] = "Libraries";
  EXPECT_EQ(OutcomeOf(stack, libraries), "CLEAR");
  for (const char* typed : {"housing", "HOUSING ", "Hous\u200bing", ""}) {
    libraries["serviceArea"] = typed;
    EXPECT_EQ(OutcomeOf(stack, libraries), "GUIDANCE") << typed;
  }
  libraries["serviceArea"] = "Housng";
  for (const char* verb : {"check", "record"}) {
    const Reply unknown = Ask(stack, libraries, verb);
    EXPECT_THAT(unknown, Violates("serviceArea"));
    EXPECT_THAT(unknown.body, HasSubstr("Housing"));
  }
  const Reply batch = Ask(stack, {{"requests", {libraries, AskBy("phone", phone)}}}, "batchCheck");
  EXPECT_EQ(batch.json["replies"][0]["error"]["field"], "serviceArea") << batch;
  EXPECT_EQ(batch.json["replies"][1]["outcome"], "GUIDANCE");
  libraries["at"] = DayFromNow(-1) + "T12:00:00Z";
  EXPECT_THAT(stack.As("auditor", "").Post("/v1/contacts:replay", libraries), Violates("serviceArea"));
}

TEST(Clause10_4, ARequestForNoContactRoutesWithoutSayingWhy) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), person = RegisterPerson(stack, phone);
  ASSERT_THAT(stack.As("employee", "Housing", "E7001")
                  .Post("/v1/people/" + person + "/noContactRequests", {{"kind", "NO_CONTACT"}, {"reason", "He followed me home"}}),
              Succeeds());
  Json ask = AskBy("phone", phone);
  ask["staffId"] = "E7001";
  ASSERT_TRUE(Eventually([&] { return OutcomeOf(stack, ask) == "GUIDANCE"; }, 2));
  const Reply reply = Ask(stack, ask);
  EXPECT_EQ(reply.json["matches"][0]["instructions"][0]["code"], "PASS_TO_COLLEAGUE");
  EXPECT_THAT(reply.body, Not(HasSubstr("followed")));
  ask["staffId"] = "E7002";
  EXPECT_EQ(OutcomeOf(stack, ask), "CLEAR");
}

TEST(BatchCheck, RepliesInOrderAndABadOneSpoilsNoOther) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  const Reply reply =
      Ask(stack,
          {{"requests",
            {AskBy("phone", phone, imposed.Text("consistencyToken")), AskBy("phone", "no number"), AskBy("phone", "07700 900998")}}},
          "batchCheck");
  ASSERT_EQ(reply.status, 200) << reply;
  EXPECT_EQ(reply.json["replies"][0]["outcome"], "GUIDANCE");
  EXPECT_EQ(reply.json["replies"][1]["error"]["field"], "phone");
  EXPECT_EQ(reply.json["replies"][2]["outcome"], "CLEAR");
  Json many = Json::array();
  for (int i = 0; i < 1001; ++i) many.push_back(AskBy("phone", "07700 900998"));
  EXPECT_THAT(Ask(stack, {{"requests", many}}, "batchCheck"), Violates("requests"));
  many.erase(1000);
  EXPECT_EQ(Ask(stack, {{"requests", many}}, "batchCheck").json["replies"].size(), 1000u);
}

TEST(BatchCheck, WhatTheEdgeCantReadOfOneContactSpoilsNoOther) {
  const Json odd = {Json{{"channel", "PIGEON"}, {"phone", "07700 900998"}},
                    Json{{"fone", "07700 900998"}},
                    Json{{"phone", std::string("07700 900998\0", 13)}},
                    Json(5),
                    AskBy("email", "pat@example..org"),
                    AskBy("phone", "07700 900998")};
  const Reply reply = Ask(Stack::Shared(), {{"requests", odd}}, "batchCheck");
  ASSERT_EQ(reply.status, 200) << reply;
  const char* const fields[] = {"channel", "fone", "phone", "", "email"};
  for (std::size_t i = 0; i < 5; ++i) {
    const Json& error = reply.json["replies"][i]["error"];
    EXPECT_EQ(error["code"], "INVALID_ARGUMENT") << error;
    EXPECT_EQ(error.value("field", ""), fields[i]);
    EXPECT_FALSE(error.value("message", "").empty());
  }
  EXPECT_EQ(reply.json["replies"][5]["outcome"], "CLEAR");
}

// 7.2, 7.3: the telephone is closed, and nothing else.
TEST(Clause7_2, NobodyIsSentAwayForWhatWasDecidedAboutAnotherChannel) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  Json ask = AskBy("phone", phone, Impose(stack, RegisterPerson(stack, phone)).Text("consistencyToken"));
  for (const char* verb : {"check", "record"})
    for (const char* channel : {"PHONE", "EMAIL", "IN_PERSON"}) {
      ask["channel"] = channel;
      const Reply reply = Ask(stack, ask, verb);
      ASSERT_EQ(reply.Text("outcome"), "GUIDANCE") << reply;
      const Json& match = reply.json["matches"][0];
      const Json& told = match["instructions"][0];
      EXPECT_EQ(match["openChannels"], Json({"IN_PERSON", "EMAIL", "LETTER", "ONLINE_FORM"}));
      EXPECT_EQ(told["channel"], "PHONE");
      EXPECT_EQ(told["applies"], std::string(channel) == "PHONE" ? "THIS_CONTACT" : "OTHER_CHANNEL");
      EXPECT_THAT(told.value("text", ""), HasSubstr("the counter, e-mail, post and the online form are open"));
      if (std::string(channel) != "PHONE") {
        EXPECT_THAT(told.value("text", ""), Not(HasSubstr("end the contact")));
      }
    }
}

TEST(CaseI, AnAddressIsFoundHoweverItIsSpelledOrCantBeRead) {
  Stack& stack = Stack::Shared();
  const std::string name = Unique("siobh\u00e1n");
  const Reply person =
      stack.As("team_leader")
          .Post(
              "/v1/people",
              {{"displayName", "Pat Example"},
               {"handles", {{{"kind", "EMAIL"}, {"value", name + "@b\u00fccher.example"}}, {{"kind", "SOCIAL"}, {"value", "@" + name}}}}});
  ASSERT_THAT(person, Succeeds());
  const std::string token = Impose(stack, person.id()).Text("consistencyToken");
  const std::string at = name + "@b\u00fccher.example";
  for (const std::string& written : {at, name + "@xn--bcher-kva.example", at + "\u200b", "\ufeff" + at, at + "\u00a0", at + ".",
                                     "'" + at + "'", "mailto:" + at, name + "\uff20B\u00dcCHER.example"})
    EXPECT_EQ(OutcomeOf(stack, AskBy("email", written, token)), "GUIDANCE") << written;
  EXPECT_EQ(OutcomeOf(stack, AskBy("socialHandle", "https://x.example/" + name, token)), "GUIDANCE");
  for (const std::string& unread : {at + "\ue000", at + " x", "pat@" + at})
    EXPECT_EQ(Ask(stack, AskBy("email", unread, token)).status, 400) << unread;
  const Reply never =
      stack.As("team_leader").Post("/v1/people", {{"displayName", "Pat"}, {"handles", {{{"kind", "EMAIL"}, {"value", at + "\ue000"}}}}});
  EXPECT_THAT(never, Violates("handles[0].value"));
}

TEST(Clause12_4, NobodyFindsOutByCheckingWhichColleagueAskedForNoContact) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), person = RegisterPerson(stack, phone);
  ASSERT_THAT(stack.As("employee", "Housing", "E7003").Post("/v1/people/" + person + "/noContactRequests", {{"kind", "NO_CONTACT"}}),
              Succeeds());
  Json ask = AskBy("phone", phone);
  ask["staffId"] = "E7003";
  ASSERT_TRUE(Eventually([&] { return OutcomeOf(stack, ask) == "GUIDANCE"; }, 2));
  for (const char* verb : {"check", "record"}) {
    EXPECT_THAT(stack.As("employee", "Housing", "E7004").Post(std::string("/v1/contacts:") + verb, ask), Refused(403, "council rule"));
    EXPECT_THAT(stack.As("senior_manager").Post(std::string("/v1/contacts:") + verb, ask), Refused(403, "council rule"));
    EXPECT_EQ(stack.As("employee", "Housing", "E7003").Post(std::string("/v1/contacts:") + verb, ask).Text("outcome"), "GUIDANCE");
  }
  const Reply batch =
      stack.As("employee", "Housing", "E7004").Post("/v1/contacts:batchCheck", {{"requests", {ask, AskBy("phone", "07700 900998")}}});
  EXPECT_EQ(batch.json["replies"][0]["error"]["code"], "PERMISSION_DENIED") << batch;
  EXPECT_EQ(batch.json["replies"][1]["outcome"], "CLEAR");
}

TEST(Clause7_2, SixteenContactsAtOnceUseEachOfFiveAllowancesOnce) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone),
                               {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 5}, {"period", "DAY"}}}}});
  const Json ask = AskBy("phone", phone, imposed.Text("consistencyToken"));
  EXPECT_EQ(Ask(stack, ask).json["matches"][0]["remainingContacts"], 5);
  const Client crm = stack.As("crm", "");
  std::vector<std::future<Reply>> calls;
  for (int i = 0; i < 16; ++i) calls.push_back(std::async(std::launch::async, [&] { return crm.Post("/v1/contacts:record", ask); }));
  std::multiset<int> left;
  for (auto& call : calls) {
    const Reply reply = call.get();
    EXPECT_EQ(reply.status, 200) << reply;
    left.insert(reply.json["matches"][0].value("remainingContacts", -1));
  }
  EXPECT_THAT(left, ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4));
  ASSERT_TRUE(Eventually([&] { return Ask(stack, ask).json["matches"][0].value("remainingContacts", -1) == 0; }, 1));
  EXPECT_TRUE(Ask(stack, ask).json["matches"][0].contains("resetsAt"));
}

TEST(Clause7_2, WhoeverTakesOneCallTooManyHearsIt) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone),
                               {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 1}, {"period", "MONTH"}}}}});
  const Json ask = AskBy("phone", phone, imposed.Text("consistencyToken"));
  const Client crm = stack.As("crm", "");
  const auto text = [](const Reply& reply) { return reply.json["matches"][0]["instructions"][0].value("text", ""); };
  const Reply first = crm.Post("/v1/contacts:record", ask);
  EXPECT_THAT(text(first), Not(HasSubstr("used up"))) << first;
  EXPECT_THAT(text(crm.Post("/v1/contacts:record", ask)), HasSubstr("used up"));
  EXPECT_THAT(text(Ask(stack, AskBy("phone", phone, first.Text("consistencyToken")))), HasSubstr("used up"));
}

TEST(RecordContact, TheSameIdempotencyKeyCountsOnceAndADryRunNever) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone),
                               {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 5}, {"period", "WEEK"}}}}});
  const Json ask = AskBy("phone", phone, imposed.Text("consistencyToken"));
  const Client crm = stack.As("crm", "");
  const std::string key = Unique("key");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(crm.Post("/v1/contacts:record", ask, {{"Idempotency-Key", key}}).json["matches"][0]["remainingContacts"], 4);
  EXPECT_EQ(crm.Post("/v1/contacts:record?validateOnly=true", ask).json["matches"][0]["remainingContacts"], 3);
  EXPECT_EQ(crm.Post("/v1/contacts:record", ask).json["matches"][0]["remainingContacts"], 3);
}

TEST(Clause12_4, EveryGuidanceIsInTheAuditWithinASecondAndAClearIsNot) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), person = RegisterPerson(stack, phone);
  const Reply imposed = Impose(stack, person);
  for (int i = 0; i < 3; ++i) Ask(stack, AskBy("phone", phone, imposed.Text("consistencyToken")));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_EQ(stack.Sql("select count(*) from restriction.audit where action = 'contact.checked' and person_id = '" + person + "'"), "3");
  EXPECT_EQ(stack.Sql("select count(*) from restriction.contact_check where '" + person + "' = any(person_ids)"), "3");
}

TEST(Replay, SaysWhatWasToldThen) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  const Reply told = Ask(stack, AskBy("phone", phone, imposed.Text("consistencyToken")));
  const std::string then = told.Text("asOf");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const Reply lifted =
      stack.As("senior_manager").Post("/v1/restrictions/" + imposed.id() + ":lift", {{"reason", "It worked"}}, imposed.IfMatch());
  ASSERT_THAT(lifted, Succeeds());
  EXPECT_EQ(OutcomeOf(stack, AskBy("phone", phone, lifted.Text("consistencyToken"))), "CLEAR");
  Json ask = AskBy("phone", phone);
  ask["at"] = then;
  const Reply replay = stack.As("auditor", "").Post("/v1/contacts:replay", ask);
  ASSERT_EQ(replay.status, 200) << replay;
  EXPECT_EQ(replay.json["asKnownThen"]["outcome"], "GUIDANCE");
  EXPECT_EQ(replay.json["asKnownThen"]["matches"], told.json["matches"]);
  EXPECT_EQ(replay.json["asKnownNow"]["outcome"], "GUIDANCE");
  EXPECT_THAT(Ask(stack, ask, "replay"), Refused(403, ""));
  ask.erase("at");
  EXPECT_THAT(stack.As("auditor", "").Post("/v1/contacts:replay", ask), Violates("at"));
}

TEST(Replay, AtAnInstantOfTheAuditItSaysWhatTheAuditSaysWasTold) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), person = RegisterPerson(stack, phone);
  Json ask = AskBy("phone", phone);
  std::vector<Reply> told;
  for (const char* kind : {"WITHHOLD_STAFF_DETAILS", "BLOCK_ONLINE_ACCOUNT", "BLOCK_CHANNEL"}) {
    const Json measure = {{"kind", kind}, {"channel", std::string(kind) == "BLOCK_CHANNEL" ? Json("PHONE") : Json()}};
    const Reply imposed =
        Impose(stack, person, {{"measures", Json::array({measure["channel"].is_null() ? Json{{"kind", kind}} : measure})}});
    // Asked without its token: whether this check has seen the decision already is a matter of milliseconds, and the replay knows it.
    told.push_back(Ask(stack, ask));
    told.push_back(Ask(stack, AskBy("phone", phone, imposed.Text("consistencyToken"))));
  }
  std::erase_if(told, [](const Reply& one) { return one.json["outcome"] == "CLEAR"; });
  const std::string mine = " from restriction.contact_check where '" + person + "' = any (person_ids)";
  ASSERT_TRUE(Eventually([&] { return stack.Sql("select count(*)" + mine) == std::to_string(told.size()); }, 3));
  for (std::size_t i = 0; i < told.size(); ++i) {
    ask["at"] = stack.Sql("select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')" + mine + " order by at offset " +
                          std::to_string(i) + " limit 1");
    const Reply replay = stack.As("auditor", "").Post("/v1/contacts:replay", ask);
    ASSERT_EQ(replay.status, 200) << replay;
    EXPECT_EQ(replay.json["asKnownThen"]["matches"], told[i].json["matches"]) << i;
  }
}

// Staff are told to take care, and the next check goes on from this answer's own token.
TEST(Tokens, OneFromBeforeARestoreProvesNothingAndHealsWithTheNextAnswer) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  const std::string token = imposed.Text("consistencyToken");
  const std::string other = "01234567-89ab-4def-8123-456789abcdef" + token.substr(token.rfind('.'));
  const Reply old = Ask(stack, AskBy("phone", phone, other));
  EXPECT_EQ(old.json["outcome"], "UNKNOWN") << old;
  const Reply next = Ask(stack, AskBy("phone", phone, old.Text("consistencyToken")));
  EXPECT_EQ(next.json["outcome"], "CLEAR") << next;
}

TEST(CaseF, WithBackgroundWorkOffWhatEndsIsOutOfTheChecksAllTheSame) {
  Stack stack(Environment{{"EVENHAND_BACKGROUND", "off"}});
  const std::string phone = FreshPhone();
  char tomorrow[16];
  const std::time_t then = std::time(nullptr) + 86400;
  std::strftime(tomorrow, sizeof(tomorrow), "%F", std::gmtime(&then));
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone), {{"endsOn", tomorrow}});
  EXPECT_EQ(OutcomeOf(stack, AskBy("phone", phone, imposed.Text("consistencyToken"))), "GUIDANCE");
  stack.Restart({{"EVENHAND_TIME_OFFSET", "+3d"}});
  EXPECT_EQ(OutcomeOf(stack, AskBy("phone", phone)), "CLEAR");
}

TEST(Scenario24, TheDatabaseAwayIsUnknownAndTheServiceAwayIs503NeverClear) {
  Stack stack;
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  EXPECT_EQ(OutcomeOf(stack, AskBy("phone", phone, imposed.Text("consistencyToken"))), "GUIDANCE");
  const Client crm = stack.As("crm", "");
  stack.Signal("postgres", SIGSTOP);
  // The postmaster alone is stopped by this; its children too, as a machine that hangs would.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const int postmaster = stack.Pid("postgres");
  const std::string children = "pkill -STOP -P " + std::to_string(postmaster), go_on = "pkill -CONT -P " + std::to_string(postmaster);
  ASSERT_EQ(std::system(children.c_str()), 0);
  ASSERT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", AskBy("phone", "07700 900999")).Text("outcome") == "UNKNOWN"; }, 5));
  const Reply unknown = crm.Post("/v1/contacts:check", AskBy("phone", "07700 900999"));
  EXPECT_EQ(unknown.status, 200);
  EXPECT_EQ(unknown.json["matches"][0]["instructions"][0]["code"], "TAKE_CARE");
  std::system(go_on.c_str());
  stack.Signal("postgres", SIGCONT);
  EXPECT_TRUE(Eventually([&] { return OutcomeOf(stack, AskBy("phone", "07700 900999")) == "CLEAR"; }, 10));
  stack.Signal("restriction-service", SIGSTOP);
  // A signal stops thread after thread: one answer may still slip out.
  EXPECT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", AskBy("phone", "07700 900999")).status == 503; }, 5));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(crm.Post("/v1/contacts:check", AskBy("phone", "07700 900999")).status, 503);
  stack.Signal("restriction-service", SIGKILL);
  for (int i = 0; i < 20; ++i) {
    const Reply reply = crm.Post("/v1/contacts:check", AskBy("phone", phone));
    EXPECT_TRUE(reply.status == 503 || reply.Text("outcome") == "GUIDANCE" || reply.Text("outcome") == "UNKNOWN") << reply;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(Eventually([&] { return OutcomeOf(stack, AskBy("phone", phone)) == "GUIDANCE"; }, 20));
}

}  // namespace
}  // namespace evenhand::testing
