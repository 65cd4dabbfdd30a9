#include "gateway/openapi/schemas.h"

#include <algorithm>
#include <limits>

#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>
#include <google/protobuf/descriptor.pb.h>

#include "evenhand/events/v1/event.pb.h"
#include "gateway/json/field_table.h"
#include "gateway/json/well_known.h"
#include "services/platform/rpc/limits.h"

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

// An id is told as a UUID, and taken as one or as the readable reference.
OrderedJson OfText(common::v1::TextFormat::Value format, bool told) {
  OrderedJson text = {{"type", "string"}};
  switch (format) {
    case common::v1::TextFormat::UUID:
      text["format"] = "uuid";
      break;
    case common::v1::TextFormat::DATE:
      text["format"] = "date";
      break;
    case common::v1::TextFormat::ID_OR_REFERENCE:
      if (told) text["format"] = "uuid";
      if (!told) text["pattern"] = "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{3}-[0-9]{4}-[0-9]{6,}(/[0-9]+)?)$";
      break;
    case common::v1::TextFormat::URI:
      text["format"] = "uri";
      break;
    case common::v1::TextFormat::EMAIL:
      text["format"] = "email";
      break;
    case common::v1::TextFormat::TEXT_FORMAT_UNSPECIFIED:
      break;
  }
  return text;
}

// A message of its own for what is asked, by whose name it goes; it is never told.
bool IsRequest(const Descriptor& type) { return type.name().ends_with("Request") && type.FindFieldByName("etag") == nullptr; }

// One of these is given, of the message and of what stands in it without a name. The text is told again: a generated client would have
// no type for a choice that only names it.
OrderedJson ExactlyOneOf(const Descriptor& type) {
  OrderedJson choices = OrderedJson::array();
  const auto& options = type.options();
  for (int i = 0; i < options.ExtensionSize(common::v1::exactly_one); ++i) {
    const std::string& name = type.FindFieldByName(options.GetExtension(common::v1::exactly_one, i))->json_name();
    choices.push_back({{"unevaluatedProperties", true}, {"required", {name}}, {"properties", {{name, {{"type", "string"}}}}}});
  }
  for (int i = 0; i < type.field_count(); ++i)
    if (IsFlat(*type.field(i)))
      for (OrderedJson& choice : ExactlyOneOf(*type.field(i)->message_type())) choices.push_back(std::move(choice));
  return choices;
}

bool IsPlain(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_map() && FormOf(*field.message_type()) == Form::kPlain;
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
  if (!components_.contains(name)) components_[name] = OfEnum(type, std::numeric_limits<std::int64_t>::max());
  return {{"$ref", "#/components/schemas/" + name}};
}

OrderedJson Schemas::OfEnum(const EnumDescriptor& type, std::int64_t most) const {
  OrderedJson schema = {{"type", "string"}, {"description", ""}, {"enum", OrderedJson::array()}};
  std::string text = comments_.Of(type.full_name());
  if (type.name() == "Value" && type.containing_type() != nullptr) text = comments_.Of(type.containing_type()->full_name());
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0 || type.value(i)->number() > most) continue;  // 0 is never printed: it is what an absent field means
    schema["enum"].push_back(type.value(i)->name());
    schema["x-enumDescriptions"][type.value(i)->name()] = comments_.Of(type.full_name() + "." + type.value(i)->name());
    text += "\n- `" + type.value(i)->name() + "`: " + comments_.Of(type.full_name() + "." + type.value(i)->name());
  }
  schema["description"] = text;
  return schema;
}

std::vector<const FieldDescriptor*> Schemas::FieldsOf(const Descriptor& type, As as) const {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (left_out_.contains(&field) || IsFaultsOfAnother(field) || (as != As::kTold && IsOutputOnly(field))) continue;
    if (!IsFlat(field)) {
      fields.push_back(&field);
      continue;
    }
    for (const FieldDescriptor* inner : FieldsOf(*field.message_type(), as)) fields.push_back(inner);
  }
  return fields;
}

std::vector<std::string> Schemas::RequiredIn(const Descriptor& type, As as) const {
  std::vector<std::string> names;
  // A list is there without rows, too. What is no resource of its own is told as it was given.
  const bool page = type.FindFieldByName("next_page_token") != nullptr, resource = type.FindFieldByName("etag") != nullptr;
  for (const FieldDescriptor* field : FieldsOf(type, as)) {
    const bool told = (type.options().HasExtension(events::v1::event) && !field->has_optional_keyword()) ||
                      field->options().GetExtension(common::v1::always) || (page && field->is_repeated()) ||
                      (!resource && IsRequired(*field));
    // Of a change, what says why is needed, and nothing of the thing itself.
    const bool given = IsRequired(*field) && (as != As::kChange || (field->containing_type() == &type && IsRequest(type)));
    if (as == As::kTold ? told : given) names.push_back(field->json_name());
  }
  return names;
}

