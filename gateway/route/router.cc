#include "gateway/route/router.h"

#include <algorithm>

#include <google/api/annotations.pb.h>

#include "evenhand/common/v1/fields.pb.h"
#include "gateway/json/field_table.h"
#include "services/platform/base/check.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

// "restriction" out of "evenhand.restriction.v1", unless the contract says who answers.
std::string ServiceOf(const google::protobuf::ServiceDescriptor& service) {
  if (const std::string& named = service.options().GetExtension(common::v1::answered_by); !named.empty()) return named;
  const std::string& package = service.file()->package();
  const std::size_t start = package.find('.') + 1;
  return package.substr(start, package.find('.', start) - start);
}

bool AsksHandle(const google::protobuf::Descriptor& request) {
  const FieldTable& fields = FieldTable::Of(request);
  return fields.Find("phone") != nullptr && fields.Find("socialHandle") != nullptr;
}

const google::protobuf::FieldDescriptor* ListOfAsked(const google::protobuf::Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const auto* field = request.field(i);
    if (field->is_repeated() && field->message_type() != nullptr && AsksHandle(*field->message_type())) return field;
  }
  return nullptr;
}

Route MakeRoute(const MethodDescriptor& rpc, const google::api::HttpRule& rule) {
  Route route;
  std::string path;
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      route.http_method = "GET", path = rule.get();
      break;
    case google::api::HttpRule::kPut:
      route.http_method = "PUT", path = rule.put();
      break;
    case google::api::HttpRule::kPost:
      route.http_method = "POST", path = rule.post();
      break;
    case google::api::HttpRule::kDelete:
      route.http_method = "DELETE", path = rule.delete_();
      break;
    case google::api::HttpRule::kPatch:
      route.http_method = "PATCH", path = rule.patch();
      break;
    default:
      EVENHAND_CHECK(false, rpc.full_name().c_str());
  }
  auto parsed = PathTemplate::Parse(path);
  EVENHAND_CHECK(parsed.has_value(), path.c_str());
  const bool part = !rule.body().empty() && rule.body() != "*";
  const auto* body = part ? rpc.input_type()->FindFieldByName(rule.body()) : nullptr;
  EVENHAND_CHECK(!part || (body != nullptr && !body->is_repeated() && body->message_type() != nullptr), path.c_str());
  for (const Segment& segment : parsed->segments) {
    const bool known = segment.variable.empty() || FieldAt(*rpc.input_type(), segment.variable) != nullptr;
    EVENHAND_CHECK(known, (path + " names a field that the request lacks: " + segment.variable).c_str());
  }
  route.path = *std::move(parsed);
  route.rpc = &rpc;
  route.takes_body = !rule.body().empty();
  route.body_field = body;
  route.mask_field = rpc.input_type()->FindFieldByName("update_mask");
  route.asks_handle = AsksHandle(*rpc.input_type());
  route.asked = ListOfAsked(*rpc.input_type());
  route.service = ServiceOf(*rpc.service());
  route.grpc_method = "/" + rpc.service()->full_name() + "/" + rpc.name();
  return route;
}

// Where GET reads what `made` makes: by its id below the path, else with the path's own list, else in the thing that it belongs to.
std::size_t ReadAt(const Route& made, const std::vector<Route>& routes) {
  std::size_t deepest = 0;
  const auto& path = made.path.segments;
  for (const Route& read : routes) {
    const auto& other = read.path.segments;
    if (read.http_method != "GET" || !read.path.verb.empty() || !read.is_unary() || other.size() > path.size() + 1) continue;
    const auto same = [](const Segment& a, const Segment& b) { return a.literal == b.literal; };
    if (!std::equal(other.begin(), other.begin() + std::min(other.size(), path.size()), path.begin(), same)) continue;
    if (other.size() <= path.size() || !other.back().variable.empty()) deepest = std::max(deepest, other.size());
  }
  return deepest;
}

// AIP-133: a POST to a collection makes one of its things, a PUT makes the thing that it names; custom verbs (AIP-136) act on what is
// there.
bool Makes(const Route& route) {
  return (route.http_method == "POST" || route.http_method == "PUT") && route.path.verb.empty() && !route.rpc->server_streaming();
}

// POST /v1/incidents:search to GET /v1/incidents.
bool Searches(const Route& search, const Route& list) {
  return search.http_method == "POST" && search.path.verb == "search" && list.http_method == "GET" && list.path.verb.empty() &&
         search.path.text == list.path.text + ":search";
}

}  // namespace

std::vector<Route> RoutesOf(const std::vector<const FileDescriptor*>& files, std::span<const Retirement> retirements) {
  std::vector<Route> routes;
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const MethodDescriptor& rpc = *file->service(s)->method(m);
        if (!rpc.options().HasExtension(google::api::http)) continue;
        const auto& rule = rpc.options().GetExtension(google::api::http);
        const std::size_t first = routes.size();
        routes.push_back(MakeRoute(rpc, rule));
        for (const auto& more : rule.additional_bindings()) routes.push_back(MakeRoute(rpc, more));
        for (std::size_t i = first; i < routes.size(); ++i) routes[i].notices = NoticesOf(rpc, retirements);
      }
    }
  }
  for (Route& route : routes) {
    if (Makes(route)) route.read_at = ReadAt(route, routes);
    for (const Route& other : routes)
      if (Searches(other, route)) route.searches.push_back(other.rpc);
    EVENHAND_CHECK(!Makes(route) || route.read_at > 0, (route.path.text + " makes what nothing reads").c_str());
  }
  return routes;
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    routes_[i].index = i;
    Node* node = &root_;
    for (const Segment& segment : routes_[i].path.segments) {
      auto& next = segment.literal.empty() ? node->variable : node->literals[segment.literal];
      if (next == nullptr) next = std::make_unique<Node>();
      node = next.get();
    }
    for (const Route* other : node->ends) {
      const bool same = other->http_method == routes_[i].http_method && other->path.verb == routes_[i].path.verb;
      EVENHAND_CHECK(!same, ("two RPCs claim " + routes_[i].http_method + " " + routes_[i].path.text).c_str());
    }
    node->ends.push_back(&routes_[i]);
  }
}

// Literals win over variables; a dead end goes back and tries the variable.
bool Router::Walk(const Node& node, const SplitPath& path, std::size_t at, std::string_view method, Match* match) const {
  if (at == path.segments.size()) {
    for (const Route* route : node.ends) {
      if (route->path.verb != path.verb) continue;
      if (route->http_method == method) return match->route = route, true;
      match->allowed.push_back(route->http_method);
    }
    return false;
  }
  const std::string_view segment = path.segments[at];
  if (const auto literal = node.literals.find(absl::string_view(segment.data(), segment.size())); literal != node.literals.end()) {
    if (Walk(*literal->second, path, at + 1, method, match)) return true;
  }
  if (node.variable == nullptr) return false;
  match->variables.push_back(segment);
  if (Walk(*node.variable, path, at + 1, method, match)) return true;
  match->variables.pop_back();
  return false;
}

Match Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  const auto split = Split(path);
  if (split && Walk(root_, *split, 0, method, &match)) match.allowed.clear();
  return match;
}

}  // namespace evenhand::gateway
