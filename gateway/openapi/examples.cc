// Examples for every message: the comments' own where they give one, plain invented ones otherwise.
#include "gateway/json/field_table.h"
#include "gateway/json/well_known.h"
#include "gateway/openapi/schemas.h"
#include "services/platform/rpc/limits.h"

namespace evenhand::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

constexpr int kDeepest = 4;

// By what a field is, and by what it is called; the data is invented (Ofcom's drama numbers, example.org).
OrderedJson TextFor(const FieldDescriptor& field) {
  switch (LimitsOf(field).format) {
    case common::v1::TextFormat::UUID:
    case common::v1::TextFormat::ID_OR_REFERENCE:
      return "01936b1e-7c4a-7d30-9d0a-2f6b8a4c1e55";
    case common::v1::TextFormat::DATE:
      return "2026-11-02";
    case common::v1::TextFormat::URI:
      return "https://crm.example.org/evenhand";
    case common::v1::TextFormat::EMAIL:
      return "pat@example.org";
    case common::v1::TextFormat::TEXT_FORMAT_UNSPECIFIED:
      break;
  }
  switch (field.options().GetExtension(common::v1::canonical_form)) {
    case common::v1::CanonicalForm::STAFF_NUMBER:
      return "E2001";
    case common::v1::CanonicalForm::SERVICE_AREA:
      return "Housing";
    case common::v1::CanonicalForm::CANONICAL_FORM_UNSPECIFIED:
      break;
  }
  const std::string& name = field.json_name();
  if (name == "etag") return "\"3\"";
  if (name == "phone") return "07700 900123";
  if (name == "email") return "pat@example.org";
  if (name == "traceId") return "0af7651916cd43dd8448eb211c80319c";
  if (name == "consistencyToken") return "5d0c6a52-5b0f-4c68-8b43-0f1f6a0f8a10.4711";
  if (name == "displayName" || name == "name") return "Pat Example";
  if (name == "nextPageToken" || name == "pageToken") return "b3BhcXVl";
  return "text";
}

OrderedJson ScalarFor(const FieldDescriptor& field, const std::string& written) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return "AAEC";
      return written.empty() ? TextFor(field) : OrderedJson(written);
    case FieldDescriptor::CPPTYPE_BOOL:
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "1024";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return 1.5;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* named = field.enum_type()->FindValueByName(written);
      if (named != nullptr && named->number() != 0) return named->name();
      return field.enum_type()->value(field.enum_type()->value_count() > 1 ? 1 : 0)->name();
    }
    default:
      return 1;
  }
}

}  // namespace

OrderedJson Schemas::ExampleOf(const FieldDescriptor& field, int depth) const {
  OrderedJson value;
  if (field.is_map()) {
    value["key"] = ExampleOf(*field.message_type()->map_value(), depth + 1);
    return value;
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    value = ScalarFor(field, ExampleIn(comments_.Of(field.full_name())));
  } else {
    switch (FormOf(*field.message_type())) {
      case Form::kTimestamp:
        value = "2026-11-02T10:15:00Z";
        break;
      case Form::kDuration:
        value = "604800s";
        break;
      case Form::kFieldMask:
        value = "displayName";
        break;
      case Form::kWrapper:
        value = ScalarFor(*field.message_type()->FindFieldByNumber(1), "");
        break;
      case Form::kStruct:
        value = OrderedJson::object();
        break;
      case Form::kList:
        value = OrderedJson::array();
        break;
      case Form::kValue:
        value = "text";
        break;
      case Form::kPlain:
        value = Example(*field.message_type(), depth + 1);
    }
  }
  if (!field.is_repeated()) return value;
  OrderedJson list = OrderedJson::array();
  list.push_back(std::move(value));
  return list;
}

OrderedJson Schemas::Example(const Descriptor& type, int depth, As as) const {
  OrderedJson example = OrderedJson::object();
  if (depth >= kDeepest) return example;
  const google::protobuf::OneofDescriptor* chosen = nullptr;
  for (const FieldDescriptor* field : FieldsOf(type, as)) {
    const bool plain = field->message_type() != nullptr && !field->is_map() && FormOf(*field->message_type()) == Form::kPlain;
    if (plain && depth + 1 >= kDeepest) continue;                                // an empty one would lack what it needs
    if (const auto* oneof = field->real_containing_oneof(); oneof != nullptr) {  // one of the choices
      if (oneof == chosen) continue;
      chosen = oneof;
    }
    example[field->json_name()] = ExampleOf(*field, depth);
  }
  return example;
}

}  // namespace evenhand::gateway
