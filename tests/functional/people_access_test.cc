// Who sees a person's record: those whom something ties to the person, or who say why they look (12.4).
#include <csignal>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

const Headers kAny = {{"If-Match", "*"}};
const Headers kReason = {{"X-Reason", "Moved%20to%20a%20tenancy%20of%20ours%20in%20Alloa%20%E2%80%93%20safeguarding"}, {"If-Match", "*"}};

// Everything that answers with the whole record, as somebody of another service asks for it.
std::vector<Reply> EveryLook(const Client& who, const std::string& person, const std::string& other, const Headers& headers) {
  const std::string path = "/v1/people/" + person, dry = "?validateOnly=true";
  return {who.Get(path, headers), who.Patch(path + dry, {{"displayName", "Pat Example"}}, headers),
          who.Post(path + ":recordDeath" + dry, {{"diedOn", DayFromNow(-1)}}, headers),
          who.Post("/v1/people:merge" + dry, {{"survivorId", person}, {"duplicateId", other}, {"reason", "One"}}, headers),
          who.Post("/v1/people:merge" + dry, {{"survivorId", other}, {"duplicateId", person}, {"reason", "One"}}, headers)};
}

std::vector<Json> EntriesOf(Stack& stack, const std::string& actor, const std::string& action) {
  std::vector<Json> found;
  for (const Json& entry : stack.As("auditor", "").Get("/v1/audit?actor=" + actor).json.value("auditEntries", Json::array()))
    if (entry.value("action", "") == action) found.push_back(entry);
  return found;
}

TEST(PeopleAccess, Clause12_4_ALeaderOfAnotherServiceSeesNobodyWithoutSayingWhy) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  Impose(stack, person);
  const Client stranger = stack.As("team_leader", "Education", "E2700");
  const std::string own = RegisterPerson(stack);
  for (const Reply& reply : EveryLook(stranger, person, own, kAny)) {
    EXPECT_EQ(reply.status, 403) << reply;
    EXPECT_THAT(reply.body, ::testing::HasSubstr("X-Reason"));
    EXPECT_THAT(reply.body, ::testing::Not(::testing::HasSubstr("displayName")));
  }
}

TEST(PeopleAccess, Clause12_4_AStatedReasonOpensTheRecordAndStandsInTheAudit) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Client stranger = stack.As("team_leader", "Education", "E2701");
  EXPECT_THAT(stranger.Get("/v1/people/" + person, kReason), Succeeds());
  ASSERT_TRUE(Eventually([&] { return !EntriesOf(stack, "E2701", "person.seen_for_a_reason").empty(); }));
  const Json entry = EntriesOf(stack, "E2701", "person.seen_for_a_reason").front();
  EXPECT_EQ(entry.value("personId", ""), person);
  EXPECT_EQ(entry.value("reason", ""), "Moved to a tenancy of ours in Alloa – safeguarding");
  EXPECT_FALSE(EntriesOf(stack, "E2701", "person.read").empty());
}

std::string Times(int times, const std::string& text) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(PeopleAccess, AReasonOfAWordOrOfBrokenTextIsRefusedAndNamed) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  for (const std::string& reason :
       {std::string("because"), std::string("%E2%28%A1 not UTF-8 at all"), std::string(501, 'x'), std::string(12, '.'),
        std::string("1234567890"), std::string("a........."), Times(12, "%E2%80%8B"), Times(12, "%E2%A0%80"), Times(12, "%C2%A0")}) {
    const Reply reply = stack.As("team_leader").Get("/v1/people/" + person, {{"X-Reason", reason}});
    EXPECT_EQ(reply.status, 400) << reason;
    EXPECT_THAT(reply, Violates("X-Reason"));
  }
}

TEST(PeopleAccess, Clause12_4_AnIncidentInTheServiceTiesUnlessTheSameHandMadeItAlone) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Client leader = stack.As("team_leader", "Education", "E2702");
  const Reply own = leader.Post("/v1/incidents", AnIncident({{"serviceArea", "Education"}, {"person", {{"personId", person}}}}));
  ASSERT_THAT(own, Succeeds());
  EXPECT_EQ(leader.Get("/v1/people/" + person).status, 403) << "nobody ties themself to a person by their own hand alone";
  const Reply reported = stack.As("employee", "Education", "E1702").Post("/v1/incidents", AnIncident({{"serviceArea", "Education"}}));
  // Nor by linking what others reported: it is a colleague who confirms that it is about the person.
  ASSERT_THAT(
      stack.As("team_leader", "Education", "E2703").Post("/v1/incidents/" + reported.id() + ":linkPerson", {{"personId", person}}, kAny),
      Succeeds());
  EXPECT_THAT(leader.Get("/v1/people/" + person), Succeeds());
}

TEST(PeopleAccess, Clause12_4_ALookUpByHandleNamesNobodyToAStranger) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), person = RegisterPerson(stack, phone);
  const Client stranger = stack.As("team_leader", "Education", "E2703");
  const Reply found = stranger.Post("/v1/people:resolve", {{"phone", phone}});
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found.json["people"][0].value("personId", ""), person);
  EXPECT_EQ(found.json["people"][0].value("displayName", ""), "");
  EXPECT_NE(stack.As("team_leader").Post("/v1/people:resolve", {{"phone", phone}}).json["people"][0].value("displayName", ""), "");
}

TEST(PeopleAccess, UkGdprArticle15_OnlyTheDataProtectionOfficerGivesARecordOut) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Client officer = stack.As("data_protection_officer", "");
  EXPECT_EQ(officer.Post("/v1/people/" + person + ":exportData").status, 403) << "a reason is asked of the officer too";
  EXPECT_THAT(officer.Post("/v1/people/" + person + ":exportData", Json::object(), kReason), Succeeds());
}

TEST(PeopleAccess, WithIncidentServiceAwayNobodyIsLetInByDefault) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Client stranger = stack.As("team_leader", "Education", "E2704");
  stack.Signal("incident-service", SIGSTOP);
  EXPECT_EQ(stranger.Get("/v1/people/" + person).status, 503);
  EXPECT_THAT(stranger.Get("/v1/people/" + person, kReason), Succeeds());
  stack.Signal("incident-service", SIGCONT);
}

}  // namespace
}  // namespace evenhand::testing
