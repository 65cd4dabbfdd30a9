#include "gateway/json/field_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <google/api/field_behavior.pb.h>

#include "evenhand/common/v1/fields.pb.h"
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

bool IsFlat(const FieldDescriptor& field) { return field.options().GetExtension(common::v1::flat); }

const std::string& HeaderOf(const FieldDescriptor& field) { return field.options().GetExtension(common::v1::header); }

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY) return true;
  }
  return false;
}

namespace {

bool IsAlwaysTold(const FieldDescriptor& field) {
  if (field.is_repeated() || field.has_presence() || !field.options().GetExtension(common::v1::always)) return false;
  return field.cpp_type() != FieldDescriptor::CPPTYPE_STRING && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM;
}

}  // namespace

FieldTable::FieldTable(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    if (IsAlwaysTold(*field)) always_.push_back(field);
    if (IsFaultsOfAnother(*field) || !HeaderOf(*field).empty() || field->name() == "update_mask") continue;
    if (IsFlat(*field)) {
      has_flat_ = true;
      for (const Known& inner : Of(*field->message_type()).fields_) fields_.push_back({inner.name, inner.field, field, inner.output_only});
      continue;
    }
    fields_.push_back({field->json_name(), field, nullptr, IsOutputOnly(*field)});
    if (field->name() != field->json_name()) fields_.push_back({field->name(), field, nullptr, IsOutputOnly(*field)});
  }
  std::ranges::sort(always_, {}, &FieldDescriptor::number);
}

const FieldTable& FieldTable::Of(const Descriptor& type) {
  // One table a thread: built once from immutable descriptors, no lock on the way of a request. The types of a busy route are found at
  // one look.
  thread_local std::array<std::pair<const Descriptor*, const FieldTable*>, 64> seen{};
  auto& [last, found] = seen[reinterpret_cast<std::uintptr_t>(&type) / sizeof(Descriptor) % seen.size()];
  if (last == &type) return *found;
  const FieldTable& table = Made(type);
  last = &type;
  found = &table;
  return table;
}

const FieldTable& FieldTable::Made(const Descriptor& type) {
  thread_local absl::flat_hash_map<const Descriptor*, std::unique_ptr<const FieldTable>> tables;
  if (const auto known = tables.find(&type); known != tables.end()) return *known->second;
  auto table = std::make_unique<const FieldTable>(type);  // asks for the tables of its flat fields
  return *(tables[&type] = std::move(table));
}

const FieldDescriptor* FieldAt(const Descriptor& type, std::string_view path) {
  const std::size_t dot = path.find('.');
  const FieldTable::Known* known = FieldTable::Of(type).Find(path.substr(0, dot));
  if (known == nullptr || dot == std::string_view::npos) return known == nullptr ? nullptr : known->field;
  const Descriptor* inner = known->field->is_repeated() ? nullptr : known->field->message_type();
  return inner == nullptr ? nullptr : FieldAt(*inner, path.substr(dot + 1));
}

std::optional<std::string> MaskPath(const Descriptor& type, std::string_view json_path) {
  const std::size_t dot = json_path.find('.');
  const FieldTable::Known* known = FieldTable::Of(type).Find(json_path.substr(0, dot));
  if (known == nullptr || known->name != known->field->json_name()) return std::nullopt;
  if (known->output_only) return "";
  std::string path = known->flat_in == nullptr ? known->field->name() : known->flat_in->name() + "." + known->field->name();
  if (dot == std::string_view::npos) return path;
  const Descriptor* inner = known->field->is_repeated() ? nullptr : known->field->message_type();
  const auto rest = inner == nullptr ? std::nullopt : MaskPath(*inner, json_path.substr(dot + 1));
  if (!rest) return std::nullopt;
  return rest->empty() ? "" : path + "." + *rest;
}

}  // namespace evenhand::gateway
