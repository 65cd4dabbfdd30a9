#include "gateway/openapi/schemas.h"

#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>
#include <google/protobuf/descriptor.pb.h>

#include "gateway/json/field_table.h"
#include "gateway/json/well_known.h"

namespace evenhand::gateway {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

namespace {

OrderedJson OfForm(Form form) {
  switch (form) {
    case Form::kTimestamp:
      return {{"type", "string"}, {"format", "date-time"}};
    case Form::kDuration:
      return {{"type", "string"}, {"pattern", R"(^-?[0-9]+(\.[0-9]+)?s$)"}};
    case Form::kFieldMask:
      return {{"type", "string"}};
    case Form::kStruct:
      return {{"type", "object"}, {"additionalProperties", true}};
    case Form::kList:
      return {{"type", "array"}, {"items", OrderedJson::object()}};
    default:
      return OrderedJson::object();
  }
}

OrderedJson OfNumber(const char* type, const char* format) { return {{"type", type}, {"format", format}}; }

}  // namespace

std::string Schemas::NameOf(const std::string& full_name, const std::string& package) {
  if (const auto known = names_.find(full_name); known != names_.end()) return known->second;
  std::string name = full_name.substr(package.size() + 1);
  if (name.ends_with(".Value")) name.resize(name.size() - 6);  // message Channel { enum Value } is what people call Channel
  name = absl::StrReplaceAll(name, {{".", ""}});
  const auto taken = [&](const std::string& wanted) {
    for (const auto& [full, given] : names_) {
      if (given == wanted) return true;
    }
    return false;
  };
  if (taken(name)) {
    std::string prefix = package.substr(package.find('.') + 1);
    prefix = prefix.substr(0, prefix.find('.'));
    prefix[0] = static_cast<char>(prefix[0] - 'a' + 'A');
    name = prefix + name;
  }
  return names_[full_name] = name;
}

OrderedJson Schemas::ReferenceTo(const EnumDescriptor& type) {
  const std::string name = NameOf(type.full_name(), type.file()->package());
  const OrderedJson reference = {{"$ref", "#/components/schemas/" + name}};
  if (components_.contains(name)) return reference;
  OrderedJson schema = {{"type", "string"}, {"description", ""}, {"enum", OrderedJson::array()}};
  std::string text = comments_.Of(type.full_name());
  if (type.name() == "Value" && type.containing_type() != nullptr) text = comments_.Of(type.containing_type()->full_name());
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;  // never printed: it is what an absent field means
    schema["enum"].push_back(type.value(i)->name());
    text += "\n- `" + type.value(i)->name() + "`: " + comments_.Of(type.full_name() + "." + type.value(i)->name());
  }
  schema["description"] = text;
  components_[name] = std::move(schema);
  return reference;
}

OrderedJson Schemas::Reference(const Descriptor& type) {
  const std::string name = NameOf(type.full_name(), type.file()->package());
  const OrderedJson reference = {{"$ref", "#/components/schemas/" + name}};
  if (components_.contains(name)) return reference;
  components_[name] = nullptr;  // a message may hold its own kind
  OrderedJson schema = {{"type", "object"}};
  if (const std::string& text = comments_.Of(type.full_name()); !text.empty()) schema["description"] = text;
  schema["properties"] = OrderedJson::object();
  for (int i = 0; i < type.field_count(); ++i) {
    if (!left_out_.contains(type.field(i)) && !IsFaultsOfAnother(*type.field(i)))
      schema["properties"][type.field(i)->json_name()] = OfField(*type.field(i));
  }
  components_[name] = std::move(schema);
  return reference;
}

OrderedJson Schemas::OfField(const FieldDescriptor& field) {
  OrderedJson schema;
  if (field.is_map()) {
    schema = {{"type", "object"}, {"additionalProperties", OfValue(*field.message_type()->map_value())}};
  } else if (field.is_repeated()) {
    schema = {{"type", "array"}, {"items", OfValue(field)}};
  } else {
    schema = OfValue(field);
  }
  if (const std::string& text = comments_.Of(field.full_name()); !text.empty()) schema["description"] = text;
  if (field.options().deprecated()) schema["deprecated"] = true;
  return schema;
}

OrderedJson Schemas::OfValue(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return {{"type", "string"}, {"contentEncoding", "base64"}};
      return {{"type", "string"}};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_INT32:
      return OfNumber("integer", "int32");
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"minimum", 0}};
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return OfNumber("string", "int64");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return OfNumber("number", "double");
    case FieldDescriptor::CPPTYPE_FLOAT:
      return OfNumber("number", "float");
    case FieldDescriptor::CPPTYPE_ENUM:
      return ReferenceTo(*field.enum_type());
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Form form = FormOf(*field.message_type());
      if (form == Form::kPlain) return Reference(*field.message_type());
      return form == Form::kWrapper ? OfValue(*field.message_type()->FindFieldByNumber(1)) : OfForm(form);
    }
  }
  return {};
}

}  // namespace evenhand::gateway
