// Every decision and every look at a person's record leaves a line that nobody can change; auditors read them over all services.
#include <set>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

std::vector<Json> Audit(Stack& stack, const std::string& query) {
  const Reply reply = stack.As("auditor", "", "A1").Get("/v1/audit?" + query);
  EXPECT_EQ(reply.status, 200) << reply;
  return reply.json.value("auditEntries", std::vector<Json>());
}

bool Has(const std::vector<Json>& entries, const std::string& action, const std::string& actor) {
  return std::ranges::any_of(entries,
                             [&](const Json& entry) { return entry.value("action", "") == action && entry.value("actor", "") == actor; });
}

TEST(Clause12_4, ADecisionSaysWhoDidWhatUnderWhichClauseWithItsTrace) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply proposed = Propose(stack, person);
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  Headers headers = proposed.IfMatch();
  headers["traceparent"] = "00-" + trace + "-00f067aa0ba902b7-01";
  ASSERT_THAT(stack.As("senior_manager", "Housing", "E7001").Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), headers),
              Succeeds());
  const std::vector<Json> entries = Audit(stack, "subjectId=" + proposed.id() + "&action=restriction.imposed");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0]["actor"], "E7001");
  EXPECT_EQ(entries[0]["service"], "restriction");
  EXPECT_EQ(entries[0]["clause"], "7.3");
  EXPECT_EQ(entries[0]["personId"], person);
  EXPECT_EQ(entries[0]["traceId"], trace);
}

TEST(Clause12_4, EveryLookAtAPersonsRecordIsAudited) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  const Reply restriction = Propose(stack, person);
  const Client reader = stack.As("team_leader", "Housing", "E7002");
  for (const std::string& path : {"/v1/people/" + person, "/v1/incidents/" + incident, "/v1/restrictions/" + restriction.id()})
    EXPECT_THAT(reader.Get(path), Succeeds()) << path;
  for (const std::string& subject : {person, incident, restriction.id()}) {
    const std::vector<Json> entries = Audit(stack, "subjectId=" + subject + "&actor=E7002");
    EXPECT_TRUE(std::ranges::any_of(entries, [](const Json& entry) { return entry.value("action", "").ends_with(".read"); }))
        << subject << " " << Json(entries).dump();
  }
}

TEST(Clause12_4, ACheckThatGaveGuidanceIsAuditedWithinASecondOrSo) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const Reply imposed = Impose(stack, person);
  const Reply check =
      stack.As("crm", "", "crm-desk-7")
          .Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", phone}, {"consistencyToken", imposed.Text("consistencyToken")}});
  ASSERT_EQ(check.Text("outcome"), "GUIDANCE") << check;
  EXPECT_TRUE(Eventually([&] { return !Audit(stack, "personId=" + person + "&actor=crm-desk-7").empty(); }, 3));
}

TEST(Clause12_4, PagesOverAllServicesMissNothingAndTheReadingIsAuditedToo) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  EvidenceAbout(stack, person);
  std::set<std::string> seen;
  std::string token;
  do {
    const Reply page =
        stack.As("auditor", "", "A2").Get("/v1/audit?pageSize=7&actor=u-team_leader" + (token.empty() ? "" : "&pageToken=" + token));
    ASSERT_EQ(page.status, 200) << page;
    for (const Json& entry : page.json["auditEntries"])
      EXPECT_TRUE(seen.insert(entry["service"].get<std::string>() + entry["id"].get<std::string>()).second) << "twice";
    token = page.Text("nextPageToken");
  } while (!token.empty() && seen.size() < 500);
  EXPECT_GE(static_cast<int>(seen.size()), 2);
  EXPECT_TRUE(Has(Audit(stack, "action=audit.read"), "audit.read", "A2"));
}

TEST(Clause12_4, OnlyAuditorsReadTheAudit) {
  Stack& stack = Stack::Shared();
  for (const char* role : {"employee", "senior_manager", "strategic_director", "administrator", "crm"}) {
    EXPECT_THAT(stack.As(role).Get("/v1/audit"), Refused(403, "12.4")) << role;
  }
}

}  // namespace
}  // namespace evenhand::testing
