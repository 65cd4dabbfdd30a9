// Whom a restriction or an entry may be about, through the REST door: pupils and their parents, organisations, an address, the dead.
#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

Json Check(Stack& stack, const Json& ask) {
  const Reply reply = stack.As("crm", "").Post("/v1/contacts:check", ask);
  EXPECT_THAT(reply, Succeeds());
  return reply.json;
}

// A proposal that may be refused; the evidence is recorded and confirmed in the area itself first.
Reply TryPropose(Stack& stack, const std::string& person, const std::string& area, const Json& over = Json::object()) {
  Json body = {{"serviceArea", area}};
  body.merge_patch(over);
  return stack.As("team_leader", area)
      .Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person, {{"serviceArea", area}})}, body));
}

std::string Registered(Stack& stack, const std::string& area, const Json& more) {
  Json body = {{"displayName", Unique("Subject")}};
  body.merge_patch(more);
  const Reply made = stack.As("team_leader", area).Post("/v1/people", body);
  EXPECT_THAT(made, Succeeds());
  return made.id();
}

TEST(Scenario8, APupilIsUnder16ToTheDayAndTheBasisOfTheAgeCheckIsKept) {
  Stack& stack = Stack::Shared();
  const std::string area = "Alva Academy";
  const auto born = [&](const std::string& more) {
    return Json{{"dateOfBirth", stack.Sql("select ((now() at time zone 'Europe/London')::date - interval '16 years' " + more + ")::date")}};
  };
  EXPECT_THAT(TryPropose(stack, Registered(stack, area, born("")), area), Succeeds()) << "16 today";
  const std::string pupil = Registered(stack, area, born("+ interval '1 day'"));
  EXPECT_THAT(TryPropose(stack, pupil, area), Violates("ageCheck.basis"));
  EXPECT_THAT(TryPropose(stack, pupil, "Housing"), Violates("ageCheck.basis")) << "under 16 is under 16 in every service";
  EXPECT_THAT(TryPropose(stack, pupil, area, {{"ageCheck", {{"basis", "  "}}}}), Violates("ageCheck.basis"));
  const Reply proposed = TryPropose(stack, pupil, area, {{"ageCheck", {{"basis", "School roll"}}}});
  ASSERT_THAT(proposed, Succeeds());
  EXPECT_EQ(proposed.json["ageCheck"]["basis"], "School roll");
  // Unknown: it matters where pupils are met, and not at the housing counter.
  const std::string unknown = Registered(stack, area, Json::object());
  EXPECT_THAT(TryPropose(stack, unknown, "Lornshill Academy"), Violates("ageCheck.basis"));
  EXPECT_THAT(TryPropose(stack, unknown, "Housing"), Succeeds());
  // An entry on the register asks in every service.
  const std::string incident = EvidenceAbout(stack, pupil, {{"behaviours", {"VIOLENCE"}}});
  EXPECT_THAT(stack.As("team_leader").Post("/v1/people/" + pupil + "/markers", {{"incidentIds", {incident}}}), Violates("ageCheck"));
}

