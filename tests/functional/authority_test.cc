// Every role against every route, through the door: whoever the table does not name is refused, with the clause.
#include <fstream>
#include <regex>

#include "services/authority/authority.h"
#include "tests/functional/harness.h"
#include "tests/functional/routes.h"

namespace evenhand::testing {
namespace {

constexpr char kNobody[] = "00000000-0000-7000-8000-000000000000";

std::string PathOf(const std::string& route) { return std::regex_replace(route, std::regex(R"(\{[^}]*\})"), kNobody); }

Reply Knock(const Client& client, const Route& route) {
  const std::string path = PathOf(route.path);
  if (route.streamed)
    return client.Stream(path, "", route.path.ends_with(":import") ? "text/csv" : "image/png", {{"X-Evidence-Name", "a.png"}});
  if (route.verb == "GET") return client.Get(path);
  if (route.verb == "DELETE") return client.Delete(path);
  return client.Send(route.verb, path, "{}", {{"Content-Type", "application/json"}});
}

bool Names(const std::vector<Role>& roles, Role role) { return std::ranges::find(roles, role) != roles.end(); }

TEST(Authority, EveryRoleMeetsEveryRouteAndTheTableDecides) {
  Stack& stack = Stack::Shared();
  const Authority authority(AllRules());
  const std::vector<Route> routes = AllRoutes();
  ASSERT_GT(routes.size(), 60u);
  for (const Route& route : routes) {
    const Rule* rule = authority.Find(route.method);
    ASSERT_NE(rule, nullptr) << route.method;
    EXPECT_EQ(Knock(stack.Anonymous(), route).status, 401) << route.verb << " " << route.path << " without a token";
    for (int i = 0; i < kRoleCount; ++i) {
      const Role role = static_cast<Role>(i);
      const Reply reply = Knock(stack.As(std::string(NameOf(role)), "Nowhere"), route);
      const bool named = rule->anybody || Names(rule->in_own_area, role) || Names(rule->in_any_area, role);
      const std::string knock = std::string(NameOf(role)) + " " + route.verb + " " + route.path;
      if (!named) {
        EXPECT_THAT(reply, Refused(403, std::string(rule->clause))) << knock << "\n" << reply;
      } else {
        EXPECT_NE(reply.status, 401) << knock;
      }
      EXPECT_LT(reply.status, 500) << knock << "\n" << reply;
      EXPECT_NE(reply.status, 0) << knock;
    }
  }
}

TEST(Authority, WhereASystemActsForAUserBothMustHaveTheRight) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply proposed = Propose(stack, person);
  const Client manager_through_crm = stack.ActingFor("crm", "senior_manager", "Housing", "E9001");
  EXPECT_EQ(manager_through_crm.Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch()).status, 403)
      << "the manager may, the CRM may not";
  EXPECT_THAT(manager_through_crm.Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", "07700 900001"}}), Succeeds()) << "both may";
}

}  // namespace
}  // namespace evenhand::testing
