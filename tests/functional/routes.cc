#include "tests/functional/routes.h"

#include <fstream>

#include <google/api/annotations.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

namespace evenhand::testing {
namespace {

void Add(std::vector<Route>& routes, const std::string& method, const google::api::HttpRule& rule, bool streamed) {
  if (!rule.get().empty()) routes.push_back({method, "GET", rule.get(), false});
  if (!rule.post().empty()) routes.push_back({method, "POST", rule.post(), streamed});
  if (!rule.put().empty()) routes.push_back({method, "PUT", rule.put(), streamed});
  if (!rule.patch().empty()) routes.push_back({method, "PATCH", rule.patch(), false});
  if (!rule.delete_().empty()) routes.push_back({method, "DELETE", rule.delete_(), false});
  for (const auto& more : rule.additional_bindings()) Add(routes, method, more, streamed);
}

}  // namespace

std::vector<Route> AllRoutes() {
  std::ifstream file(EVENHAND_PROTOSET, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromIstream(&file)) << EVENHAND_PROTOSET;
  std::vector<Route> routes;
  for (const auto& proto : set.file()) {
    for (const auto& service : proto.service()) {
      for (const auto& method : service.method()) {
        if (!method.options().HasExtension(google::api::http)) continue;
        Add(routes, proto.package() + "." + service.name() + "/" + method.name(), method.options().GetExtension(google::api::http),
            method.client_streaming());
      }
    }
  }
  return routes;
}

}  // namespace evenhand::testing