TEST(Scenario8, AHeadOfEstablishmentDecidesInTheirOneEstablishmentAndNowhereElse) {
  Stack& stack = Stack::Shared();
  const std::string own = "Alva Academy";
  const std::string pupil = Registered(stack, own, {{"dateOfBirth", "2014-05-01"}});
  const Json basis = {{"ageCheck", {{"basis", "School roll"}}}};
  const Client head = stack.As("senior_manager", own, "head-alva");
  const Reply here = TryPropose(stack, pupil, own, basis), elsewhere = TryPropose(stack, pupil, "Housing", basis);
  ASSERT_THAT(here, Succeeds());
  ASSERT_THAT(elsewhere, Succeeds());
  const auto path = [](const Reply& reply) { return "/v1/restrictions/" + reply.id(); };
  EXPECT_THAT(head.Get(path(elsewhere)), Refused(403, "12.4"));
  for (const char* verb : {":impose", ":decline", ":vary", ":review", ":lift"})
    EXPECT_THAT(head.Post(path(elsewhere) + verb, Json::object(), kAny), Refused(403, "")) << verb;
  EXPECT_THAT(head.Post("/v1/delegations", {{"delegateId", "x"}, {"serviceArea", "Housing"}, {"endsAt", InstantFromNow(300)}}),
              Refused(403, "4.1"));
  EXPECT_EQ(head.Get("/v1/restrictions?personId=" + pupil).json["restrictions"].size(), 1u);
  // A manager of the council's housing does not decide for the school either.
  EXPECT_THAT(stack.As("senior_manager").Post(path(here) + ":impose", Json::object(), kAny), Refused(403, "7.3"));
  EXPECT_THAT(head.Post(path(here) + ":impose", Json::object(), here.IfMatch()), Succeeds());
  EXPECT_THAT(head.Post(path(here) + ":review", {{"outcome", "CONTINUE"}, {"reason", "A calm term is needed"}}, kAny), Succeeds());
  EXPECT_THAT(head.Post(path(here) + ":lift", {{"reason", "A calm term"}}, kAny), Succeeds());
}

