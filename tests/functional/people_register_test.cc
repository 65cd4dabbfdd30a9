// People and the register through the REST door: found by exact handle alone, moved, merged, cared for, exported.
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

std::string FreshUprn() {
  static int n = 0;
  return std::to_string(100120000000 + ++n);
}

Json Check(Stack& stack, const Json& ask) { return stack.As("crm", "").Post("/v1/contacts:check", ask).json; }

std::vector<std::string> RestrictionsIn(const Json& check) {
  std::vector<std::string> ids;
  for (const Json& match : check.value("matches", Json::array()))
    for (const Json& instruction : match.value("instructions", Json::array())) ids.push_back(instruction.value("restrictionId", ""));
  std::ranges::sort(ids);
  return ids;
}

// A proposal that may be refused; the evidence is recorded and confirmed first.
Reply TryPropose(Stack& stack, const std::string& person, const Json& over) {
  return stack.As("team_leader", over.value("serviceArea", "Housing"))
      .Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person)}, over));
}

TEST(PeopleRegister, Clause12_4_NobodyProbesTheRegisterWithoutTheRight) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  for (const char* role : {"employee", "crm", "portal", "monitoring", "union_representative"}) {
    EXPECT_EQ(stack.As(role).Get("/v1/people/" + person).status, 403) << role;
    EXPECT_EQ(stack.As(role).Post("/v1/people:resolve", {{"phone", "07700 900001"}}).status, 403) << role;
  }
  EXPECT_EQ(stack.As("team_leader").Get("/v1/people").status, 405) << "there is no list";
  EXPECT_EQ(stack.As("team_leader").Post("/v1/people:resolve", {{"phone", "07700 900001"}, {"email", "a@example.org"}}).status, 400);
}

TEST(PeopleRegister, CaseI_OneNumberHoweverWritten) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();  // +44…
  const std::string person = RegisterPerson(stack, phone);
  const std::string national = "0" + phone.substr(3);
  for (const std::string& written : {phone, national, "00" + phone.substr(1), "tel:" + phone, "+44 (0)" + phone.substr(3)}) {
    const Reply found = stack.As("team_leader").Post("/v1/people:resolve", {{"phone", written}});
    ASSERT_EQ(found.json["people"].size(), 1u) << written << found;
    EXPECT_EQ(found.json["people"][0]["personId"], person);
    EXPECT_EQ(found.json["people"][0]["match"], "EXACT");
  }
  RegisterPerson(stack, national);
  const Json both = stack.As("team_leader").Post("/v1/people:resolve", {{"phone", phone}}).json;
  ASSERT_EQ(both["people"].size(), 2u);
  for (const Json& one : both["people"]) EXPECT_EQ(one["match"], "POSSIBLE");
}

TEST(PeopleRegister, FaultsNameTheirFields) {
  Stack& stack = Stack::Shared();
  const Reply reply = stack.As("team_leader")
                          .Post("/v1/people", {{"handles", {{{"kind", "PHONE"}, {"value", "no number"}}, {{"value", "x"}}}},
                                               {"dateOfBirth", "2026-02-30"}});
  for (const char* field : {"displayName", "handles[0].value", "handles[1].kind", "dateOfBirth"})
    EXPECT_THAT(reply, Violates(field)) << field;
}

TEST(PeopleRegister, CaseH_AMoveTakesTheTwoCurrentRestrictionsAlong) {
  Stack& stack = Stack::Shared();
  const std::string before = FreshUprn(), after = FreshUprn();
  const Reply person =
      stack.As("team_leader").Post("/v1/people", {{"displayName", "Kim Example"}, {"handles", {{{"kind", "UPRN"}, {"value", before}}}}});
  ASSERT_THAT(person, Succeeds());
  const Reply ended = Impose(stack, person.id(), {{"measures", {{{"kind", "NAMED_CONTACT"}, {"name", "Duty officer"}}}}});
  ASSERT_THAT(stack.As("senior_manager").Post("/v1/restrictions/" + ended.id() + ":lift", {{"reason", "Good contact"}}, kAny), Succeeds());
  std::vector<std::string> current = {Impose(stack, person.id()).id(),
                                      Impose(stack, person.id(), {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}}).id()};
  std::ranges::sort(current);
  const Reply moved =
      stack.As("team_leader").Patch("/v1/people/" + person.id(), {{"handles", {{{"kind", "UPRN"}, {"value", after}}}}}, kAny);
  ASSERT_THAT(moved, Succeeds());
  const std::string token = moved.Text("consistencyToken");
  EXPECT_EQ(RestrictionsIn(Check(stack, {{"channel", "IN_PERSON"}, {"uprn", after}, {"consistencyToken", token}})), current);
  EXPECT_EQ(Check(stack, {{"channel", "IN_PERSON"}, {"uprn", before}, {"consistencyToken", token}})["outcome"], "CLEAR");
}

