// A message's fields by their JSON names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace evenhand::gateway {

// The list beside `list` in which items of it that can't be read are named (item_fault.proto). Null: one bad item spoils the whole.
const google::protobuf::FieldDescriptor* FaultsOf(const google::protobuf::FieldDescriptor& list);
// Is it such a list? Nobody sets it but the reader.
bool IsFaultsOfAnother(const google::protobuf::FieldDescriptor& field);

// Is what this message field holds printed among the fields around it (evenhand.common.v1.flat)?
bool IsFlat(const google::protobuf::FieldDescriptor& field);
// Is it told and never taken (AIP-203)? Whatever a request says in it is passed over.
bool IsOutputOnly(const google::protobuf::FieldDescriptor& field);

// The header that fills this field, and nothing else does (evenhand.common.v1.header). Empty: none.
const std::string& HeaderOf(const google::protobuf::FieldDescriptor& field);

// Each field twice: lowerCamelCase, and the contract's own snake_case as proto3 JSON allows.
class FieldTable {
 public:
  struct Known {
    std::string_view name;
    const google::protobuf::FieldDescriptor* field;
    const google::protobuf::FieldDescriptor* flat_in;  // the flat message that holds it; null: the type itself
    bool output_only;
  };

  // This thread's table of `type`, good as long as the thread.
  static const FieldTable& Of(const google::protobuf::Descriptor& type);

  explicit FieldTable(const google::protobuf::Descriptor& type);

  // The field that a JSON name means. Null: none.
  const Known* Find(std::string_view json_name) const {
    // A walk: most names differ in length at the first look, and a hash costs as much as thirty of those.
    for (const Known& known : fields_) {
      if (known.name == json_name) return &known;
    }
    return nullptr;
  }

  // Numbers and truths that are printed though they are 0 or false (evenhand.common.v1.always), in the order of their numbers.
  const std::vector<const google::protobuf::FieldDescriptor*>& always() const { return always_; }
  bool has_flat() const { return has_flat_; }

 private:
  static const FieldTable& Made(const google::protobuf::Descriptor& type);

  std::vector<Known> fields_;
  std::vector<const google::protobuf::FieldDescriptor*> always_;
  bool has_flat_ = false;
};

// The field that names with dots between lead to ("person.id"). Null: none.
const google::protobuf::FieldDescriptor* FieldAt(const google::protobuf::Descriptor& type, std::string_view path);

// What a field mask of `type` says for one of JSON's paths ("postalAddress.lines"): the contract's own path ("postal_address.lines"),
// empty where the field is told and never taken. Nothing: there is no such field.
std::optional<std::string> MaskPath(const google::protobuf::Descriptor& type, std::string_view json_path);

}  // namespace evenhand::gateway
