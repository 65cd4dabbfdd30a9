// Prints the public address of each RPC of the contract as a table in C++.
//   print_routes DESCRIPTOR_SET OUTPUT
#include <fstream>
#include <iostream>
#include <map>

#include <google/protobuf/descriptor.pb.h>

#include "google/api/annotations.pb.h"

namespace {

using google::api::HttpRule;

std::pair<std::string, std::string> MethodAndPath(const HttpRule& rule) {
  if (!rule.get().empty()) return {"GET", rule.get()};
  if (!rule.put().empty()) return {"PUT", rule.put()};
  if (!rule.post().empty()) return {"POST", rule.post()};
  if (!rule.patch().empty()) return {"PATCH", rule.patch()};
  return {"DELETE", rule.delete_()};
}

// A variable is told as in JSON: "{evidence_id}" is {evidenceId}, and of "{audience.id}" the last name.
std::string Told(const std::string& path) {
  std::string told;
  std::size_t variable = std::string::npos;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '{') variable = told.size() + 1;
    if (path[i] == '}') variable = std::string::npos;
    if (variable != std::string::npos && path[i] == '.') {
      told.resize(variable);
    } else if (variable != std::string::npos && path[i] == '_') {
      told += static_cast<char>(std::toupper(static_cast<unsigned char>(path[++i])));
    } else {
      told += path[i];
    }
  }
  return told;
}

}  // namespace

int main(int argc, char** argv) {
  google::protobuf::FileDescriptorSet contract;
  std::ifstream file(argc == 3 ? argv[1] : "", std::ios::binary);
  if (!contract.ParseFromIstream(&file)) return std::cerr << "print_routes DESCRIPTOR_SET OUTPUT\n", 1;
  std::map<std::pair<std::string, std::string>, std::string> routes;  // path, method → RPC
  for (const auto& proto : contract.file()) {
    for (const auto& service : proto.service()) {
      for (const auto& rpc : service.method()) {
        if (!rpc.options().HasExtension(google::api::http)) continue;
        const HttpRule& rule = rpc.options().GetExtension(google::api::http);
        const std::string name = proto.package() + "." + service.name() + "/" + rpc.name();
        const auto add = [&](const HttpRule& one) {
          const auto [method, path] = MethodAndPath(one);
          routes[{Told(path), method}] = name;
        };
        add(rule);
        for (const HttpRule& more : rule.additional_bindings()) add(more);
      }
    }
  }
  std::ofstream out(argv[2]);
  out << "#include \"services/authority/routes.h\"\n\nnamespace evenhand {\nnamespace {\n\nconstexpr PublicRoute kRoutes[] = {\n";
  for (const auto& [route, rpc] : routes) out << "    {\"" << rpc << "\", \"" << route.second << "\", \"" << route.first << "\"},\n";
  out << "};\n\n}  // namespace\n\nstd::span<const PublicRoute> PublicRoutes() { return kRoutes; }\n\n}  // namespace evenhand\n";
  return out.good() ? 0 : 1;
}
