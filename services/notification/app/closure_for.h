// Messages, letters, shares and tasks are closed to whoever the case is closed to (12.4).
#pragma once

#include <string>

#include "services/closure/closure.h"
#include "services/notification/app/context.h"

namespace evenhand::notification {

inline Closure ClosureFor(const Context& context, const Call& call) {
  return Closure(context.unit_of_work, call, OwnCall("closure"),
                 [&context, &call](const std::string& person_id) { return context.peers.Person(call, person_id); });
}

// Of a list: what is closed to the caller is left out; where it can't be asked whose case it is, there is no list (503).
template <typename Things>
std::optional<Refusal> KeepOpenOnes(const Context& context, const Call& call, Things& things) {
  Closure closure = ClosureFor(context, call);
  Things open;
  for (auto& thing : things) {
    const auto no = closure.RefusalOf(thing.person_id());
    if (no && no->kind != RefusalKind::kNotPermitted) return no;
    if (!no) *open.Add() = std::move(thing);
  }
  things.Swap(&open);
  return std::nullopt;
}

}  // namespace evenhand::notification
