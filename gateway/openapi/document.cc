#include "gateway/openapi/document.h"

#include <algorithm>
#include <set>

#include "evenhand/common/v1/error.pb.h"
#include "gateway/openapi/about.h"
#include "gateway/openapi/operation.h"
#include "gateway/openapi/webhooks.h"
#include "gateway/problem.h"
#include "services/platform/base/version.h"

namespace evenhand::gateway {
namespace {

// The areas as an integrator meets them; one that is not named here comes after these.
constexpr const char* kInOrder[] = {"Contact",   "Incident", "Import", "Evidence",     "Person", "Restriction", "Marker",
                                    "Follow up", "Appeal",   "Share",  "Notification", "Letter", "Webhook"};

std::size_t PlaceOf(const std::string& tag) {
  return static_cast<std::size_t>(std::ranges::find_if(kInOrder, [&](const char* one) { return tag == one; }) - std::begin(kInOrder));
}

// Each reason of a refusal under a heading of its own, so that a problem's `type` leads there.
std::string Reasons(const Comments& comments) {
  std::string text;
  const auto* reasons = common::v1::ErrorReason::Value_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const std::string& name = reasons->value(i)->name();
    text += "\n## " + name + "\n" + comments.Of(reasons->full_name() + "." + name) + "\n";
  }
  return text;
}

// RFC 9457 as ToJson prints it.
OrderedJson ProblemSchema() {
  const OrderedJson text = {{"type", "string"}};
  OrderedJson reasons = OrderedJson::array(),
              violation = {{"type", "object"}, {"properties", {{"field", text}, {"message", text}, {"clause", text}, {"source", text}}}};
  violation["properties"]["field"]["description"] = "JSON path in the request; absent when no field is at fault.";
  const auto* known = common::v1::ErrorReason::Value_descriptor();
  for (int i = 1; i < known->value_count(); ++i) reasons.push_back(known->value(i)->name());
  OrderedJson schema = {{"type", "object"},
                        {"description", "Why a request was refused (RFC 9457)."},
                        {"required", {"type", "title", "status", "code", "reason"}}};
  OrderedJson& fields = schema["properties"];
  fields["type"] = {{"type", "string"}, {"format", "uri-reference"}};
  fields["title"] = text;
  fields["status"] = {{"type", "integer"}};
  fields["detail"] = text;
  fields["instance"] = text;
  fields["code"] = {{"type", "string"}, {"description", "The gRPC code's name."}};
  fields["reason"] = {{"type", "string"}, {"enum", reasons}};
  fields["clause"] = {{"type", "string"}, {"description", "The policy clause that refuses."}};
  fields["source"] = {{"type", "string"}, {"description", "What refuses where no clause of the policy does: a law, or a council rule."}};
  fields["violations"] = {{"type", "array"}, {"items", violation}};
  fields["otherId"] = {{"type", "string"}, {"description", "The thing in the way."}};
  fields["otherReference"] = text;
  fields["traceId"] = text;
  return schema;
}

OrderedJson ProbeOperation(const char* id, const char* summary, OrderedJson properties, bool may_fail) {
  OrderedJson required = OrderedJson::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  const OrderedJson schema = {{"type", "object"}, {"required", std::move(required)}, {"properties", std::move(properties)}};
  const OrderedJson content = {{"application/json", {{"schema", schema}}}};
  OrderedJson operation = {{"operationId", id},
                           {"tags", {"Operations"}},
                           {"summary", summary},
                           {"description", std::string(summary) + ". No token."},
                           {"security", OrderedJson::array()},
                           {"responses", {{"200", {{"description", "Yes."}, {"content", content}}}}}};
  operation["responses"]["400"] = {{"$ref", "#/components/responses/Problem400"}};
  if (may_fail) operation["responses"]["503"] = {{"description", "Not now."}, {"content", content}};
  return operation;
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

OrderedJson Head(const Comments& comments) {
  OrderedJson document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", "Evenhand"},
                      {"version", Version()},
                      {"summary", "A council's Customer Contact Policy, run fairly and provably."},
                      {"description", kAbout + Reasons(comments)},
                      {"contact", {{"name", "Evenhand maintainers"}, {"email", "maintainers@evenhand.example"}}},
                      {"license", {{"name", "Apache-2.0"}, {"url", "https://www.apache.org/licenses/LICENSE-2.0"}}}};
  document["servers"] = {{{"url", "/"}, {"description", "This gateway."}}};
  document["security"] = {{{"bearer", OrderedJson::array()}}};
  return document;
}

// What nothing refers to is no part of the contract: the headers of a route on its way out, while no route is.
void DropUnused(OrderedJson& document) {
  for (const char* kind : {"responses", "parameters", "headers"}) {  // responses refer to headers
    const std::string text = document.dump();
    OrderedJson used = OrderedJson::object();
    for (const auto& [name, one] : document["components"][kind].items()) {
      if (text.find(std::string("\"#/components/") + kind + "/" + name + "\"") != std::string::npos) used[name] = one;
    }
    document["components"][kind] = std::move(used);
  }
}

}  // namespace

std::string MakeOpenApi(const Router& router) {
  const Comments comments;
  Schemas schemas(comments);
  for (const Route& route : router.routes()) {
    for (const Segment& segment : route.path.segments) {
      if (segment.variable == segment.name && !segment.name.empty())
        schemas.LeaveOut(*route.rpc->input_type()->FindFieldByName(segment.variable));
    }
  }
  for (const Route& route : router.routes())
    if (route.takes_body) schemas.Take(route.body_type());
  OrderedJson document = Head(comments), tags = OrderedJson::array(), paths = OrderedJson::object();
  std::set<std::string> tagged;
  for (const Route& route : router.routes()) {
    const auto& service = *route.rpc->service();
    if (tagged.insert(TagOf(service)).second) tags.push_back({{"name", TagOf(service)}, {"description", comments.Of(service.full_name())}});
    OrderedJson operation = MakeOperation(route, comments, schemas);
    if (paths.contains(route.path.text) && paths[route.path.text].contains(Lower(route.http_method))) continue;
    paths[route.path.text][Lower(route.http_method)] = std::move(operation);
  }
  std::stable_sort(tags.begin(), tags.end(),
                   [](const OrderedJson& a, const OrderedJson& b) { return PlaceOf(a["name"]) < PlaceOf(b["name"]); });
  tags.push_back({{"name", "Operations"}, {"description", "For those who run the system."}});
  paths["/healthz"]["get"] = ProbeOperation("Healthz", "Tells whether the gateway is alive",
                                            {{"healthy", {{"type", "boolean"}}}, {"version", {{"type", "string"}}}}, false);
  paths["/readyz"]["get"] = ProbeOperation(
      "Readyz", "Tells whether the gateway takes calls, and how the services are",
      {{"ready", {{"type", "boolean"}}}, {"services", {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}}}}, true);
  document["tags"] = std::move(tags);
  document["paths"] = std::move(paths);
  document["webhooks"] = MakeWebhooks(comments, schemas);
  OrderedJson& components = document["components"];
  components["securitySchemes"]["bearer"] = {{"type", "http"},
                                             {"scheme", "bearer"},
                                             {"bearerFormat", "JWT"},
                                             {"description", "Of the council's identity provider: RS256, PS256 or ES256."}};
  components["parameters"] = SharedParameters();
  components["headers"] = SharedHeaders();
  components["responses"] = SharedResponses(comments);
  for (const auto& [name, schema] : schemas.components()) components["schemas"][name] = schema;
  components["schemas"]["Problem"] = ProblemSchema();
  DropUnused(document);
  return document.dump();
}

}  // namespace evenhand::gateway
