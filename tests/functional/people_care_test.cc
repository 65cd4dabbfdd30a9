// People cared for through the REST door: who speaks for them, what staff see at a contact, whose the records are, what they may see.
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

Json Check(Stack& stack, const std::string& phone, const std::string& token, const Json& more = Json::object()) {
  Json ask = {{"channel", "PHONE"}, {"phone", phone}, {"consistencyToken", token}};
  ask.merge_patch(more);
  return stack.As("crm", "").Post("/v1/contacts:check", ask).json;
}

std::string TextOf(const Json& check, const std::string& code) {
  for (const Json& match : check.value("matches", Json::array()))
    for (const Json& instruction : match.value("instructions", Json::array()))
      if (instruction["code"] == code) return instruction["text"];
  return "";
}

Reply PersonWith(Stack& stack, const std::string& phone, const Json& more = Json::object()) {
  Json body = {{"displayName", Unique("Pat")}, {"handles", {{{"kind", "PHONE"}, {"value", phone}}}}};
  body.merge_patch(more);
  const Reply made = stack.As("team_leader").Post("/v1/people", body);
  EXPECT_THAT(made, Succeeds());
  return made;
}

TEST(PeopleCare, Scenario11_TheTemporaryChannelIsInTheChecksGuidanceWhenTheAdvocateResigns) {
  Stack& stack = Stack::Shared();
  const Client leader = stack.As("team_leader");
  const std::string phone = FreshPhone();
  const Reply person = PersonWith(stack, phone, {{"advocate", {{"name", "Sandy Advocate"}}}});
  const Reply imposed = Impose(stack, person.id(), {{"measures", {{{"kind", "THIRD_PARTY_ONLY"}, {"name", "Sandy Advocate"}}}}});
  EXPECT_THAT(TextOf(Check(stack, phone, imposed.Text("consistencyToken")), "THIRD_PARTY_ONLY"), HasSubstr("through Sandy Advocate only"));
  const std::string resign = "/v1/people/" + person.id() + ":recordAdvocateResignation";
  EXPECT_THAT(leader.Post(resign, Json::object(), kAny), Violates("temporaryChannel"));
  const Reply resigned = leader.Post(resign, {{"temporaryChannel", "EMAIL"}}, kAny);
  ASSERT_THAT(resigned, Succeeds());
  const std::string text = TextOf(Check(stack, phone, resigned.Text("consistencyToken")), "THIRD_PARTY_ONLY");
  EXPECT_THAT(text, HasSubstr("has resigned"));
  EXPECT_THAT(text, HasSubstr("by e-mail"));
  EXPECT_THAT(leader.Get("/v1/restrictions/" + imposed.id()).json["alerts"], Contains("ADVOCATE_RESIGNED"));
  // Another advocate ends it.
  const Reply another = leader.Patch("/v1/people/" + person.id(), {{"advocate", {{"name", "Robin Advocate"}}}}, kAny);
  ASSERT_THAT(another, Succeeds());
  EXPECT_THAT(TextOf(Check(stack, phone, another.Text("consistencyToken")), "THIRD_PARTY_ONLY"), Not(HasSubstr("resigned")));
}

TEST(PeopleCare, Scenario11_AnAdvocateWhoIsTheOnlyContactShowsWithoutAnyRestriction) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const Reply person = PersonWith(stack, phone, {{"advocate", {{"name", "Sandy Advocate"}, {"onlyContact", true}}}});
  EXPECT_THAT(TextOf(Check(stack, phone, person.Text("consistencyToken")), "THIRD_PARTY_ONLY"), HasSubstr("through Sandy Advocate only"));
  const Reply resigned = stack.As("team_leader")
                             .Post("/v1/people/" + person.id() + ":recordAdvocateResignation",
                                   {{"temporaryChannel", "The duty desk at the civic centre"}}, kAny);
  EXPECT_THAT(TextOf(Check(stack, phone, resigned.Text("consistencyToken")), "THIRD_PARTY_ONLY"), HasSubstr("The duty desk"));
}

TEST(PeopleCare, Clause4_1_AMarkerIsConfirmedUnderADelegationAndNotAfterItWasRevoked) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack), area = "Housing";
  const std::string path = "/v1/people/" + person + "/markers";
  const Reply marker = stack.As("team_leader")
                           .Post(path, {{"incidentIds", {EvidenceAbout(stack, person, {{"behaviours", {"VIOLENCE"}}})}},
                                        {"ageCheck", {{"basis", "Known adult"}}}});
  ASSERT_THAT(marker, Succeeds());
  const Client deputy = stack.As("team_leader", area, Unique("deputy"));
  const std::string confirm = path + "/" + marker.id() + ":confirm", remove = path + "/" + marker.id() + ":remove";
  EXPECT_THAT(deputy.Post(confirm, Json::object(), kAny), Refused(403, "council rule"));
  const std::string sub = stack.Sql("select 1") == "1" ? Unique("lent") : "";
  const Client lent = stack.As("team_leader", area, sub);
  const Reply delegation =
      stack.As("senior_manager").Post("/v1/delegations", {{"delegateId", sub}, {"serviceArea", area}, {"endsAt", InstantFromNow(300)}});
  ASSERT_THAT(delegation, Succeeds());
  const Reply confirmed = lent.Post(confirm, Json::object(), marker.IfMatch());
  ASSERT_THAT(confirmed, Succeeds());
  EXPECT_EQ(confirmed.json["history"][1]["delegationId"], delegation.id());
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/delegations/" + delegation.id() + ":revoke", {}, delegation.IfMatch()), Succeeds());
  EXPECT_THAT(lent.Post(remove, {{"reason", "x"}}, kAny), Refused(403, "council rule"));
  // The complaints process is nobody's to lend (9.8).
  EXPECT_THAT(lent.Post("/v1/delegations", {{"delegateId", "x"}, {"serviceArea", area}, {"endsAt", InstantFromNow(300)}}),
              Refused(403, "4.1"));
}

