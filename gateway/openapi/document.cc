#include "gateway/openapi/document.h"

#include <set>

#include "evenhand/common/v1/error.pb.h"
#include "gateway/openapi/operation.h"
#include "gateway/problem.h"

namespace evenhand::gateway {
namespace {

constexpr char kAbout[] =
    "Runs a council's Customer Contact Policy fairly and provably: incidents, people, restrictions, contact checks, appeals, and who is "
    "told. JSON is proto3 canonical; unknown fields, duplicate keys and wrong types are refused with the JSON path. Errors are "
    "`application/problem+json` (RFC 9457) with the policy clause that refuses. Order of refusals: 401; 400 unreadable; 403; 428 and 412; "
    "400 content, all violations at once; 409 state.";

// RFC 9457 as ToJson prints it.
OrderedJson ProblemSchema() {
  const OrderedJson text = {{"type", "string"}};
  OrderedJson reasons = OrderedJson::array(),
              violation = {{"type", "object"}, {"properties", {{"field", text}, {"message", text}, {"clause", text}, {"source", text}}}};
  violation["properties"]["field"]["description"] = "JSON path in the request; absent when no field is at fault.";
  const auto* known = common::v1::ErrorReason_descriptor();
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

OrderedJson ProbeOperation(const char* id, const char* summary, bool may_fail) {
  const OrderedJson content = {{"application/json", {{"schema", {{"type", "object"}}}}}};
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

OrderedJson Head() {
  OrderedJson document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", "Evenhand"},
                      {"version", "1.0.0"},
                      {"summary", "A council's Customer Contact Policy, run fairly and provably."},
                      {"description", kAbout},
                      {"contact", {{"name", "Evenhand maintainers"}, {"email", "maintainers@evenhand.example"}}},
                      {"license", {{"name", "Apache-2.0"}, {"url", "https://www.apache.org/licenses/LICENSE-2.0"}}}};
  document["servers"] = {{{"url", "/"}, {"description", "This gateway."}}};
  document["security"] = {{{"bearer", OrderedJson::array()}}};
  return document;
}

// What nothing refers to is no part of the contract: the headers of a route on its way out, while no route is.
void DropUnusedHeaders(OrderedJson& document) {
  const std::string text = document.dump();
  OrderedJson used = OrderedJson::object();
  for (const auto& [name, header] : document["components"]["headers"].items()) {
    if (text.find("\"#/components/headers/" + name + "\"") != std::string::npos) used[name] = header;
  }
  document["components"]["headers"] = std::move(used);
}

}  // namespace

std::string MakeOpenApi(const Router& router) {
  const Comments comments;
  Schemas schemas(comments);
  for (const Route& route : router.routes()) {
    for (const Segment& segment : route.path.segments) {
      if (!segment.variable.empty()) schemas.LeaveOut(*route.rpc->input_type()->FindFieldByName(segment.variable));
    }
  }
  OrderedJson document = Head(), tags = OrderedJson::array(), paths = OrderedJson::object();
  std::set<std::string> tagged;
  for (const Route& route : router.routes()) {
    const auto& service = *route.rpc->service();
    if (tagged.insert(TagOf(service)).second) tags.push_back({{"name", TagOf(service)}, {"description", comments.Of(service.full_name())}});
    OrderedJson operation = MakeOperation(route, comments, schemas);
    if (paths.contains(route.path.text) && paths[route.path.text].contains(Lower(route.http_method))) continue;
    paths[route.path.text][Lower(route.http_method)] = std::move(operation);
  }
  tags.push_back({{"name", "Operations"}, {"description", "For those who run the system."}});
  paths["/healthz"]["get"] = ProbeOperation("Healthz", "Is the gateway alive", false);
  paths["/readyz"]["get"] = ProbeOperation("Readyz", "Does the gateway take calls; how the services are, beside it", true);
  document["tags"] = std::move(tags);
  document["paths"] = std::move(paths);
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
  DropUnusedHeaders(document);
  return document.dump();
}

}  // namespace evenhand::gateway
