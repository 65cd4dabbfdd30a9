// A message's fields by their JSON names.
#pragma once

#include <string_view>

#include <google/protobuf/descriptor.h>

namespace evenhand::gateway {

// The field that a JSON name means: lowerCamelCase, or the contract's own snake_case as proto3 JSON allows. Null: none.
const google::protobuf::FieldDescriptor* FieldNamed(const google::protobuf::Descriptor& type, std::string_view json_name);

}  // namespace evenhand::gateway
