// Who asks: the person or system as the identity provider knows them (policy 4.1-4.2).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evenhand {

enum class Role {
  kEmployee,
  kTeamLeader,     // also principal teacher
  kSeniorManager,  // also head of establishment
  kStrategicDirector,
  kHrBusinessPartner,
  kCommunicationsLead,
  kHealthSafetyAdviser,
  kAuditor,
  kUnionRepresentative,
  kAdministrator,
  kDataProtectionOfficer,  // a person's rights over their data
  kCrm,                    // systems
  kPortal,
  kMonitoring,
};
inline constexpr int kRoleCount = static_cast<int>(Role::kMonitoring) + 1;

// "senior_manager", as in the token's roles[].
std::string_view NameOf(Role role);
// In any case and with any blanks; also by the words that the policy has for the same ranks: "principal_teacher".
std::optional<Role> RoleNamed(std::string_view name);

struct Actor {
  std::string id;    // token `sub`: the staff number, the same as staffId, lineManagerId, assignee, in its one form (base/canonical.h)
  std::string name;  // token `name`
  std::vector<Role> roles;
  std::vector<std::string> areas;          // token `service_areas[]`, as the areas' own names
  std::vector<std::string> unknown_roles;  // what the token names as roles and is none
  std::vector<std::string> unknown_areas;  // those of the token that are no areas: they give no right
  std::shared_ptr<const Actor> through;    // the system that acts for this user (token `act`), if any

  bool Has(Role role) const;
  bool WorksIn(std::string_view area) const;

  // Authority of 4.1-4.2 in an area of one's own: employee < team leader < senior manager < strategic director.
  // True for `role` or any above it. Roles outside that line hold nothing by rank.
  bool Holds(Role role, std::string_view area) const;

  // The same line without regard to area: for rules that name none ("a manager", 7.14).
  bool RanksAtLeast(Role role) const;
};

}  // namespace evenhand
