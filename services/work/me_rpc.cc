#include "services/work/me_rpc.h"

#include <algorithm>

#include "services/authority/routes.h"

namespace evenhand {

work::v1::Me MeOf(const Actor& actor, std::span<const Rule> rules) {
  work::v1::Me me;
  me.set_sub(actor.id);
  me.set_name(actor.name.empty() ? actor.id : actor.name);
  for (const Role role : actor.roles) me.add_roles(std::string(NameOf(role)));
  me.mutable_service_areas()->Assign(actor.areas.begin(), actor.areas.end());
  me.mutable_unknown_roles()->Assign(actor.unknown_roles.begin(), actor.unknown_roles.end());
  me.mutable_unknown_areas()->Assign(actor.unknown_areas.begin(), actor.unknown_areas.end());
  if (actor.through != nullptr) me.set_acting_through(actor.through->id);
  for (const PublicRoute& route : PublicRoutes()) {
    const auto rule = std::ranges::find(rules, route.rpc, &Rule::method);
    if (rule == rules.end() || RefusalByRole(*rule, actor)) continue;
    work::v1::Me::Right& right = *me.add_may();
    right.set_method(std::string(route.method));
    right.set_path(std::string(route.path));
    right.set_operation(std::string(route.rpc.substr(route.rpc.find('/') + 1)));
    right.set_own_areas_only(!rule->anybody && !InEveryArea(*rule, actor));
  }
  return me;
}

grpc::Status MeRpc::GetMe(grpc::ServerContext* context, const work::v1::GetMeRequest* request, work::v1::Me* reply) {
  return rpc_.Unary(context, "GetMe", *request, reply, [&](const Call& call) -> Outcome<work::v1::Me> { return MeOf(call.actor, rules_); });
}

}  // namespace evenhand
