// Which RPC a method and path mean. Built once from the contract's google.api.http options, immutable and thread-safe afterwards.
//   Router router(RoutesOf(*google::protobuf::DescriptorPool::generated_pool()));
//   Match match = router.Find("POST", "/v1/restrictions/RES-2026-000007:impose");
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <google/protobuf/descriptor.h>

#include "gateway/route/path_template.h"
#include "gateway/route/retirement.h"

namespace evenhand::gateway {

struct Route {
  std::string http_method;
  PathTemplate path;
  const google::protobuf::MethodDescriptor* rpc = nullptr;
  bool takes_body = false;                                          // body: "*", or of one field:
  const google::protobuf::FieldDescriptor* body_field = nullptr;    // body: "person"
  const google::protobuf::FieldDescriptor* mask_field = nullptr;    // the request's update_mask, which says what of the body counts
  std::string service;                                              // "restriction", out of evenhand.restriction.v1
  std::string grpc_method;                                          // "/evenhand.restriction.v1.ContactService/CheckContact"
  std::size_t index = 0;                                            // its place in Router::routes()
  bool asks_handle = false;                                         // the request names somebody's telephone number, address or reference
  const google::protobuf::FieldDescriptor* asked = nullptr;         // or has a list of such requests
  Notices notices;                                                  // headers of every reply, where the route is on its way out
  std::vector<const google::protobuf::MethodDescriptor*> searches;  // of a list: those that ask for it by what belongs in no address
  std::size_t read_at = 0;  // what it makes is read by GET on so many segments of this path, one more: by its id. 0: it makes nothing

  // What the body is read into.
  const google::protobuf::Descriptor& body_type() const { return body_field == nullptr ? *rpc->input_type() : *body_field->message_type(); }
  bool is_write() const { return http_method != "GET"; }
  bool is_unary() const { return !rpc->client_streaming() && !rpc->server_streaming(); }
};

// Every public RPC of the contract, in the order of the files. Ends the process where an option is no route of ours.
std::vector<Route> RoutesOf(const std::vector<const google::protobuf::FileDescriptor*>& files,
                            std::span<const Retirement> retirements = Retirements());

struct Match {
  const Route* route = nullptr;
  std::vector<std::string_view> variables;  // percent-encoded, in the order of the template
  std::vector<std::string_view> allowed;    // no route, but these methods are served here: 405. Empty: 404.
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // `path` must outlive the match. HEAD is asked for as GET by the caller.
  Match Find(std::string_view method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node {
    absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
    std::unique_ptr<Node> variable;
    std::vector<const Route*> ends;  // all verbs and methods
  };

  bool Walk(const Node& node, const SplitPath& path, std::size_t at, std::string_view method, Match* match) const;

  std::vector<Route> routes_;
  Node root_;
};

}  // namespace evenhand::gateway