TEST(PeopleCare, Scenario25_TheExportHasEveryIncidentOfThePersonAndNobodyElses) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack), other = RegisterPerson(stack), folded = RegisterPerson(stack);
  Impose(stack, person);
  const std::string alone = EvidenceAbout(stack, person, {{"narrative", "A private narrative"}, {"behaviours", {"HARASSMENT"}}});
  const std::string theirs = EvidenceAbout(stack, other), of_folded = EvidenceAbout(stack, folded);
  ASSERT_THAT(stack.As("team_leader").Post("/v1/people:merge", {{"survivorId", person}, {"duplicateId", folded}, {"reason", "One"}}),
              Succeeds());
  const Reply all = stack.As("data_protection_officer", "")
                        .Post("/v1/people/" + person + ":exportData", Json::object(), {{"X-Reason", "Request for access of 2 November"}});
  ASSERT_THAT(all, Succeeds());
  std::set<std::string> ids;
  for (const Json& incident : all.json["incidents"]) ids.insert(incident["id"]);
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_TRUE(ids.contains(alone)) << "no decision rests on it";
  EXPECT_TRUE(ids.contains(of_folded)) << "recorded under the record that was folded in";
  EXPECT_FALSE(ids.contains(theirs));
  for (const char* hidden : {"private narrative", "E1001", "E2001", "A. Officer"}) EXPECT_THAT(all.body, Not(HasSubstr(hidden)));
  for (const char* role : {"team_leader", "senior_manager", "strategic_director", "auditor"})
    EXPECT_THAT(stack.As(role).Post("/v1/people/" + person + ":exportData", Json::object()), Refused(403, "UK GDPR art. 15")) << role;
}

TEST(PeopleCare, Clause4_3_AnIncidentThatAManagerSendsToTheRegisterStandsThereProvisionally) {
  Stack& stack = Stack::Shared();
  const Reply person = PersonWith(stack, FreshPhone(), {{"dateOfBirth", "1980-05-01"}});
  const std::string incident = EvidenceAbout(stack, person.id(), {{"behaviours", {"VIOLENCE"}}});
  const Client manager = stack.As("senior_manager");
  Json decision;
  ASSERT_TRUE(Eventually([&] {
    for (const Json& one : manager.Get("/v1/incidents/" + incident).json.value("followUps", Json::array()))
      if (one["kind"] == "REGISTER_DECISION") decision = one;
    return !decision.is_null();
  }));
  const Reply decided = manager.Post("/v1/followUps/" + decision["id"].get<std::string>() + ":complete",
                                     {{"outcome", "TO_REGISTER"}, {"reason", "A punch was thrown"}}, kAny);
  ASSERT_THAT(decided, Succeeds());
  Json markers;
  ASSERT_TRUE(Eventually([&] {
    markers = manager.Get("/v1/people/" + person.id()).json.value("markers", Json::array());
    return markers.size() == 1;
  }));
  EXPECT_EQ(markers[0]["state"], "PROVISIONAL");
  EXPECT_EQ(markers[0]["category"], "VIOLENCE");
  EXPECT_THAT(markers.dump(), Not(HasSubstr("punch"))) << "the details needed, and no more";
  EXPECT_THAT(manager.Post("/v1/people/" + person.id() + "/markers/" + markers[0]["id"].get<std::string>() + ":confirm",
                           {{"told", {{"informed", true}, {"how", "Letter"}}}}, kAny),
              Succeeds());
}

