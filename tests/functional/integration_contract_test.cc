// The contract as an integrator meets it, and every command of the pages written for them, against real stacks.
#include <cstdio>
#include <regex>
#include <set>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Runs a program of tests/contract from the clone's root; its whole output where it failed.
std::string FailureOf(const std::string& command) {
  std::string output;
  FILE* program = popen(("(" + command + ") 2>&1").c_str(), "r");
  if (program == nullptr) return "could not start " + command;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, program)) output.append(buffer, got);
  return pclose(program) == 0 ? "" : output;
}

TEST(Contract, TheServedOpenApiIsCleanAndItsGeneratedClientDoesTheMainJob) {
  Stack& stack = Stack::Shared();
  EXPECT_EQ(FailureOf("tests/contract/run http://127.0.0.1:" + std::to_string(stack.port()) + " " + stack.data_dir()), "");
}

TEST(Contract, TheDocsPageNeedsNothingFromElsewhereAndRunsNoScriptButItsOwn) {
  const Client anybody = Stack::Shared().Anonymous();
  const Reply page = anybody.Get("/docs");
  ASSERT_EQ(page.status, 200) << page;
  for (const std::string outside : {"src=\"http", "href=\"http", "@import", "url(http"}) {
    EXPECT_EQ(page.body.find(outside), std::string::npos) << outside;
  }
  const std::string& policy = page.headers.at("content-security-policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self';"));
  EXPECT_THAT(policy, Not(HasSubstr("eval")));
  // Every address that the page names is there, and what draws it may be kept.
  const std::regex named("(?:src|href)=\"(/[^\"]*)\"");
  for (std::sregex_iterator at(page.body.begin(), page.body.end(), named), end; at != end; ++at) {
    const std::string path = (*at)[1];
    const Reply part = anybody.Get(path);
    EXPECT_EQ(part.status, 200) << path;
    if (path.find("api-reference") == std::string::npos) continue;
    EXPECT_EQ(part.headers.at("content-encoding"), "gzip");
    EXPECT_THAT(part.headers.at("cache-control"), HasSubstr("immutable"));
  }
  EXPECT_EQ(FailureOf("tools/api_reference --check"), "");
  for (const char* elsewhere : {"/openapi.json", "/favicon.ico"})
    EXPECT_THAT(anybody.Get(elsewhere).headers.at("content-security-policy"), Not(HasSubstr("unsafe"))) << elsewhere;
}

// A body's example is sent as it stands: it is accepted, or refused for the things it names that aren't there, never as unreadable.
TEST(Contract, EveryExampleIsAcceptedOrRefusedForTheThingsItNames) {
  Stack& stack = Stack::Shared();
  const Json paths = stack.Anonymous().Get("/openapi.json").json["paths"];
  const std::vector<Client> callers = {stack.As("administrator,senior_manager,team_leader,hr_business_partner"),
                                       stack.As("strategic_director", "Education", "E4001"),
                                       stack.As("crm", ""),
                                       stack.As("auditor", ""),
                                       stack.As("data_protection_officer", ""),
                                       stack.As("employee", "Housing", "E1500")};
  const std::regex names_a_thing("(.*[iI]ds?|duplicateOf)(\\[\\d+\\])?");
  const std::set<std::string> accepted = {"CheckContact",   "RecordContact", "BatchCheckContacts", "ReplayContact",    "ResolvePeople",
                                          "RecordIncident", "CreatePerson",  "CreateWebhook",      "CreateDelegation", "PutAudience",
                                          "PutServiceArea", "AddHoliday",    "PreviewLetter"};
  int sent = 0;
  for (const auto& [path, methods] : paths.items()) {
    for (const auto& [method, operation] : methods.items()) {
      const Json media = operation.value("/requestBody/content/application~1json"_json_pointer, Json::object());
      if (!media.contains("example")) continue;
      const std::string id = operation["operationId"];
      std::string verb = method, url = std::regex_replace(path, std::regex("\\{[^}]+\\}"), "01a22e36-98e1-7cfe-b62e-a7b3fe688ba7");
      if (path.starts_with("/v1/calendars/")) url = std::regex_replace(url, std::regex("01a22e36[^/]*"), "scotland");
      for (char& c : verb) c = static_cast<char>(std::toupper(c));
      Reply reply;
      for (const Client& caller : callers) {
        reply = caller.Send(verb, url + "?validateOnly=true", media["example"].dump(),
                            {{"Content-Type", "application/json"}, {"If-Match", "*"}, {"X-Reason", "An example of a reason"}});
        if (reply.status != 403) break;
      }
      ++sent;
      const std::string said = id + " " + media["example"].dump();
      EXPECT_NE(reply.Text("reason"), "UNREADABLE_REQUEST") << said << reply;
      EXPECT_THAT(reply.status, AnyOf(200, 404, 400)) << said << reply;
      if (accepted.contains(id)) {
        EXPECT_EQ(reply.status, 200) << said << reply;
      }
      if (reply.status != 400) continue;
      for (const Json& fault : reply.json["violations"])
        EXPECT_TRUE(std::regex_match(fault.value("field", ""), names_a_thing)) << said << "\n" << fault;
    }
  }
  EXPECT_GT(sent, 60) << "the walk has found the contract";
}

TEST(CommandLine, CompletionManPageAndExitCodesAreWhatHelpSays) {
  EXPECT_EQ(FailureOf("python3 tests/contract/command_line.py " + Stack::Shared().data_dir()), "");
}

TEST(Samples, TheScreenPopNeverSaysClearByMistakeTheFeederGoesOnAfterACutAndTheReceiverTakesNoForgery) {
  Stack& stack = Stack::Shared();
  EXPECT_EQ(FailureOf("python3 tests/contract/samples.py http://127.0.0.1:" + std::to_string(stack.port()) + " " +
                      stack.As("crm", "").token() + " " + stack.As("portal", "").token()),
            "");
}

TEST(IntegratePage, EveryShellBlockRunsAsItStands) { EXPECT_EQ(FailureOf("python3 tests/contract/run_integrate.py"), ""); }

}  // namespace
}  // namespace evenhand::testing
