#include "services/platform/auth/actor.h"

#include <algorithm>
#include <array>

#include "services/platform/base/canonical.h"

namespace evenhand {
namespace {

constexpr std::array<std::string_view, kRoleCount> kNames = {"employee",
                                                             "team_leader",
                                                             "senior_manager",
                                                             "strategic_director",
                                                             "hr_business_partner",
                                                             "communications_lead",
                                                             "health_safety_adviser",
                                                             "auditor",
                                                             "union_representative",
                                                             "administrator",
                                                             "data_protection_officer",
                                                             "crm",
                                                             "portal",
                                                             "monitoring"};

// Words for the same ranks (4.1, 4.2, 7.11).
constexpr std::pair<std::string_view, Role> kAlsoNamed[] = {{"chief_executive", Role::kStrategicDirector},
                                                            {"head_of_establishment", Role::kSeniorManager},
                                                            {"principal_teacher", Role::kTeamLeader}};

constexpr bool InLine(Role role) { return role <= Role::kStrategicDirector; }

}  // namespace

std::string_view NameOf(Role role) { return kNames[static_cast<std::size_t>(role)]; }

std::optional<Role> RoleNamed(std::string_view name) {
  const std::string key = CanonicalKey(name);
  for (const auto& [word, role] : kAlsoNamed)
    if (key == word) return role;
  const auto found = std::ranges::find(kNames, key);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Role>(found - kNames.begin());
}

bool Actor::Has(Role role) const { return std::ranges::find(roles, role) != roles.end(); }

bool Actor::WorksIn(std::string_view area) const { return std::ranges::find(areas, area) != areas.end(); }

bool Actor::RanksAtLeast(Role role) const {
  return InLine(role) && std::ranges::any_of(roles, [&](Role held) { return InLine(held) && held >= role; });
}

bool Actor::Holds(Role role, std::string_view area) const { return WorksIn(area) && RanksAtLeast(role); }

}  // namespace evenhand
