// The same caller by the rule of another RPC: what waits in a list that everybody may ask for is told to those who may call what it leads
// to.
#pragma once

#include <optional>
#include <string_view>

#include "services/platform/rpc/call.h"

namespace evenhand {

// Nothing where the caller's roles may not call it anywhere; the area is asked of the call that comes back.
inline std::optional<Call> AsCallOf(const Call& call, const Authority& authority, std::string_view method) {
  const Rule* rule = authority.Find(method);
  if (rule == nullptr || RefusalByRole(*rule, call.actor)) return std::nullopt;
  Call other = call;
  other.method = std::string(method);
  other.rule = rule;
  return other;
}

}  // namespace evenhand
