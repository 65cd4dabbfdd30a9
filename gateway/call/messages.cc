#include "gateway/call/messages.h"

#include <absl/container/node_hash_map.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

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

namespace {

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
    } else if (route.takes_body) {
      result->faults.push_back({"", *name, "This parameter is not known here."});
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
      result.faults.push_back({"", segment.variable, "The path holds a broken escape or a character that is not allowed."});
    } else if (auto fault = ReadText(segment.variable, *value, request)) {
      result.faults.push_back(*std::move(fault));
    }
  }
  ReadQuery(route, query, request, &result);
  return result;
}

namespace {

// A list that has no rows still has its key: {"incidents": []}.
void ShowEmptyList(const Message& reply, std::string* json) {
  const Descriptor& type = *reply.GetDescriptor();
  if (type.FindFieldByName("next_page_token") == nullptr) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (!field->is_repeated() || field->is_map() || reply.GetReflection()->FieldSize(reply, field) > 0) continue;
    json->insert(1, "\"" + field->json_name() + "\":[]" + (json->size() > 2 ? "," : ""));
  }
}

}  // namespace

Response ToResponse(const Message& reply) {
  Response response;
  WriteJson(reply, &response.body);
  ShowEmptyList(reply, &response.body);
  if (std::string etag = TextField(reply, "etag"); !etag.empty()) response.headers.emplace_back("ETag", std::move(etag));
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

void SetBoolField(Message* message, const char* name, bool value) {
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return;
  message->GetReflection()->SetBool(message, field, value);
}

}  // namespace evenhand::gateway