TEST(Scenario8, AParentsRestrictionNeverReachesTheChildsSchooling) {
  Stack& stack = Stack::Shared();
  const std::string school = "Alva Academy", phone = FreshPhone(), email = Unique("pupil") + "@example.org";
  const auto handle = [&](const std::string& kind, const std::string& value, bool shared) {
    return Json{{"kind", kind}, {"value", value}, {"shared", shared}};
  };
  const std::string parent = Registered(stack, school, {{"handles", {handle("PHONE", phone, true)}}});
  const std::string child = Registered(
      stack, school, {{"dateOfBirth", "2014-05-01"}, {"handles", {handle("PHONE", phone, true), handle("EMAIL", email, false)}}});
  const Reply proposed =
      TryPropose(stack, parent, school,
                 {{"ageCheck", {{"basis", "A parent"}}},
                  {"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "PHONE"}}, {{"kind", "WITHHOLD_STAFF_DETAILS"}}}}});
  ASSERT_THAT(proposed, Succeeds());
  const Reply imposed =
      stack.As("senior_manager", school).Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  const std::string token = imposed.Text("consistencyToken");
  // The child's own address is clear; on the family's phone the guidance stands under the parent's name alone, and only as possible.
  EXPECT_EQ(Check(stack, {{"channel", "EMAIL"}, {"email", email}, {"consistencyToken", token}})["outcome"], "CLEAR");
  const Json shared = Check(stack, {{"channel", "PHONE"}, {"phone", phone}, {"serviceArea", school}, {"consistencyToken", token}});
  ASSERT_EQ(shared["matches"].size(), 2u);
  for (const Json& match : shared["matches"]) {
    EXPECT_EQ(match["match"], "POSSIBLE");
    EXPECT_EQ(match.value("instructions", Json::array()).empty(), match["personId"] == child) << match;
  }
  EXPECT_EQ(stack.As("team_leader", school).Get("/v1/restrictions?personId=" + child).json["restrictions"].size(), 0u);
}

TEST(Clause3_2, AnOrganisationIsASubjectWithItsContractsOwnProcess) {
  Stack& stack = Stack::Shared();
  const std::string email = Unique("office") + "@example.org", school = "Alva Academy";
  const std::string firm = Registered(stack, "Housing",
                                      {{"kind", "ORGANISATION"},
                                       {"contractProcess", "Framework 7, clause 30: the contract manager first"},
                                       {"handles", {{{"kind", "EMAIL"}, {"value", email}}}}});
  // An organisation has no age, wherever it is met.
  EXPECT_THAT(TryPropose(stack, firm, school), Succeeds());
  const Reply imposed = Impose(stack, firm, {{"measures", {{{"kind", "NAMED_CONTACT"}, {"name", "The contract manager"}}}}});
  ASSERT_THAT(imposed, Succeeds());
  const Json told = Check(stack, {{"channel", "EMAIL"}, {"email", email}, {"consistencyToken", imposed.Text("consistencyToken")}});
  EXPECT_EQ(told["matches"][0]["match"], "EXACT");
  EXPECT_THAT(told.dump(), HasSubstr("The contract manager"));
  EXPECT_THAT(told.dump(), Not(HasSubstr("Framework 7"))) << "the instruction, and no more";
  const Client leader = stack.As("team_leader");
  EXPECT_EQ(leader.Get("/v1/people/" + firm).Text("contractProcess"), "Framework 7, clause 30: the contract manager first");
  // The register takes an organisation's premises; the decision may be reviewed and appealed like any other.
  const std::string incident = EvidenceAbout(stack, firm, {{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}});
  EXPECT_THAT(leader.Post("/v1/people/" + firm + "/markers", {{"incidentIds", {incident}}, {"uprn", "906700009001"}}), Succeeds());
  EXPECT_THAT(stack.As("senior_manager")
                  .Post("/v1/restrictions/" + imposed.id() + ":review", {{"outcome", "CONTINUE"}, {"reason", "Calls went on"}}, kAny),
              Succeeds());
  // Found to be somebody after all: their age is asked for where it matters, also of the proposal that waits.
  const Reply waiting = TryPropose(stack, firm, school, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}});
  ASSERT_THAT(waiting, Succeeds());
  ASSERT_THAT(leader.Patch("/v1/people/" + firm, {{"kind", "INDIVIDUAL"}}, kAny), Succeeds());
  EXPECT_THAT(stack.As("senior_manager", school).Post("/v1/restrictions/" + waiting.id() + ":impose", Json::object(), waiting.IfMatch()),
              Violates("ageCheck.basis"));
}

TEST(Scenario6, AnEntryForAnAddressAloneIsPossiblyAnothersAndEndsWithItsReason) {
  Stack& stack = Stack::Shared();
  const std::string person = Registered(stack, "Housing", {{"dateOfBirth", "1980-01-01"}}), uprn = "906700009002";
  const std::string path = "/v1/people/" + person + "/markers";
  const std::string incident = EvidenceAbout(stack, person, {{"behaviours", {"VIOLENCE"}}});
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager");
  EXPECT_THAT(leader.Post(path, {{"incidentIds", {incident}}, {"uprn", "not a number"}}), Violates("uprn"));
  EXPECT_THAT(leader.Post(path, {{"incidentIds", {incident}}, {"instruction", std::string(201, 'x')}}), Violates("instruction"));
  const Reply marker = leader.Post(path, {{"incidentIds", {incident}}, {"uprn", uprn}, {"instruction", "Visit in pairs."}});
  ASSERT_THAT(marker, Succeeds());
  EXPECT_TRUE(marker.json.contains("hoursToRegister"));
  EXPECT_TRUE(marker.json.contains("reviewOn")) << "also while it waits to be confirmed";
  const std::string one = path + "/" + marker.id();
  EXPECT_THAT(manager.Post(one + ":confirm", {{"told", {{"informed", true}}}}, kAny), Violates("told.how"));
  EXPECT_THAT(manager.Post(one + ":confirm", {{"told", {{"informed", false}}}}, kAny), Violates("told.reason"));
  EXPECT_THAT(manager.Post(one + ":confirm", {{"told", {{"informed", true}, {"how", "Letter"}, {"on", "2099-01-01"}}}}, kAny),
              Violates("told.on"));
  EXPECT_THAT(manager.Post(one + ":confirm", {{"reviewOn", "2099-01-01"}}, kAny), Violates("reviewOn"));
  const Reply confirmed =
      manager.Post(one + ":confirm", {{"told", {{"informed", false}, {"reason", "It would raise the risk"}}}}, marker.IfMatch());
  ASSERT_THAT(confirmed, Succeeds());
  const Json at = {{"channel", "IN_PERSON"}, {"uprn", uprn}, {"consistencyToken", confirmed.Text("consistencyToken")}};
  const Json told = Check(stack, at);
  EXPECT_EQ(told["matches"][0]["match"], "POSSIBLE");
  EXPECT_EQ(told["matches"][0]["marker"]["state"], "POSSIBLY_ANOTHER");
  EXPECT_THAT(told.dump(), Not(HasSubstr("raise the risk")));
  EXPECT_THAT(manager.Post(one + ":review", {{"outcome", "REMOVE"}}, kAny), Violates("reason"));
  EXPECT_THAT(leader.Post(one + ":remove", {{"reason", "x"}}, kAny), Refused(403, "council rule"));
  const Reply removed = manager.Post(one + ":remove", {{"reason", "A quiet year"}}, kAny);
  ASSERT_THAT(removed, Succeeds());
  EXPECT_EQ(removed.Text("removalReason"), "A quiet year");
  EXPECT_EQ(removed.Text("retentionEndsOn").substr(0, 2), "20");
  EXPECT_EQ(Check(stack, {{"channel", "IN_PERSON"}, {"uprn", uprn}, {"consistencyToken", removed.Text("consistencyToken")}})["outcome"],
            "CLEAR");
  EXPECT_EQ(manager.Post(one + ":remove", {{"reason", "Again"}}, kAny).status, 409);
  EXPECT_EQ(manager.Post(one + ":confirm", Json::object(), kAny).status, 409);
}

TEST(Scenario25, AboutTheDeadNothingIsDecidedAnewAndALiftIsOpen) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack), folded = RegisterPerson(stack);
  const Reply imposed = Impose(stack, person);
  const Reply waiting = Propose(stack, person, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}});
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager");
  EXPECT_THAT(leader.Post("/v1/people/" + folded + ":recordDeath", {{"diedOn", "2099-01-02"}}, kAny), Violates("diedOn"));
  ASSERT_THAT(leader.Post("/v1/people/" + folded + ":recordDeath", {{"diedOn", "2026-01-02"}}, kAny), Succeeds());
  const Reply merged = leader.Post("/v1/people:merge", {{"survivorId", person}, {"duplicateId", folded}, {"reason", "One person"}});
  ASSERT_THAT(merged, Succeeds());
  EXPECT_EQ(merged.Text("state"), "DECEASED") << "whichever record said so";
  EXPECT_THAT(merged.json["alerts"].dump(), HasSubstr("PERSON_DIED"));
  EXPECT_THAT(TryPropose(stack, person, "Housing"), Violates("personId"));
  const std::string path = "/v1/restrictions/" + imposed.id();
  EXPECT_EQ(manager.Post("/v1/restrictions/" + waiting.id() + ":impose", Json::object(), kAny).status, 409);
  EXPECT_EQ(manager.Post(path + ":review", {{"outcome", "CONTINUE"}, {"reason", "x"}}, kAny).status, 409);
  EXPECT_EQ(manager.Post(path + ":vary", {{"endsOn", "2035-01-01"}, {"reason", "x"}}, kAny).status, 409);
  EXPECT_EQ(manager.Post(path + ":lift", {{"reason", "The person has died"}}, kAny).Text("state"), "LIFTED");
}

TEST(Clause12_1, AProposalThatNobodyDecidesHasItsDateAndLosesItWhenItIsImposed) {
  Stack& stack = Stack::Shared();
  const Reply proposed = Propose(stack, RegisterPerson(stack));
  const std::string due = stack.Sql("select ((now() at time zone 'Europe/London')::date + interval '3 years')::date");
  EXPECT_EQ(proposed.Text("retentionEndsOn"), due) << "abuse: three years";
  const auto listed = [&] {
    const Json all = stack.As("senior_manager").Get("/v1/retentionRecords?pageSize=200&dueOn=" + due).json["retentionRecords"];
    return std::ranges::any_of(all, [&](const Json& one) { return one["id"] == proposed.id() && one["retentionEndsOn"] == due; });
  };
  EXPECT_TRUE(listed());
  const Reply imposed =
      stack.As("senior_manager").Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  EXPECT_EQ(imposed.Text("retentionEndsOn"), "");
  EXPECT_FALSE(listed());
}

}  // namespace
}  // namespace evenhand::testing
