#include "gateway/openapi/operation.h"

#include <set>

#include <google/protobuf/descriptor.pb.h>

#include "evenhand/common/v1/fields.pb.h"
#include "gateway/json/field_table.h"
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

// A thing that is there changes its state, and the caller says which state they saw.
bool ChangesState(const Route& route) {
  const bool acts = route.http_method == "PATCH" || (route.http_method == "POST" && !route.path.verb.empty());
  return acts && route.is_unary() && HasVariable(route) && !route.rpc->options().GetExtension(common::v1::any_state);
}

// Does a request name what there may not be?
bool NamesThings(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (field.options().HasExtension(common::v1::canonical_form)) continue;  // a person of the staff, an area: words
    const std::string& name = field.name();
    if (name == "id" || name.ends_with("_id") || name.ends_with("_ids") || name.ends_with("_of") || name == "calendar") return true;
    const bool ours = field.message_type() != nullptr && FormOf(*field.message_type()) == Form::kPlain;
    if (ours && !field.is_repeated() && field.message_type() != &request && NamesThings(*field.message_type())) return true;
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
  parameter["schema"] = schemas.OfField(field, Schemas::As::kGiven, true);
  parameter["schema"].erase("description");
  if (parameter["schema"].contains("deprecated")) parameter["deprecated"] = true;
  // Without one where it is optional: what is filled in by itself would be sent along when the page tries a call out.
  if (parameter["required"]) parameter["example"] = schemas.ExampleOf(field);
  return parameter;
}

// Fields of a request without a body, nested ones with a dot between.
void QueryParameters(const Route& route, const Descriptor& type, const std::string& prefix, const Comments& comments, Schemas& schemas,
                     OrderedJson* out) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_map() || (prefix.empty() && IsVariable(route, field))) continue;
    if (!HeaderOf(field).empty()) continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && FormOf(*field.message_type()) == Form::kPlain) {
      if (!field.is_repeated() && prefix.empty())
        QueryParameters(route, *field.message_type(), IsFlat(field) ? "" : field.json_name() + ".", comments, schemas, out);
    } else {
      out->push_back(Parameter(field, prefix + field.json_name(), "query", comments, schemas));
    }
  }
}

OrderedJson Parameters(const Route& route, const Comments& comments, Schemas& schemas) {
  const Descriptor& request = *route.rpc->input_type();
  OrderedJson out = OrderedJson::array();
  for (const Segment& segment : route.path.segments) {
    if (!segment.variable.empty()) out.push_back(Parameter(*FieldAt(request, segment.variable), segment.name, "path", comments, schemas));
  }
  if (!route.takes_body) QueryParameters(route, request, "", comments, schemas, &out);
  if (route.is_write()) {
    out.push_back(Ref("parameters", "ValidateOnly"));
    if (route.mask_field != nullptr) out.push_back(Ref("parameters", "UpdateMask"));
    if (route.is_unary()) out.push_back(Ref("parameters", "IdempotencyKey"));
    if (ChangesState(route)) out.push_back(Ref("parameters", "IfMatch"));
    if (route.http_method == "PUT") out.push_back(Ref("parameters", "IfMatchWhereThere"));
  }
  for (int i = 0; i < request.field_count(); ++i) {
    const std::string& header = HeaderOf(*request.field(i));
    if (!header.empty() && header != "Content-Type")  // OpenAPI has that one with the body
      out.push_back(Parameter(*request.field(i), header, "header", comments, schemas));
  }
  if (route.rpc->service()->options().GetExtension(common::v1::asks_reason)) out.push_back(Ref("parameters", "Reason"));
  if (!route.is_write() && Has(*route.rpc->output_type(), "etag")) out.push_back(Ref("parameters", "IfNoneMatch"));
  out.push_back(Ref("parameters", "Traceparent"));
  return out;
}

OrderedJson Body(const Route& route, Schemas& schemas) {
  if (route.rpc->client_streaming()) {
    const std::string& takes = route.rpc->options().GetExtension(common::v1::takes);
    const std::string type = takes.empty() ? "application/octet-stream" : takes;
    return {{"required", true}, {"description", "Streamed, as it is."}, {"content", {{type, {{"schema", {{"type", "string"}}}}}}}};
  }
  const auto as = route.mask_field == nullptr ? Schemas::As::kGiven : Schemas::As::kChange;
  OrderedJson media = {{"schema", schemas.Reference(route.body_type(), as)}};
  const std::string& example = route.rpc->options().GetExtension(common::v1::example);
  if (!example.empty()) media["example"] = OrderedJson::parse(example);
  return {{"required", true}, {"content", {{"application/json", std::move(media)}}}};
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
    const std::string& answers = route.rpc->options().GetExtension(common::v1::answers);
    response["description"] = answers.empty() ? "The file, streamed, of the media type that it was stored with." : "The file, streamed.";
    response["content"] = {{answers.empty() ? "*/*" : answers, {{"schema", {{"type", "string"}}}}}};
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
  if (NamesThings(*route.rpc->input_type())) statuses.insert(404);
  if (route.is_write()) statuses.insert({409, 413});
  if (route.takes_body || route.rpc->client_streaming()) statuses.insert(415);
  if (route.is_write() && route.is_unary()) statuses.insert(422);
  if (ChangesState(route) || route.http_method == "PUT") statuses.insert({412, 428});
  if (Has(*route.rpc->input_type(), "acknowledged_distressing")) statuses.insert({409, 428});
  OrderedJson responses;
  responses["200"] = Success(route, schemas);
  if (route.read_at > 0) {
    responses["200"]["description"] = "Nothing was made: it was found as it is, or the request was tried out.";
    responses["201"] = Success(route, schemas);
    responses["201"]["description"] = "Made.";
    responses["201"]["headers"]["Location"] = Ref("headers", "Location");
  }
  if (!route.is_write() && Has(*route.rpc->output_type(), "etag"))
    responses["304"] = {{"description", "If-None-Match names this state: nothing to send."}};
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
