// Every role × every RPC: nothing without a rule, no rule without an RPC, and the table that people read is the one that decides.
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "google/api/annotations.pb.h"
#include "services/authority/authority.h"

namespace evenhand {
namespace {

constexpr char kPage[] = "docs/authority.md";

struct Method {
  std::string name;  // "evenhand.incident.v1.IncidentService/GetIncident"
  bool public_route = false;
};

// Of the whole contract, as the build compiled it.
std::vector<Method> AllMethods() {
  std::ifstream file(EVENHAND_PROTOSET, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromIstream(&file)) << EVENHAND_PROTOSET;
  std::vector<Method> methods;
  for (const auto& proto : set.file()) {
    for (const auto& service : proto.service()) {
      for (const auto& method : service.method()) {
        methods.push_back({proto.package() + "." + service.name() + "/" + method.name(), method.options().HasExtension(google::api::http)});
      }
    }
  }
  EXPECT_GT(methods.size(), 50u);
  return methods;
}

Actor Of(Role role, std::string area) { return {.id = "E1", .roles = {role}, .areas = {std::move(area)}}; }

TEST(Authority, NoRpcLacksARule) {
  const Authority authority(AllRules());
  for (const Method& method : AllMethods())
    EXPECT_NE(authority.Find(method.name), nullptr) << method.name << " has no rule: nobody may call it";
}

TEST(Authority, NoRuleLacksItsRpcAndNoneStandsTwice) {
  std::set<std::string> known;
  for (const Method& method : AllMethods()) known.insert(method.name);
  std::set<std::string_view> seen;
  for (const Rule& rule : AllRules()) {
    EXPECT_TRUE(known.contains(std::string(rule.method))) << rule.method;
    EXPECT_TRUE(seen.insert(rule.method).second) << rule.method << " has two rules";
    EXPECT_FALSE(rule.clause.empty() || rule.refusal.empty()) << rule.method << " refuses without a reason";
  }
}

TEST(Authority, EveryRoleMeetsEveryRpcAndDenyIsTheDefault) {
  for (const Rule& rule : AllRules()) {
    for (int i = 0; i < kRoleCount; ++i) {
      const Role role = static_cast<Role>(i);
      const bool own = std::ranges::find(rule.in_own_area, role) != rule.in_own_area.end();
      const bool any = std::ranges::find(rule.in_any_area, role) != rule.in_any_area.end();
      const auto by_role = RefusalByRole(rule, Of(role, "Housing"));
      EXPECT_EQ(!by_role.has_value(), own || any || rule.anybody) << rule.method << " " << NameOf(role);
      EXPECT_EQ(!RefusalInArea(rule, Of(role, "Housing"), "Housing").has_value(), own || any) << rule.method << " " << NameOf(role);
      EXPECT_EQ(!RefusalInArea(rule, Of(role, "Education"), "Housing").has_value(), any) << rule.method << " " << NameOf(role);
      EXPECT_TRUE(!by_role || by_role->clause == rule.clause) << rule.method;
    }
    EXPECT_EQ(RefusalByRole(rule, Actor{.id = "E1"}).has_value(), !rule.anybody) << rule.method << " lets someone without a role in";
  }
}

TEST(Authority, InternalRpcsTakeNobodysToken) {
  const Authority authority(AllRules());
  for (const Method& method : AllMethods()) {
    const Rule* rule = authority.Find(method.name);
    if (rule == nullptr || method.public_route || method.name.find("ContactStreamService") != std::string::npos) continue;
    EXPECT_TRUE(rule->in_own_area.empty() && rule->in_any_area.empty()) << method.name << " is internal";
    EXPECT_FALSE(rule->services.empty()) << method.name << " is nobody's";
  }
}

std::string Page() {
  std::ostringstream page;
  page << "# Who may do what\n\nPrinted from `services/authority/`; deny is the default. **own**: where the caller's `service_areas` name "
          "the thing's area; **any**: wherever. "
          "Conflicts of interest are refused on top (7.3, 12.4). Where a system acts for a user, both must have the right.\n\n| RPC | "
          "clause | own area | any area | services |\n|---|---|---|---|---|\n";
  std::map<std::string_view, const Rule*> sorted;
  const std::vector<Rule> rules = AllRules();
  for (const Rule& rule : rules) sorted[rule.method] = &rule;
  const auto names = [](const std::vector<Role>& roles) {
    std::string text;
    for (const Role role : roles) text += (text.empty() ? "" : ", ") + std::string(NameOf(role));
    return text;
  };
  for (const auto& [method, rule] : sorted) {
    std::string services;
    for (const std::string_view service : rule->services) services += (services.empty() ? "" : ", ") + std::string(service);
    if (rule->for_user) services += ", for their user";
    page << "| " << method.substr(std::string_view("evenhand.").size()) << " | " << rule->clause << " | " << names(rule->in_own_area)
         << " | " << (rule->anybody ? "whoever signs in" : names(rule->in_any_area)) << " | " << services << " |\n";
  }
  return page.str();
}

TEST(Authority, ThePageThatPeopleReadIsTheTableThatDecides) {
  if (std::getenv("EVENHAND_UPDATE_DOCS") != nullptr) std::ofstream(kPage) << Page();
  std::ifstream file(kPage);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), Page()) << "run this test with EVENHAND_UPDATE_DOCS=1 to print " << kPage << " anew";
}

}  // namespace
}  // namespace evenhand
