// The public address of each RPC, printed from the contract at build time.
#pragma once

#include <span>
#include <string_view>

namespace evenhand {

struct PublicRoute {
  std::string_view rpc;     // "evenhand.restriction.v1.RestrictionService/ImposeRestriction"
  std::string_view method;  // "POST"
  std::string_view path;    // "/v1/restrictions/{id}:impose"
};

// By path and method.
std::span<const PublicRoute> PublicRoutes();

}  // namespace evenhand
