#include "services/platform/auth/authority.h"

#include <algorithm>

#include "services/platform/base/protection.h"

namespace evenhand {
namespace {

bool HasAny(const Actor& actor, const std::vector<Role>& roles) {
  return std::ranges::any_of(roles, [&](Role role) { return actor.Has(role); });
}

Refusal Denied(const Rule& rule) { return NotPermitted(std::string(rule.clause), std::string(rule.refusal)); }

// Both the user and the system that acts for them must pass. A system has no service areas of its own: it reaches where its user does.
template <typename Passes>
std::optional<Refusal> Judge(const Rule& rule, const Actor& actor, Passes passes) {
  if (!ProtectionOn(Protection::kClosedByDefault)) return std::nullopt;
  if (!passes(actor, false)) return Denied(rule);
  if (actor.through != nullptr && !passes(*actor.through, true)) return Denied(rule);
  return std::nullopt;
}

}  // namespace

const Rule* Authority::Find(std::string_view method) const {
  const auto found = std::ranges::find(rules_, method, &Rule::method);
  return found == rules_.end() ? nullptr : &*found;
}

std::optional<Refusal> RefusalByRole(const Rule& rule, const Actor& actor) {
  if (rule.anybody) return std::nullopt;
  return Judge(rule, actor, [&](const Actor& who, bool) { return HasAny(who, rule.in_own_area) || HasAny(who, rule.in_any_area); });
}

std::optional<Refusal> RefusalInArea(const Rule& rule, const Actor& actor, std::string_view area) {
  return Judge(rule, actor, [&](const Actor& who, bool is_system) {
    return HasAny(who, rule.in_any_area) || (HasAny(who, rule.in_own_area) && (is_system || (!area.empty() && who.WorksIn(area))));
  });
}

bool InEveryArea(const Rule& rule, const Actor& actor) { return HasAny(actor, rule.in_any_area); }

}  // namespace evenhand
