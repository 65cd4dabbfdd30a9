#include "gateway/json/field_table.h"

#include <absl/container/flat_hash_map.h>

namespace evenhand::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Table = absl::flat_hash_map<std::string_view, const FieldDescriptor*>;

Table MakeTable(const Descriptor& type) {
  Table table;
  for (int i = 0; i < type.field_count(); ++i) {
    table.emplace(type.field(i)->json_name(), type.field(i));
    table.emplace(type.field(i)->name(), type.field(i));
  }
  return table;
}

}  // namespace

const FieldDescriptor* FieldNamed(const Descriptor& type, std::string_view json_name) {
  // One table a thread: built once from immutable descriptors, no lock on the way of a request.
  thread_local absl::flat_hash_map<const Descriptor*, Table> tables;
  auto found = tables.find(&type);
  if (found == tables.end()) found = tables.emplace(&type, MakeTable(type)).first;
  const auto field = found->second.find(json_name);
  return field == found->second.end() ? nullptr : field->second;
}

}  // namespace evenhand::gateway
