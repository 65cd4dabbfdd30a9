#include "gateway/openapi/operation.h"

#include <set>

#include <google/protobuf/descriptor.pb.h>

#include "gateway/json/well_known.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

OrderedJson Ref(const std::string& kind, const std::string& name) { return {{"$ref", "#/components/" + kind + "/" + name}}; }

bool Has(const Descriptor& type, const char* field) { return type.FindFieldByName(field) != nullptr; }

bool HasVariable(const Route& route) {
  for (const Segment& segment : route.path.segments) {
    if (!segment.variable.empty()) return true;
  }
  return false;
}

bool IsVariable(const Route& route, const FieldDescriptor& field) {
  for (const Segment& segment : route.path.segments) {
    if (segment.variable == field.name()) return true;
  }
  return false;
}

OrderedJson Parameter(const FieldDescriptor& field, const std::string& name, const char* place, const Comments& comments,
                      Schemas& schemas) {
  OrderedJson parameter = {{"name", name}, {"in", place}, {"required", std::string_view(place) == "path"}};
  const std::string& text = comments.Of(field.full_name());
  parameter["description"] = text.empty() ? "See the message's description." : text;
  parameter["schema"] = schemas.OfField(field);
  parameter["schema"].erase("description");
  if (parameter["schema"].contains("deprecated")) parameter["deprecated"] = true;
  parameter["example"] = schemas.ExampleOf(field);
  return parameter;
}

// Fields of a request without a body, nested ones with a dot between.
void QueryParameters(const Route& route, const Descriptor& type, const std::string& prefix, const Comments& comments, Schemas& schemas,
                     OrderedJson* out) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_map() || (prefix.empty() && IsVariable(route, field))) continue;
    if (field.name() == "acknowledged_distressing") {
      out->push_back(Ref("parameters", "AcknowledgeDistressing"));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && FormOf(*field.message_type()) == Form::kPlain) {
      if (!field.is_repeated() && prefix.empty())
        QueryParameters(route, *field.message_type(), field.json_name() + ".", comments, schemas, out);
    } else {
      out->push_back(Parameter(field, prefix + field.json_name(), "query", comments, schemas));
    }
  }
}

OrderedJson Parameters(const Route& route, const Comments& comments, Schemas& schemas) {
  const Descriptor& request = *route.rpc->input_type();
  OrderedJson out = OrderedJson::array();
  for (const Segment& segment : route.path.segments) {
    if (!segment.variable.empty())
      out.push_back(Parameter(*request.FindFieldByName(segment.variable), segment.variable, "path", comments, schemas));
  }
  if (!route.takes_body) QueryParameters(route, request, "", comments, schemas, &out);
  if (route.is_write()) {
    out.push_back(Ref("parameters", "ValidateOnly"));
    if (route.is_unary()) out.push_back(Ref("parameters", "IdempotencyKey"));
    if (route.is_unary() && HasVariable(route)) out.push_back(Ref("parameters", "IfMatch"));
  }
  if (route.rpc->client_streaming() && Has(request, "name")) {
    out.push_back(Ref("parameters", "EvidenceName"));
    out.push_back(Ref("parameters", "EvidenceDistressing"));
  }
  // Whoever has no tie to the person says why they look; the register's people are the only ones with such a rule.
  if (route.rpc->service()->name() == "PersonService") out.push_back(Ref("parameters", "Reason"));
  out.push_back(Ref("parameters", "Traceparent"));
  return out;
}

OrderedJson Body(const Route& route, Schemas& schemas) {
  if (route.rpc->client_streaming()) {
    const char* type = route.rpc->server_streaming() ? "text/csv" : "application/octet-stream";
    return {{"required", true}, {"description", "Streamed, as it is."}, {"content", {{type, {{"schema", {{"type", "string"}}}}}}}};
  }
  const Descriptor& request = *route.rpc->input_type();
  return {{"required", true},
          {"content", {{"application/json", {{"schema", schemas.Reference(request)}, {"example", schemas.Example(request)}}}}}};
}

OrderedJson Success(const Route& route, Schemas& schemas) {
  const Descriptor& reply = *route.rpc->output_type();
  OrderedJson response = {{"description", "Done."},
                          {"headers", {{"X-Request-Id", Ref("headers", "RequestId")}, {"RateLimit", Ref("headers", "RateLimit")}}}};
  for (const auto& [name, value] : route.notices) response["headers"][std::string(name)] = Ref("headers", std::string(name));
  if (Has(reply, "etag")) response["headers"]["ETag"] = Ref("headers", "ETag");
  if (route.is_write() && route.is_unary()) response["headers"]["Idempotent-Replayed"] = Ref("headers", "IdempotentReplayed");
  if (!route.rpc->server_streaming()) {
    response["content"] = {{"application/json", {{"schema", schemas.Reference(reply)}, {"example", schemas.Example(reply)}}}};
  } else if (Has(reply, "chunk")) {
    response["description"] = "The file, streamed, of the media type that it was stored with.";
    response["content"] = {{"application/octet-stream", {{"schema", {{"type", "string"}}}}}};
  } else {
    const OrderedJson line = schemas.Reference(reply);
    response["description"] = "One JSON object a line as it is done, the summary last: each line is a `" +
                              line["$ref"].get<std::string>().substr(sizeof "#/components/schemas/" - 1) + "`.";
    response["content"] = {{"application/x-ndjson", {{"schema", line}, {"example", schemas.Example(reply)}}}};
  }
  return response;
}

OrderedJson Responses(const Route& route, Schemas& schemas) {
  std::set<int> statuses = {400, 401, 403, 429, 500, 503, 504};
  if (HasVariable(route)) statuses.insert(404);
  if (route.is_write()) statuses.insert({409, 413});
  if (route.is_write() && route.is_unary()) statuses.insert({415, 422});
  if (route.is_write() && HasVariable(route)) statuses.insert({412, 428});
  if (Has(*route.rpc->input_type(), "acknowledged_distressing")) statuses.insert({409, 428});
  OrderedJson responses;
  responses["200"] = Success(route, schemas);
  for (const int status : statuses) responses[std::to_string(status)] = Ref("responses", "Problem" + std::to_string(status));
  return responses;
}

}  // namespace

std::string TagOf(const google::protobuf::ServiceDescriptor& service) {
  std::string name = service.name();
  if (name.ends_with("Service")) name.resize(name.size() - 7);
  std::string words;
  for (const char c : name) {
    if (!words.empty() && c >= 'A' && c <= 'Z') words += ' ';
    words += words.empty() || c < 'A' || c > 'Z' ? c : static_cast<char>(c - 'A' + 'a');
  }
  return words;
}

OrderedJson MakeOperation(const Route& route, const Comments& comments, Schemas& schemas) {
  const std::string& text = comments.Of(route.rpc->full_name());
  OrderedJson operation;
  operation["operationId"] = route.rpc->name();
  operation["tags"] = {TagOf(*route.rpc->service())};
  operation["summary"] = FirstSentence(text);
  operation["description"] = text;
  if (route.rpc->options().deprecated()) operation["deprecated"] = true;
  operation["parameters"] = Parameters(route, comments, schemas);
  if (route.takes_body) operation["requestBody"] = Body(route, schemas);
  operation["responses"] = Responses(route, schemas);
  return operation;
}

}  // namespace evenhand::gateway