TEST(PeopleRegister, Scenario5_MergedTheUnionHoldsAndBothReferencesResolve) {
  Stack& stack = Stack::Shared();
  const std::string phone_a = FreshPhone(), phone_b = FreshPhone();
  const std::string a = RegisterPerson(stack, phone_a), b = RegisterPerson(stack, phone_b);
  Impose(stack, a);
  const Reply same = Impose(stack, b);
  const Reply more = Impose(stack, b, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}});
  const Client leader = stack.As("team_leader");
  const Reply merged = leader.Post("/v1/people:merge", {{"survivorId", a}, {"duplicateId", b}, {"reason", "One person, two CRM records"}});
  ASSERT_THAT(merged, Succeeds());
  EXPECT_EQ(leader.Get("/v1/people/" + b).id(), a);
  for (const auto& [list, rows] :
       {std::pair("incidents", 3U), std::pair("restrictions", 3U), std::pair("letters", 3U), std::pair("tasks", 3U)})
    EXPECT_TRUE(Eventually([&] {
      const std::string path = "/v1/" + std::string(list) + "?personId=";
      return leader.Get(path + a).json[list].size() >= rows && leader.Get(path + b).json == leader.Get(path + a).json;
    })) << list;
  EXPECT_EQ(leader.Get("/v1/restrictions/" + same.id()).Text("state"), "SUPERSEDED");
  EXPECT_EQ(leader.Get("/v1/restrictions/" + more.id()).Text("state"), "IN_FORCE");
  const Json check = Check(stack, {{"channel", "PHONE"}, {"phone", phone_b}, {"consistencyToken", merged.Text("consistencyToken")}});
  EXPECT_EQ(RestrictionsIn(check).size(), 2u);
  const Reply undone = leader.Post("/v1/people/" + a + ":unmerge", {{"reason", "Two after all"}}, kAny);
  ASSERT_THAT(undone, Succeeds());
  EXPECT_EQ(leader.Get("/v1/people/" + b).id(), b);
  EXPECT_EQ(undone.json["merges"][0]["questions"].size(), 1u);
}

TEST(PeopleRegister, Clause12_1_StepsAreRecordedWhetherOrNotAnythingIsImposed) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply step =
      stack.As("employee").Post("/v1/people/" + person + "/restorativeSteps", {{"kind", "BREAK_OFFERED"}, {"description", "Ten minutes"}});
  ASSERT_THAT(step, Succeeds());
  EXPECT_THAT(Propose(stack, person, {{"restorative", {{"notAttempted", nullptr}, {"stepIds", {step.id()}}}}}), Succeeds());
  EXPECT_EQ(stack.As("team_leader").Get("/v1/people/" + person).json["restorativeSteps"].size(), 1u);
}

TEST(PeopleRegister, Clause10_6_ANoContactRequestIsHonouredWithoutItsReason) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply made = stack.As("employee", "Housing", "E-shy")
                         .Post("/v1/people/" + person + "/noContactRequests", {{"kind", "NO_CONTACT"}, {"reason", "Something private"}});
  ASSERT_THAT(made, Succeeds());
  const Reply read = stack.As("team_leader").Get("/v1/people/" + person);
  EXPECT_EQ(read.json["noContactRequests"][0]["staffId"], "e-shy") << "in its one form";
  EXPECT_THAT(read.body, Not(HasSubstr("private")));
  EXPECT_EQ(stack.As("employee", "Housing", "E-1")
                .Post("/v1/people/" + person + "/noContactRequests", {{"kind", "NO_CONTACT"}, {"staffId", "E-2"}})
                .status,
            403);
}

