#include "gateway/handle_limit.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include "services/platform/base/protection.h"
#include "services/platform/obs/log.h"

namespace evenhand::gateway {

HandleLimit::HandleLimit(std::string_view limits, std::size_t threads) : windows_(std::chrono::hours(1), threads) {
  std::array<std::optional<std::uint32_t>, kRoleCount> said;
  for (const absl::string_view piece :
       absl::StrSplit(absl::string_view(limits.data(), limits.size()), absl::ByAnyChar(", "), absl::SkipEmpty())) {
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const absl::string_view name = piece.substr(0, equals);
    const auto role = RoleNamed({name.data(), name.size()});
    std::uint32_t most = 0;
    if (!role || equals == piece.size() || !absl::SimpleAtoi(piece.substr(equals + 1), &most))
      throw std::runtime_error("handle-limits: " + std::string(piece) + " is no role with a number, as in employee=1000");
    said[static_cast<std::size_t>(*role)] = most;
  }
  const auto employee = said[static_cast<std::size_t>(Role::kEmployee)];
  if (!employee) throw std::runtime_error("handle-limits: the role employee needs a number");
  for (std::size_t i = 0; i < most_.size(); ++i) most_[i] = said[i].value_or(*employee);
}

std::uint32_t HandleLimit::MostOf(const Actor& actor) const {
  std::uint32_t most = 0;
  for (const Role role : actor.roles) {
    const std::uint32_t of_role = most_[static_cast<std::size_t>(role)];
    if (of_role == 0) return 0;
    most = std::max(most, of_role);
  }
  return most > 0 ? most : most_[static_cast<std::size_t>(Role::kEmployee)];
}

HandleLimit::Verdict HandleLimit::Take(std::size_t thread, const Actor& actor, std::size_t handles, std::int64_t now) {
  const std::uint32_t most = MostOf(actor);
  if (most == 0 || !ProtectionOn(Protection::kHandleLimit)) return {};
  const auto many = static_cast<std::uint32_t>(std::clamp<std::size_t>(handles, 1, UINT32_MAX));
  const Windows::Taken taken = windows_.Take(thread, actor.id, many, most, now);
  if (!taken.allowed) refused_.fetch_add(1, std::memory_order_relaxed);
  if (taken.before < most / 2 && taken.after >= most / 2 && taken.allowed)
    Log(Level::kWarning, "many_handles", {{"actor", actor.id}, {"asked", std::to_string(taken.after)}, {"limit", std::to_string(most)}});
  return {.allowed = taken.allowed, .most = most, .reset_seconds = taken.reset_seconds};
}

}  // namespace evenhand::gateway