TEST(PeopleCare, Clause12_4_AReferenceTellsWhoMayNotLookPeopleUpNothing) {
  Stack& stack = Stack::Shared();
  const Reply person = PersonWith(stack, FreshPhone());
  const Client employee = stack.As("employee");
  for (const char* what : {"/restorativeSteps", "/adjustments", "/noContactRequests"}) {
    const Json body = {{"kind", std::string(what) == "/restorativeSteps" ? Json("BREAK_OFFERED") : Json("NO_CONTACT")}};
    const Json sent = std::string(what) == "/adjustments" ? Json{{"description", "Large print"}} : body;
    EXPECT_EQ(employee.Post("/v1/people/" + person.Text("reference") + what, sent).status, 404) << what;
    EXPECT_EQ(employee.Post("/v1/people/PER-2026-999999" + std::string(what), sent).status, 404) << what;
    EXPECT_THAT(employee.Post("/v1/people/" + person.id() + what, sent), Succeeds()) << what;
  }
  // Every search is audited, found or not, with who searched.
  const std::string before = stack.Sql("select count(*) from restriction.audit where action = 'person.resolved'");
  stack.As("team_leader").Post("/v1/people:resolve", {{"phone", "07700 900999"}});
  stack.As("team_leader").Post("/v1/people:resolve", {{"reference", person.Text("reference")}});
  EXPECT_EQ(std::stoi(stack.Sql("select count(*) from restriction.audit where action = 'person.resolved'")), std::stoi(before) + 2);
}

TEST(PeopleCare, Clause7_2_ALimitOfTimeTurnsWithTheClockAndSaysWhenContactIsTaken) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), always = FreshPhone();
  // An hour of the other half of the day: it is another time now, at whatever time this runs.
  const bool morning = stack.Sql("select extract(hour from now() at time zone 'Europe/London') < 12") == "t";
  const std::string from = morning ? "20:00" : "04:00", to = morning ? "21:00" : "05:00";
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone),
                               {{"measures", {{{"kind", "LIMIT_TIME"}, {"channel", "PHONE"}, {"from", from}, {"to", to}}}}});
  const Json outside = Check(stack, phone, imposed.Text("consistencyToken"));
  EXPECT_THAT(TextOf(outside, "LIMIT_TIME"), HasSubstr("another time now"));
  EXPECT_EQ(outside["matches"][0]["remainingContacts"], 0);
  EXPECT_TRUE(outside["matches"][0].contains("resetsAt"));
  const Reply open = Impose(stack, RegisterPerson(stack, always),
                            {{"measures", {{{"kind", "LIMIT_TIME"}, {"channel", "PHONE"}, {"from", "00:00"}, {"to", "24:00"}}}}});
  const Json inside = Check(stack, always, open.Text("consistencyToken"));
  EXPECT_THAT(TextOf(inside, "LIMIT_TIME"), Not(HasSubstr("another time")));
  EXPECT_FALSE(inside["matches"][0].contains("remainingContacts"));
}

TEST(PeopleCare, Scenario5_MergedRecordsCountTheirAllowanceTogether) {
  Stack& stack = Stack::Shared();
  const std::string one = FreshPhone(), two = FreshPhone();
  const std::string a = RegisterPerson(stack, one), b = RegisterPerson(stack, two);
  const Json limit = {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 5}, {"period", "MONTH"}}}}};
  Impose(stack, a, limit);
  Impose(stack, b, limit);
  const Client crm = stack.As("crm", "");
  const auto left = [&](const std::string& phone) {
    return crm.Post("/v1/contacts:record", {{"channel", "PHONE"}, {"phone", phone}}).json["matches"][0]["remainingContacts"];
  };
  EXPECT_EQ(left(one), 4);
  EXPECT_EQ(left(two), 4);
  EXPECT_EQ(left(two), 3);
  ASSERT_THAT(stack.As("team_leader").Post("/v1/people:merge", {{"survivorId", a}, {"duplicateId", b}, {"reason", "One"}}), Succeeds());
  EXPECT_EQ(left(two), 1);
  EXPECT_EQ(left(one), 0);
  EXPECT_EQ(left(one), 0);
}

TEST(PeopleCare, Scenario5_TermsThatDifferWaitForAHumanAndNothingIsLost) {
  Stack& stack = Stack::Shared();
  const std::string a = RegisterPerson(stack), b = RegisterPerson(stack);
  const Reply loose = Impose(stack, a, {{"measures", {{{"kind", "NAMED_CONTACT"}, {"name", "Sandy"}}}}});
  const Reply strict = Impose(stack, b, {{"measures", {{{"kind", "NAMED_CONTACT"}, {"name", "Robin"}}}}});
  const Reply merged = stack.As("team_leader").Post("/v1/people:merge", {{"survivorId", a}, {"duplicateId", b}, {"reason", "One"}});
  ASSERT_THAT(merged, Succeeds());
  EXPECT_THAT(merged.json["alerts"].dump(), HasSubstr("TERMS_DIFFER"));
  for (const Reply& one : {loose, strict}) EXPECT_EQ(stack.As("team_leader").Get("/v1/restrictions/" + one.id()).Text("state"), "IN_FORCE");
  const Reply lifted = stack.As("senior_manager").Post("/v1/restrictions/" + loose.id() + ":lift", {{"reason", "Robin it is"}}, kAny);
  ASSERT_THAT(lifted, Succeeds());
  EXPECT_EQ(stack.Sql("select name from restriction.restriction_measure where in_force and person_id = '" + a + "'"), "Robin");
}

}  // namespace
}  // namespace evenhand::testing