bool Schemas::Differs(const Descriptor& type, std::set<const Descriptor*>& seen) const {
  if (!seen.insert(&type).second) return false;
  const auto told = FieldsOf(type, As::kTold);
  return told != FieldsOf(type, As::kGiven) || RequiredIn(type, As::kTold) != RequiredIn(type, As::kGiven) ||
         std::ranges::any_of(told, [&](const FieldDescriptor* field) { return IsPlain(*field) && Differs(*field->message_type(), seen); });
}

void Schemas::Take(const Descriptor& type) {
  if (!taken_.insert(&type).second) return;
  for (const FieldDescriptor* field : FieldsOf(type, As::kGiven))
    if (IsPlain(*field)) Take(*field->message_type());
}

OrderedJson Schemas::Reference(const Descriptor& type, As as) {
  const bool request = IsRequest(type);
  if (std::set<const Descriptor*> seen; as != As::kTold && !request && !Differs(type, seen) && as != As::kChange) as = As::kTold;
  const char* suffix = request || as == As::kTold ? "" : as == As::kGiven ? "Input" : "Patch";
  const std::string name = NameOf(type.full_name(), type.file()->package()) + suffix;
  const OrderedJson reference = {{"$ref", "#/components/schemas/" + name}};
  if (components_.contains(name)) return reference;
  components_[name] = nullptr;  // a message may hold its own kind
  OrderedJson schema = {{"type", "object"}};
  if (const std::string& text = comments_.Of(type.full_name()); !text.empty()) schema["description"] = text;
  if (auto required = RequiredIn(type, as); !required.empty()) schema["required"] = std::move(required);
  if (OrderedJson choices = ExactlyOneOf(type); as != As::kTold && !choices.empty()) schema["oneOf"] = std::move(choices);
  schema["properties"] = OrderedJson::object();
  // What holds for a whole resource is held by who writes it, not by who reads it.
  const bool limited = taken_.contains(&type) && (as != As::kTold || type.FindFieldByName("etag") == nullptr);
  const As inner = as == As::kTold ? As::kTold : As::kGiven;
  for (const FieldDescriptor* field : FieldsOf(type, as)) schema["properties"][field->json_name()] = OfField(*field, inner, limited);
  components_[name] = std::move(schema);
  return reference;
}

OrderedJson Schemas::OfField(const FieldDescriptor& field, As as, bool limited) {
  OrderedJson schema;
  const FieldLimits limits = LimitsOf(field);
  if (field.is_map()) {
    schema = {{"type", "object"}, {"additionalProperties", OfValue(*field.message_type()->map_value(), as, limited)}};
  } else if (field.is_repeated()) {
    schema = {{"type", "array"}, {"items", OfValue(field, as, limited)}};
    if (limited && limits.min_items > 0) schema["minItems"] = limits.min_items;
    if (limited) schema["maxItems"] = limits.max_items;
  } else {
    schema = OfValue(field, as, limited);
  }
  if (const std::string& text = comments_.Of(field.full_name()); !text.empty()) schema["description"] = text;
  if (field.options().deprecated()) schema["deprecated"] = true;
  return schema;
}

OrderedJson Schemas::OfValue(const FieldDescriptor& field, As as, bool limited) {
  const FieldLimits limits = LimitsOf(field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type() == FieldDescriptor::TYPE_BYTES) return {{"type", "string"}, {"contentEncoding", "base64"}};
      OrderedJson text = OfText(limits.format, as == As::kTold && !limited);
      if (limited) text["maxLength"] = limits.max_length;
      return text;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_INT32: {
      OrderedJson number = OfNumber("integer", "int32");
      if (limited && limits.minimum) number["minimum"] = *limits.minimum;
      if (limited && limits.maximum) number["maximum"] = *limits.maximum;
      return number;
    }
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
      return limits.maximum ? OfEnum(*field.enum_type(), *limits.maximum) : ReferenceTo(*field.enum_type());
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Form form = FormOf(*field.message_type());
      if (form == Form::kPlain) return Reference(*field.message_type(), as);
      return form == Form::kWrapper ? OfValue(*field.message_type()->FindFieldByNumber(1), as, limited) : OfForm(form);
    }
  }
  return {};
}

}  // namespace evenhand::gateway
