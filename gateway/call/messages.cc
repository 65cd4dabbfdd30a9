#include "gateway/call/messages.h"

#include <absl/container/node_hash_map.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include "evenhand/common/v1/fields.pb.h"
#include "gateway/json/field_table.h"
#include "gateway/json/json_reader.h"
#include "gateway/json/json_writer.h"

namespace evenhand::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

void GiveBack::operator()(Message* message) const {
  std::unique_ptr<Message> given(message);
  if (place == nullptr || *place != nullptr) return;
  given->Clear();
  *place = std::move(given);
}

BorrowedMessage BorrowMessage(const Descriptor& type, std::size_t bytes) {
  constexpr std::size_t kLong = 16 * 1024;
  if (bytes > kLong) return BorrowedMessage(NewMessage(type).release(), GiveBack{});
  thread_local absl::node_hash_map<const Descriptor*, std::unique_ptr<Message>> kept;  // a node's place stays
  std::unique_ptr<Message>& place = kept[&type];
  std::unique_ptr<Message> message = place != nullptr ? std::move(place) : NewMessage(type);
  return BorrowedMessage(message.release(), GiveBack{&place});
}

grpc::ByteBuffer ToBytes(const Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

bool FromBytes(grpc::ByteBuffer& bytes, Message* message) {
  grpc::ProtoBufferReader reader(&bytes);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

Refusals ReadBody(const Route& route, std::string_view body, Message* request) {
  if (body.empty()) return {};
  const auto* at = request->GetReflection();
  Message* into = route.body_field == nullptr ? request : at->MutableMessage(request, route.body_field);
  if (route.mask_field == nullptr) return ReadJson(body, into);
  return ReadJson(body, into, static_cast<google::protobuf::FieldMask*>(at->MutableMessage(request, route.mask_field)));
}

namespace {

// AIP-134: the caller says which fields count; one that is told and never taken counts for nothing. Where the body says more than the
// resource (a reason), only the resource's fields, which are flat in it, can be named.
void ReadMask(const Route& route, const std::string& text, Message* request, Parameters* result) {
  auto* mask = static_cast<google::protobuf::FieldMask*>(request->GetReflection()->MutableMessage(request, route.mask_field));
  mask->Clear();
  for (const absl::string_view name : absl::StrSplit(text, ',')) {
    const auto path = MaskPath(route.body_type(), {name.data(), name.size()});
    const bool known = path && (route.body_field != nullptr || path->empty() || path->find('.') != std::string::npos);
    if (!known) {
      result->faults.push_back({"", "updateMask", absl::StrCat("\"", name, "\" is no field that can be given here.")});
    } else if (!path->empty()) {
      mask->add_paths(*path);
    }
  }
  if (mask->paths().empty() && result->faults.empty()) result->faults.push_back({"", "updateMask", "None of these fields can change."});
}

// What somebody wrote about another belongs in no address: the fault says where it is asked.
std::string UnknownHere(const Route& route, const std::string& name) {
  for (const auto* search : route.searches)
    if (FieldTable::Of(*search->input_type()).Find(name) != nullptr && FieldTable::Of(*route.rpc->input_type()).Find(name) == nullptr)
      return "Send it in the body of POST " + route.path.text + ":search; it belongs in no address.";
  return "";
}

void ReadQuery(const Route& route, std::string_view query, Message* request, Parameters* result) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto name = PercentDecode(pair.substr(0, equals), true);
    const auto value = PercentDecode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) {
      result->faults.push_back({"", name.value_or(""), "A query parameter holds a broken escape or a character that is not allowed."});
    } else if (*name == "validateOnly" && route.is_write()) {
      result->validate_only = *value == "true";
      if (*value != "true" && *value != "false") result->faults.push_back({"", *name, "true or false is expected here."});
    } else if (*name == "updateMask" && route.mask_field != nullptr) {
      ReadMask(route, *value, request, result);
    } else if (route.takes_body || name->find('_') != std::string::npos) {  // snake_case is the contract's own
      result->faults.push_back({"", *name, "This parameter is not known here."});
    } else if (std::string elsewhere = UnknownHere(route, *name); !elsewhere.empty()) {
      result->faults.push_back({"", *name, std::move(elsewhere)});
    } else if (auto fault = ReadText(*name, *value, request)) {
      result->faults.push_back(*std::move(fault));
    }
    if (result->faults.size() >= kMaxFaults) return;
  }
}

}  // namespace