TEST(PeopleRegister, Clause4_3_AMarkerFromReportToRemoval) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string path = "/v1/people/" + person + "/markers";
  const std::string incident = EvidenceAbout(stack, person, {{"behaviours", {"VIOLENCE"}}});
  EXPECT_THAT(stack.As("team_leader").Post(path, Json::object()), Violates("incidentIds"));
  EXPECT_THAT(stack.As("team_leader").Post(path, {{"incidentIds", {incident}}}), Violates("ageCheck"));
  const Reply marker =
      stack.As("team_leader")
          .Post(path, {{"incidentIds", {incident}}, {"instruction", "Visit in pairs."}, {"ageCheck", {{"basis", "Known adult"}}}});
  ASSERT_THAT(marker, Succeeds());
  EXPECT_EQ(marker.Text("state"), "PROVISIONAL");
  EXPECT_EQ(marker.Text("category"), "VIOLENCE");
  const std::string one = path + "/" + marker.id();
  EXPECT_EQ(stack.As("team_leader").Post(one + ":confirm", Json::object(), kAny).status, 403);
  const Reply confirmed =
      stack.As("senior_manager").Post(one + ":confirm", {{"told", {{"informed", true}, {"how", "Letter"}}}}, marker.IfMatch());
  ASSERT_THAT(confirmed, Succeeds());
  EXPECT_EQ(confirmed.Text("state"), "CONFIRMED");
  EXPECT_THAT(stack.As("senior_manager").Post(one + ":remove", Json::object(), kAny), Violates("reason"));
  EXPECT_THAT(stack.As("senior_manager").Post(one + ":review", {{"outcome", "CONTINUE"}, {"reason", "Risk remains"}}, kAny), Succeeds());
  EXPECT_EQ(stack.As("senior_manager").Post(one + ":remove", {{"reason", "A quiet year"}}, kAny).Text("state"), "REMOVED");
}

TEST(PeopleRegister, Scenario8_AMinorNeedsAnAgeCheckAndTheHeadOfTheirOwnEstablishment) {
  Stack& stack = Stack::Shared();
  const Reply pupil =
      stack.As("team_leader", "Alva Academy").Post("/v1/people", {{"displayName", "A Pupil"}, {"dateOfBirth", "2014-05-01"}});
  const Json area = {{"serviceArea", "Alva Academy"}};
  EXPECT_THAT(TryPropose(stack, pupil.id(), area), Violates("ageCheck"));
  Json with = area;
  with["ageCheck"] = {{"basis", "School roll"}};
  const Reply proposed = TryPropose(stack, pupil.id(), with);
  ASSERT_THAT(proposed, Succeeds());
  const std::string impose = "/v1/restrictions/" + proposed.id() + ":impose";
  EXPECT_THAT(stack.As("senior_manager", "Lornshill Academy").Post(impose, {}, proposed.IfMatch()), Refused(403, "7.3"));
  EXPECT_THAT(stack.As("senior_manager", "Alva Academy").Post(impose, {}, proposed.IfMatch()), Succeeds());
}

TEST(PeopleRegister, Scenario7_AColleaguesCaseIsClosedToTheirManager) {
  Stack& stack = Stack::Shared();
  const Reply colleague = stack.As("team_leader")
                              .Post("/v1/people", {{"displayName", "A Colleague"},
                                                   {"isEmployee", true},
                                                   {"employment", {{"staffId", "E-77"}, {"team", "Repairs"}, {"lineManagerId", "boss"}}}});
  ASSERT_THAT(colleague, Succeeds());
  EXPECT_THAT(stack.As("senior_manager", "Housing", "boss").Get("/v1/people/" + colleague.id()), Refused(403, "council rule"));
  EXPECT_THAT(stack.As("team_leader", "Repairs", "mate").Get("/v1/people/" + colleague.id()), Refused(403, "council rule"));
  EXPECT_THAT(stack.As("team_leader").Get("/v1/people/" + colleague.id()), Succeeds());
}

