#include "gateway/json/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <vector>

#include <absl/strings/escaping.h>

#include "gateway/json/field_table.h"
#include "gateway/json/well_known.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kSingle = -1;  // index of a field that is not repeated

template <typename Number>
void WriteNumber(Number number, std::string* out) {
  char text[32];
  out->append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

template <typename Float>
void WriteFloat(Float number, std::string* out) {
  if (std::isnan(number)) return void(*out += "\"NaN\"");
  if (std::isinf(number)) return void(*out += number < 0 ? "\"-Infinity\"" : "\"Infinity\"");
  WriteNumber(number, out);
}

void WriteFields(const Message& message, std::string* out);

void WriteValue(const Message& message, const FieldDescriptor* field, int index, std::string* out) {
  const Reflection& at = *message.GetReflection();
  const auto get = [&](auto one, auto many) { return index == kSingle ? (at.*one)(message, field) : (at.*many)(message, field, index); };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string space;
      const std::string& text =
          index == kSingle ? at.GetStringReference(message, field, &space) : at.GetRepeatedStringReference(message, field, index, &space);
      if (field->type() != FieldDescriptor::TYPE_BYTES) return WriteQuoted(text, out);
      std::string base64;
      absl::Base64Escape(text, &base64);
      return void(out->append(1, '"').append(base64).append(1, '"'));
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return void(*out += get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false");
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue);
      const auto* known = field->enum_type()->FindValueByNumber(number);
      if (field->enum_type()->full_name() == "google.protobuf.NullValue") return void(*out += "null");
      if (known == nullptr) return WriteNumber(number, out);
      return void(out->append(1, '"').append(known->name()).append(1, '"'));
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return WriteNumber(get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32), out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return WriteNumber(get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32), out);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return WriteFloat(get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble), out);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return WriteFloat(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat), out);
    case FieldDescriptor::CPPTYPE_INT64:
      *out += '"';
      WriteNumber(get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64), out);
      return void(*out += '"');
    case FieldDescriptor::CPPTYPE_UINT64:
      *out += '"';
      WriteNumber(get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64), out);
      return void(*out += '"');
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteJson(index == kSingle ? at.GetMessage(message, field) : at.GetRepeatedMessage(message, field, index), out);
  }
}

// {"key": value, …} in the order of the keys, so that equal messages print equally.
void WriteMap(const Message& message, const FieldDescriptor* field, std::string* out) {
  const Reflection& at = *message.GetReflection();
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < at.FieldSize(message, field); ++i) {
    const Message& entry = at.GetRepeatedMessage(message, field, i);
    std::string key;
    WriteValue(entry, field->message_type()->map_key(), kSingle, &key);
    if (key.front() != '"') key = '"' + key + '"';
    entries.emplace_back(std::move(key), &entry);
  }
  std::sort(entries.begin(), entries.end());
  *out += '{';
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) *out += ',';
    out->append(entries[i].first).append(1, ':');
    WriteValue(*entries[i].second, field->message_type()->map_value(), kSingle, out);
  }
  *out += '}';
}

void WriteList(const Message& message, const FieldDescriptor* field, std::string* out) {
  *out += '[';
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) *out += ',';
    WriteValue(message, field, i, out);
  }
  *out += ']';
}

void WriteField(const Message& message, const FieldDescriptor* field, std::string* out) {
  if (field->is_map()) return WriteMap(message, field, out);
  if (field->is_repeated()) return WriteList(message, field, out);
  WriteValue(message, field, kSingle, out);
}

// `"name":value,` for each field that is set or always told, those of a flat message among them.
void WriteAmong(const Message& message, std::string* out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  const FieldTable& table = FieldTable::Of(*message.GetDescriptor());
  if (!table.always().empty()) {
    std::vector<const FieldDescriptor*> told;
    std::ranges::set_union(fields, table.always(), std::back_inserter(told), {}, &FieldDescriptor::number, &FieldDescriptor::number);
    fields = std::move(told);
  }
  for (const FieldDescriptor* field : fields) {
    if (table.has_flat() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated() && IsFlat(*field)) {
      WriteAmong(message.GetReflection()->GetMessage(message, field), out);
      continue;
    }
    out->append(1, '"').append(field->json_name()).append("\":");
    WriteField(message, field, out);
    *out += ',';
  }
}

void WriteFields(const Message& message, std::string* out) {
  *out += '{';
  WriteAmong(message, out);
  if (out->back() == ',') out->pop_back();
  *out += '}';
}

// google.protobuf.Value: whichever of its choices is set.
void WriteDynamic(const Message& message, std::string* out) {
  const auto* oneof = message.GetDescriptor()->oneof_decl(0);
  const FieldDescriptor* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (field == nullptr) return void(*out += "null");
  WriteValue(message, field, kSingle, out);
}

}  // namespace

void WriteQuoted(std::string_view text, std::string* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  *out += '"';
  std::size_t plain = 0;  // start of what needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && c != '<' && c != '>') continue;
    out->append(text.substr(plain, i - plain));
    plain = i + 1;
    switch (c) {
      case '"':
        *out += "\\\"";
        break;
      case '\\':
        *out += "\\\\";
        break;
      case '\n':
        *out += "\\n";
        break;
      case '\r':
        *out += "\\r";
        break;
      case '\t':
        *out += "\\t";
        break;
      default:
        out->append("\\u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
    }
  }
  out->append(text.substr(plain)).append(1, '"');
}

void WriteJson(const Message& message, std::string* out) {
  const auto& type = *message.GetDescriptor();
  switch (const Form form = FormOf(type)) {
    case Form::kPlain:
      return WriteFields(message, out);
    case Form::kWrapper:
      return WriteValue(message, type.FindFieldByNumber(1), kSingle, out);
    case Form::kStruct:
      return WriteMap(message, type.FindFieldByNumber(1), out);
    case Form::kList:
      return WriteList(message, type.FindFieldByNumber(1), out);
    case Form::kValue:
      return WriteDynamic(message, out);
    default:
      *out += '"';
      *out += WriteWellKnown(form, message);
      *out += '"';
  }
}

}  // namespace evenhand::gateway
