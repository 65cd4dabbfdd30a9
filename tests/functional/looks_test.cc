// Every look leaves a trace, the refused ones too (12.4): each route with an id in its path is asked by somebody who has no right to the
// record.
#include <set>

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

// The id and every entry of a list's first page.
std::set<std::string> IdsIn(const Json& reply) {
  std::set<std::string> ids;
  if (reply.contains("id")) return {reply.value("id", "")};
  for (const auto& [name, list] : reply.items()) {
    if (!list.is_array()) continue;
    for (const Json& one : list)
      if (one.is_object() && one.contains("id") && one["id"].is_string()) ids.insert(one["id"].get<std::string>());
  }
  return ids;
}

TEST(Clause12_4, EveryReadThatShowsARecordLeavesATraceOnEveryRoute) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Client leader = stack.As("team_leader"), manager = stack.As("senior_manager");
  const std::string threat = EvidenceAbout(stack, person, {{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}});
  const std::string restriction = Impose(stack, person).id();
  const Reply marker = leader.Post("/v1/people/" + person + "/markers", {{"incidentIds", {threat}},
                                                                         {"serviceArea", "Housing"},
                                                                         {"category", "PHYSICAL_THREAT"},
                                                                         {"instruction", "Visit in pairs"},
                                                                         {"ageCheck", {{"basis", "Known to the service as an adult"}}}});
  ASSERT_THAT(manager.Post("/v1/delegations",
                           {{"delegateId", "E3003"}, {"serviceArea", "Housing"}, {"endsAt", InstantFromNow(300)}, {"reason", "Leave"}}),
              Succeeds());
  const Json lodged = {{"restrictionId", restriction}, {"receivedOn", DayFromNow(0)}, {"by", "PERSON"}, {"grounds", "Not fair"}};
  const Reply appeal = leader.Post("/v1/appeals", lodged);
  ASSERT_THAT(appeal, Succeeds());
  EXPECT_EQ(stack.As("team_leader", "Housing", "E5999").Post("/v1/appeals", lodged).status, 409);
  EXPECT_GE(RefusedBy(stack, "E5999"), 1) << "that there is an appeal was told";
  ASSERT_TRUE(Eventually([&] { return !leader.Get("/v1/tasks").json["tasks"].empty(); }, 30));
  ASSERT_TRUE(Eventually([&] { return !leader.Get("/v1/letters").json["letters"].empty(); }, 30));
  int number = 6000, shown = 0;
  for (const Route& route : AllRoutes()) {
    if (route.verb != "GET" || route.streamed) continue;
    const Client reader =
        stack.As("team_leader,senior_manager,health_safety_adviser,administrator,auditor", "Housing", "E" + std::to_string(++number));
    std::string path = route.path;
    if (const std::size_t at = path.find("/{id}"); at != std::string::npos) {
      const std::set<std::string> listed = IdsIn(leader.Get(path.substr(0, at)).json);
      const std::string id = path.starts_with("/v1/people/") ? person : listed.empty() ? "" : *listed.begin();
      path.replace(at + 1, 4, id);
    }
    if (const std::size_t at = path.find("{mid}"); at != std::string::npos) path.replace(at, 5, marker.id());
    if (path.find('{') != std::string::npos) continue;
    const Reply reply = reader.Get(path, {{"X-Reason", "The trail of looks is tried"}});
    std::set<std::string> ids = reply.status == 200 && reply.json.is_object() ? IdsIn(reply.json) : std::set<std::string>();
    std::erase_if(ids, [](const std::string& id) { return id.size() != 36; });  // names of areas and of kinds are no records
    if (ids.empty()) continue;
    ++shown;
    std::string any;
    for (const std::string& id : ids) any += (any.empty() ? "'" : ", '") + id + "'";
    int kept = 0;
    for (const char* service : {"incident", "restriction", "appeal", "notification"})
      kept += std::stoi(stack.Sql("select count(*) from " + std::string(service) + ".audit where actor = 'E" + std::to_string(number) +
                                  "' and subject_id in (" + any + ")"));
    EXPECT_GE(kept, 1) << route.path << " " << reply;
  }
  EXPECT_GE(shown, 15) << "the walk sees most of the routes";
}

}  // namespace
}  // namespace evenhand::testing