TEST(PeopleRegister, Scenario11_AnAdvocateWhoResignsLeavesAChannelOpen) {
  Stack& stack = Stack::Shared();
  const Reply person = stack.As("team_leader")
                           .Post("/v1/people", {{"displayName", "Pat"}, {"advocate", {{"name", "Sandy Advocate"}, {"onlyContact", true}}}});
  const std::string resign = "/v1/people/" + person.id() + ":recordAdvocateResignation";
  EXPECT_THAT(stack.As("team_leader").Post(resign, Json::object(), kAny), Refused(400, "5.4"));
  EXPECT_THAT(stack.As("team_leader").Post(resign, {{"temporaryChannel", "EMAIL"}}, kAny), Succeeds());
}

TEST(PeopleRegister, Scenario25_DeathIsRecordedAndAnExportHidesStaff) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  Impose(stack, person);
  const std::string everything = "/v1/people/" + person + ":exportData";
  EXPECT_THAT(stack.As("senior_manager").Post(everything, {{"reason", "Subject access"}}), Refused(403, "UK GDPR art. 15"));
  const Reply all = stack.As("data_protection_officer", "")
                        .Post(everything, {{"reason", "Subject access"}}, {{"X-Reason", "Request for access of 2 November"}});
  ASSERT_THAT(all, Succeeds());
  EXPECT_EQ(all.json["restrictions"].size(), 1u);
  for (const char* staff : {"u-senior_manager", "u-team_leader", "E1001"}) EXPECT_THAT(all.body, Not(HasSubstr(staff)));
  const Reply died = stack.As("team_leader").Post("/v1/people/" + person + ":recordDeath", {{"diedOn", "2026-01-02"}}, kAny);
  ASSERT_THAT(died, Succeeds());
  EXPECT_EQ(died.Text("state"), "DECEASED");
}

// AIP-134 and 203: whatever was told may be sent back; what counts is what the mask names, else what the body gives.
TEST(Register, AnUpdateTakesTheFieldsThatItNames) {
  Stack& stack = Stack::Shared();
  const Client leader = stack.As("team_leader");
  const std::string path = "/v1/people/" + RegisterPerson(stack);
  Json told = leader.Get(path).json;
  told["displayName"] = "Robin Example";
  told["state"] = "DECEASED";
  const Reply back = leader.Patch(path, told, {{"If-Match", told["etag"].get<std::string>()}});
  ASSERT_THAT(back, Succeeds());
  EXPECT_EQ(back.Text("displayName") + back.Text("state"), "Robin ExampleACTIVE");
  const std::string any = "*";
  const auto masked = [&](const std::string& mask, const Json& body) {
    return leader.Patch(path + "?updateMask=" + mask, body, {{"If-Match", any}});
  };
  const Reply one = masked("preferredLanguage", {{"preferredLanguage", "pl"}, {"displayName", "Nobody"}});
  EXPECT_EQ(one.Text("displayName") + one.Text("preferredLanguage"), "Robin Examplepl");
  EXPECT_FALSE(masked("preferredLanguage,handles", Json::object()).json.contains("handles"));
  EXPECT_FALSE(leader.Patch(path, {{"preferredLanguage", nullptr}}, {{"If-Match", any}}).json.contains("preferredLanguage"));
  EXPECT_THAT(masked("display_name", {{"displayName", "x"}}), Violates("updateMask"));
  EXPECT_THAT(masked("nothing", {{"displayName", "x"}}), Violates("updateMask"));
  EXPECT_THAT(masked("state", {{"displayName", "x"}}), Violates("updateMask"));
  EXPECT_THAT(leader.Patch(path, {{"clear", {"handles"}}}, {{"If-Match", any}}), Violates("clear"));
  EXPECT_THAT(leader.Post("/v1/people?updateMask=displayName", {{"displayName", "x"}}), Violates("updateMask"));
}

}  // namespace
}  // namespace evenhand::testing