Parameters ReadParameters(const Route& route, const std::vector<std::string_view>& variables, std::string_view query, Message* request) {
  Parameters result;
  std::size_t next = 0;
  for (const Segment& segment : route.path.segments) {
    if (segment.variable.empty()) continue;
    const auto value = PercentDecode(variables[next++]);
    if (!value) {
      result.faults.push_back({"", segment.name, "The path holds a broken escape or a character that is not allowed."});
    } else if (auto fault = ReadText(segment.variable, *value, request)) {
      fault->field = segment.name;
      result.faults.push_back(*std::move(fault));
    }
  }
  ReadQuery(route, query, request, &result);
  return result;
}

void ReadHeaders(const Exchange& exchange, Message* first) {
  const Descriptor& type = *first->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (HeaderOf(*field).empty()) continue;
    const auto value = PercentDecode(exchange.Header(HeaderOf(*field)));
    if (!value) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      first->GetReflection()->SetBool(first, field, *value == "true");
    } else {
      first->GetReflection()->SetString(first, field, *value);
    }
  }
}

namespace {

// A list that has no rows still has its key: {"incidents": []}; so has what a reply always holds.
void ShowEmptyList(const Message& reply, std::string* json) {
  const Descriptor& type = *reply.GetDescriptor();
  const bool list = type.FindFieldByName("next_page_token") != nullptr;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (!field->is_repeated() || reply.GetReflection()->FieldSize(reply, field) > 0) continue;
    if (!list && !field->options().GetExtension(common::v1::always)) continue;
    json->insert(1, "\"" + field->json_name() + "\":" + (field->is_map() ? "{}" : "[]") + (json->size() > 2 ? "," : ""));
  }
}

}  // namespace

bool Says(const grpc::ClientContext& context, const char* what) {
  return context.GetServerInitialMetadata().contains(what) || context.GetServerTrailingMetadata().contains(what);
}

Response ToResponse(const Message& reply) {
  Response response;
  WriteJson(reply, &response.body);
  ShowEmptyList(reply, &response.body);
  if (std::string etag = TextField(reply, "etag"); !etag.empty()) response.headers.emplace_back("ETag", std::move(etag));
  return response;
}

namespace {

// The list of etags in If-None-Match, weak or not; "*" is any (RFC 9110 13.1.2).
bool HasState(std::string_view asked, std::string_view etag) {
  if (asked.empty() || etag.empty()) return false;
  for (absl::string_view one : absl::StrSplit(absl::string_view(asked.data(), asked.size()), ',')) {
    one = absl::StripAsciiWhitespace(one);
    absl::ConsumePrefix(&one, "W/");
    if (one == "*" || std::string_view(one.data(), one.size()) == etag) return true;
  }
  return false;
}

std::string LocationOf(const Exchange& exchange, const Message& reply, std::string_view restriction) {
  const Route& route = *exchange.route;
  const std::string id = TextField(reply, "id");
  if (route.read_at > route.path.segments.size()) return std::string(exchange.path) + "/" + id;
  std::size_t end = 0;
  for (std::size_t i = 0; i < route.read_at; ++i) end = exchange.path.find('/', end + 1);
  std::string location(exchange.path.substr(0, end));
  if (route.read_at == route.path.segments.size() && route.http_method == "PUT") return location;
  if (!id.empty()) return location + "#" + id;
  return restriction.empty() ? location : location + "?restrictionId=" + std::string(restriction);  // the ledger of one
}

}  // namespace

Response AnswerOf(const Exchange& exchange, const Message& reply, bool found, std::string_view restriction) {
  Response response = ToResponse(reply);
  if (exchange.route->read_at > 0 && !found) {
    response.status = 201;
    response.headers.emplace_back("Location", LocationOf(exchange, reply, restriction));
  }
  if (!exchange.route->is_write() && HasState(exchange.Header("If-None-Match"), TextField(reply, "etag"))) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

std::string TextField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return {};
  return message.GetReflection()->GetString(message, field);
}

void SetTextField(Message* message, const char* name, std::string_view value) {
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
  message->GetReflection()->SetString(message, field, std::string(value));
}

}  // namespace evenhand::gateway
