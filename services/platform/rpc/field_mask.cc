#include "services/platform/rpc/field_mask.h"

#include <google/api/field_behavior.pb.h>
#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/message_differencer.h>

namespace evenhand {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool Is(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

}  // namespace

bool IsTaken(const FieldDescriptor& field) { return !Is(field, google::api::OUTPUT_ONLY); }

google::protobuf::FieldMask WhatCounts(const Message& given, const google::protobuf::FieldMask& mask) {
  google::protobuf::FieldMask counts;
  std::vector<const FieldDescriptor*> set;
  if (mask.paths().empty()) given.GetReflection()->ListFields(given, &set);
  for (const FieldDescriptor* field : set)
    if (IsTaken(*field)) counts.add_paths(field->name());
  for (const std::string& path : mask.paths()) {
    const auto* field = given.GetDescriptor()->FindFieldByName(path.substr(0, path.find('.')));
    if (field != nullptr && IsTaken(*field)) counts.add_paths(path);
  }
  return counts;
}

void ClearOutputOnly(Message* message) {
  const auto& at = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  at.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!IsTaken(*field)) {
      at.ClearField(message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map()) {
      if (!field->is_repeated()) ClearOutputOnly(at.MutableMessage(message, field));
      for (int i = 0; field->is_repeated() && i < at.FieldSize(*message, field); ++i)
        ClearOutputOnly(at.MutableRepeatedMessage(message, field, i));
    }
  }
}

void ApplyMask(const Message& given, const google::protobuf::FieldMask& mask, Message* onto) {
  const std::unique_ptr<Message> taken(given.New());
  taken->CopyFrom(given);
  ClearOutputOnly(taken.get());
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(*taken, WhatCounts(given, mask), replace, onto);
}

Refusals RefusalsToChange(const Message& before, const Message& after) {
  Refusals no;
  const auto& type = *before.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (!Is(*field, google::api::IMMUTABLE)) continue;
    google::protobuf::util::MessageDifferencer same;
    if (!same.CompareWithFields(before, after, {field}, {field}))
      no.push_back({"council rule", field->json_name(), "This is said once and can't be changed."});
  }
  return no;
}

}  // namespace evenhand
