#include "tests/functional/routes.h"

#include <fstream>

#include <google/api/annotations.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "evenhand/common/v1/fields.pb.h"

namespace evenhand::testing {
namespace {

// Where it is not said, the process is named like the package: "evenhand.incident.v1".
std::string ProcessOf(const google::protobuf::FileDescriptorProto& file, const google::protobuf::ServiceDescriptorProto& service) {
  if (std::string named = service.options().GetExtension(common::v1::answered_by); !named.empty()) return named;
  const std::string package = file.package().substr(file.package().find('.') + 1);
  return package.substr(0, package.find('.'));
}

void Add(std::vector<Route>& routes, const Route& route, const google::api::HttpRule& rule) {
  const auto add = [&](const char* verb, const std::string& path, bool streamed) {
    if (path.empty()) return;
    routes.push_back(route);
    routes.back().verb = verb;
    routes.back().path = path;
    routes.back().streamed = streamed;
  };
  add("GET", rule.get(), false);
  add("POST", rule.post(), route.streamed);
  add("PUT", rule.put(), route.streamed);
  add("PATCH", rule.patch(), false);
  add("DELETE", rule.delete_(), false);
  for (const auto& more : rule.additional_bindings()) Add(routes, route, more);
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
        Add(routes,
            {.method = proto.package() + "." + service.name() + "/" + method.name(),
             .streamed = method.client_streaming(),
             .process = ProcessOf(proto, service)},
            method.options().GetExtension(google::api::http));
      }
    }
  }
  return routes;
}

}  // namespace evenhand::testing
