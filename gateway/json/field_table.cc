#include "gateway/json/field_table.h"

#include <memory>

#include <absl/container/flat_hash_map.h>

#include "evenhand/common/v1/item_fault.pb.h"

namespace evenhand::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* FaultsOf(const FieldDescriptor& list) {
  const Descriptor& type = *list.containing_type();
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->options().GetExtension(common::v1::faults_of) == list.name()) return type.field(i);
  return nullptr;
}

bool IsFaultsOfAnother(const FieldDescriptor& field) { return field.options().HasExtension(common::v1::faults_of); }

FieldTable::FieldTable(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    if (IsFaultsOfAnother(*field)) continue;
    fields_.emplace_back(field->json_name(), field);
    if (field->name() != field->json_name()) fields_.emplace_back(field->name(), field);
  }
}

const FieldTable& FieldTable::Of(const Descriptor& type) {
  // One table a thread: built once from immutable descriptors, no lock on the way of a request.
  thread_local absl::flat_hash_map<const Descriptor*, std::unique_ptr<const FieldTable>> tables;
  std::unique_ptr<const FieldTable>& table = tables[&type];
  if (table == nullptr) table = std::make_unique<const FieldTable>(type);
  return *table;
}

}  // namespace evenhand::gateway
