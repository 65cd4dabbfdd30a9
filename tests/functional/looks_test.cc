// Every look leaves a trace, the refused ones too (12.4): each route with an id in its path is asked by somebody who has no right to the
// record.
#include "tests/functional/harness.h"
#include "tests/functional/routes.h"

namespace evenhand::testing {
namespace {

// `{id}` and its like; a record that exists where one was made for it, else an id of nothing (a 404 that may hide).
std::string Filled(std::string path, const std::map<std::string, std::string>& records) {
  std::string id = "00000000-0000-7000-8000-000000000000";
  for (const auto& [prefix, made] : records) {
    if (path.starts_with(prefix)) id = made;
  }
  for (std::size_t at; (at = path.find('{')) != std::string::npos;) path.replace(at, path.find('}', at) - at + 1, id);
  return path;
}

int RefusedBy(Stack& stack, const std::string& actor) {
  std::string sum;
  for (const char* service : {"incident", "restriction", "appeal", "notification"})
    sum += std::string(sum.empty() ? "" : " + ") + "(select count(*) from " + service + ".audit where actor = '" + actor +
           "' and action like '%.refused')";
  return std::stoi(stack.Sql("select " + sum));
}

TEST(Clause12_4, EveryRefusedLookLeavesATraceOnEveryRoute) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::string incident = EvidenceAbout(stack, person);
  const std::string restriction = Propose(stack, person).id();
  const std::map<std::string, std::string> records = {
      {"/v1/people/{id}", person}, {"/v1/incidents/{id}", incident}, {"/v1/restrictions/{id}", restriction}};
  int number = 5000;
  for (const Route& route : AllRoutes()) {
    if (route.path.find('{') == std::string::npos || route.streamed) continue;
    // Somebody new each time, so that nothing is collapsed; monitoring reads no record.
    const std::string actor = "E" + std::to_string(++number);
    const Client nobody = stack.As("monitoring", "Education", actor);
    const std::string path = Filled(route.path, records);
    const Reply reply = nobody.Send(route.verb, path, route.verb == "GET" || route.verb == "DELETE" ? "" : "{}",
                                    {{"Content-Type", "application/json"}, {"If-Match", "*"}});
    if (reply.status != 403 && reply.status != 404) continue;  // open to all, or refused for its content first
    EXPECT_GE(RefusedBy(stack, actor), 1) << route.verb << " " << route.path << " " << reply;
  }
}

TEST(Clause12_4, ARefusedReadNamesTheRecordTheReaderAndTheClause) {
  Stack& stack = Stack::Shared();
  const std::string incident = EvidenceAbout(stack, RegisterPerson(stack));
  EXPECT_EQ(stack.As("employee", "Education", "E1777").Get("/v1/incidents/" + incident).status, 403);
  EXPECT_EQ(stack.Sql("select actor || ' ' || action || ' ' || clause from incident.audit where subject_id = '" + incident +
                      "' and action like '%.refused'"),
            "E1777 incident.get.refused 12.4");
}

}  // namespace
}  // namespace evenhand::testing
