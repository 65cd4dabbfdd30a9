// Who may call what, where: role × RPC × scope, deny by default (policy 4.1-4.2). The tables themselves stand in services/authority/.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"

namespace evenhand {

// One line of the table, read aloud: "ImposeRestriction: senior managers and strategic directors, in their own area (7.3)".
struct Rule {
  std::string_view method;                 // "evenhand.restriction.v1.RestrictionService/ImposeRestriction"
  std::vector<Role> in_own_area;           // may, where their service_areas name the thing's area
  std::vector<Role> in_any_area;           // may, wherever
  std::vector<std::string_view> services;  // other processes that may ask on their own account ("appeal"); no user needed
  std::string_view clause;                 // what refuses the others
  std::string_view refusal;                // the sentence they read
  bool anybody = false;                    // whoever has a token that holds, whatever their roles: they ask about themselves
  bool for_user = false;                   // `services` ask for the user whose token they bring along, with that user's rights
};

class Authority {
 public:
  explicit Authority(std::vector<Rule> rules) : rules_(std::move(rules)) {}

  // The rule of a method, or null: then nobody may.
  const Rule* Find(std::string_view method) const;

  std::span<const Rule> rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

// The refusal of this actor by this rule, wherever the thing may be: asked before anything is loaded. Where a system acts for a
// user, both must have the right.
std::optional<Refusal> RefusalByRole(const Rule& rule, const Actor& actor);

// The refusal once the thing's service area is known. Empty `area`: only roles of any area pass.
std::optional<Refusal> RefusalInArea(const Rule& rule, const Actor& actor, std::string_view area);

// May this actor do so in every area? For lists: if not, the list shows the actor's own areas only.
bool InEveryArea(const Rule& rule, const Actor& actor);

}  // namespace evenhand
