#include "services/events/event_type.h"

#include <algorithm>
#include <map>

#include <google/protobuf/util/json_util.h>

#include "evenhand/common/v1/fields.pb.h"
#include "evenhand/events/v1/event.pb.h"
#include "services/platform/base/check.h"

namespace evenhand::events {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsPart(const FieldDescriptor& field) { return field.options().GetExtension(common::v1::flat); }

const FieldDescriptor* FieldOf(const Message& message, int index) { return message.GetDescriptor()->field(index); }

bool IsStaffNumber(const FieldDescriptor& field) {
  return field.options().GetExtension(common::v1::canonical_form) == common::v1::CanonicalForm::STAFF_NUMBER;
}

void LeaveOutStaff(Message& message) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = FieldOf(message, i);
    if (IsStaffNumber(*field)) reflection.ClearField(&message, field);
    if (IsPart(*field)) LeaveOutStaff(*reflection.MutableMessage(&message, field));
  }
}

// What `whole` says of itself and of its parts, side by side.
void Flatten(const Message& like, const google::protobuf::Struct& whole, google::protobuf::Struct& flat) {
  for (int i = 0; i < like.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = FieldOf(like, i);
    const auto value = whole.fields().find(field->json_name());
    if (value == whole.fields().end() || IsStaffNumber(*field)) continue;
    if (IsPart(*field)) {
      Flatten(like.GetReflection()->GetMessage(like, field), value->second.struct_value(), flat);
    } else {
      (*flat.mutable_fields())[field->json_name()] = value->second;
    }
  }
}

std::string JsonOf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  EVENHAND_CHECK(google::protobuf::util::MessageToJsonString(message, &json, options).ok(), "an event must print");
  return json;
}

}  // namespace

const EventType* FindEventType(std::string_view name) {
  static const auto& by_name = *new auto([] {
    std::map<std::string_view, const EventType*> types;
    for (const EventType* type : EventTypes()) types.emplace(type->name, type);
    return types;
  }());
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

Data DataOf(const EventType& type, const google::protobuf::Any& any) {
  std::shared_ptr<Message> data(type.message->New());
  return any.UnpackTo(data.get()) ? data : nullptr;
}

Data DataOf(const EventType& type, const std::string& json) {
  std::shared_ptr<Message> data(type.message->New());
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // a later version's row read by an earlier binary during a roll-out
  return google::protobuf::util::JsonStringToMessage(json, data.get(), options).ok() ? data : nullptr;
}

google::protobuf::Struct DataForWebhooks(const Message& data) {
  const std::unique_ptr<Message> shown(data.New());
  shown->CopyFrom(data);
  LeaveOutStaff(*shown);
  google::protobuf::Struct whole, flat;
  EVENHAND_CHECK(google::protobuf::util::JsonStringToMessage(JsonOf(*shown), &whole).ok(), "what was printed must parse");
  Flatten(*shown, whole, flat);
  return flat;
}

std::string SubjectOf(const Message& data) {
  const auto& reflection = *data.GetReflection();
  for (int i = 0; i < data.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = FieldOf(data, i);
    if (field->options().GetExtension(v1::subject)) return reflection.GetString(data, field);
    if (!IsPart(*field)) continue;
    if (std::string subject = SubjectOf(reflection.GetMessage(data, field)); !subject.empty()) return subject;
  }
  return "";
}

const Message* PartOf(const Message& data, const google::protobuf::Descriptor& part) {
  for (int i = 0; i < data.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = FieldOf(data, i);
    if (IsPart(*field) && field->message_type() == &part) return &data.GetReflection()->GetMessage(data, field);
  }
  return nullptr;
}

OutgoingEvent::OutgoingEvent(const EventType& of, const Message& message) : type(&of), subject(SubjectOf(message)), data(JsonOf(message)) {}

}  // namespace evenhand::events
