// The contract as an integrator meets it, and every command of the pages written for them, against real stacks.
#include <cstdio>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

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

TEST(Contract, TheDocsPageNeedsNothingFromElsewhere) {
  const Reply page = Stack::Shared().Anonymous().Get("/docs");
  ASSERT_EQ(page.status, 200) << page;
  for (const std::string outside : {"src=\"http", "href=\"http", "@import", "url(http"}) {
    EXPECT_EQ(page.body.find(outside), std::string::npos) << outside;
  }
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
