// A message's fields by their JSON names.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace evenhand::gateway {

// The list beside `list` in which items of it that can't be read are named (item_fault.proto). Null: one bad item spoils the whole.
const google::protobuf::FieldDescriptor* FaultsOf(const google::protobuf::FieldDescriptor& list);
// Is it such a list? Nobody sets it but the reader.
bool IsFaultsOfAnother(const google::protobuf::FieldDescriptor& field);

// Each field twice: lowerCamelCase, and the contract's own snake_case as proto3 JSON allows.
class FieldTable {
 public:
  // This thread's table of `type`, good as long as the thread.
  static const FieldTable& Of(const google::protobuf::Descriptor& type);

  explicit FieldTable(const google::protobuf::Descriptor& type);

  // The field that a JSON name means. Null: none.
  const google::protobuf::FieldDescriptor* Find(std::string_view json_name) const {
    // A walk: most names differ in length at the first look, and a hash costs as much as thirty of those.
    for (const auto& [name, field] : fields_) {
      if (name == json_name) return field;
    }
    return nullptr;
  }

 private:
  std::vector<std::pair<std::string_view, const google::protobuf::FieldDescriptor*>> fields_;
};

}  // namespace evenhand::gateway
