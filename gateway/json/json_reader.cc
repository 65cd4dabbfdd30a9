#include "gateway/json/json_reader.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <rapidjson/error/en.h>

#include "gateway/json/exact_numbers.h"
#include "gateway/json/field_table.h"
#include "gateway/json/json_path.h"
#include "gateway/json/well_known.h"
#include "gateway/route/utf8.h"

namespace evenhand::gateway {
namespace {

// Iterative, so that a million brackets cost memory in proportion and no stack.
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Value = rapidjson::Value;

std::string_view TextOf(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

class Reader {
 public:
  void Into(const Value& value, Message* message);
  bool Scalar(const Value& value, const FieldDescriptor* field, Message* message);  // sets, or adds where `field` is repeated
  void Fault(std::string text) {
    if (faults.size() < kMaxFaults) faults.push_back({"", path.Text(), std::move(text)});
  }

  JsonPath path;
  Refusals faults;

 private:
  void Fields(const Value& object, Message* message);
  void Field(const Value& value, const FieldDescriptor* field, Message* message);
  void List(const Value& value, const FieldDescriptor* field, Message* message);
  void Map(const Value& value, const FieldDescriptor* field, Message* message);
  void StructForm(Form form, const Value& value, Message* message);
  bool Text(const Value& value, std::string* out);
  bool MapKey(std::string_view key, const FieldDescriptor* field, Message* entry);

  template <typename Int>
  bool Integer(const Value& value, Int* out);
};

template <typename Int>
bool Reader::Integer(const Value& value, Int* out) {
  if constexpr (sizeof(Int) == 8) {  // proto3 JSON prints 64-bit numbers as strings, so it reads them too
    if (value.IsString()) {
      const std::string_view text = TextOf(value);
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
      if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return true;
      return Fault("A whole number is expected here."), false;
    }
  }
  if (value.IsInt64() && std::in_range<Int>(value.GetInt64())) return *out = static_cast<Int>(value.GetInt64()), true;
  if (value.IsUint64() && std::in_range<Int>(value.GetUint64())) return *out = static_cast<Int>(value.GetUint64()), true;
  return Fault(value.IsNumber() ? "This number is not whole or out of range." : "A whole number is expected here."), false;
}

bool Reader::Text(const Value& value, std::string* out) {
  if (!value.IsString()) return Fault("A text in quotes is expected here."), false;
  const std::string_view text = TextOf(value);
  if (text.find('\0') != std::string_view::npos) return Fault("The character U+0000 is not allowed."), false;
  // An escape may be half of a pair ("\udc00"), which the parser lets through.
  if (!IsUtf8(text)) return Fault("Half of a surrogate pair is no character."), false;
  if (text.size() > kMaxStringBytes) return Fault("This text is too long: at most " + std::to_string(kMaxStringBytes) + " bytes."), false;
  out->assign(text);
  return true;
}

bool Reader::Scalar(const Value& value, const FieldDescriptor* field, Message* message) {
  const Reflection& at = *message->GetReflection();
  const auto put = [&](auto set, auto add, auto&& what) {
    if (field->is_repeated()) {
      (at.*add)(message, field, std::forward<decltype(what)>(what));
    } else {
      (at.*set)(message, field, std::forward<decltype(what)>(what));
    }
    return true;
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text;
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        auto bytes = value.IsString() ? DecodeBase64(TextOf(value)) : std::nullopt;
        if (!bytes) return Fault("Bytes in base64 are expected here."), false;
        text = *std::move(bytes);
      } else if (!Text(value, &text)) {
        return false;
      }
      return put(&Reflection::SetString, &Reflection::AddString, std::move(text));
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.IsBool()) return Fault("true or false is expected here."), false;
      return put(&Reflection::SetBool, &Reflection::AddBool, value.GetBool());
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* known = value.IsString() ? field->enum_type()->FindValueByName(std::string(TextOf(value))) : nullptr;
      if (known == nullptr) return Fault("This is none of the values that this field takes."), false;
      return put(&Reflection::SetEnum, &Reflection::AddEnum, known);
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      std::int32_t n;
      return Integer(value, &n) && put(&Reflection::SetInt32, &Reflection::AddInt32, n);
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t n;
      return Integer(value, &n) && put(&Reflection::SetUInt32, &Reflection::AddUInt32, n);
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      std::int64_t n;
      return Integer(value, &n) && put(&Reflection::SetInt64, &Reflection::AddInt64, n);
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      std::uint64_t n;
      return Integer(value, &n) && put(&Reflection::SetUInt64, &Reflection::AddUInt64, n);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!value.IsNumber()) return Fault("A number is expected here."), false;
      return put(&Reflection::SetDouble, &Reflection::AddDouble, value.GetDouble());
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (!value.IsNumber() || std::abs(value.GetDouble()) > std::numeric_limits<float>::max())
        return Fault("A number is expected here."), false;
      return put(&Reflection::SetFloat, &Reflection::AddFloat, static_cast<float>(value.GetDouble()));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return false;
}

void Reader::Into(const Value& value, Message* message) {
  if (path.depth() > kMaxDepth) return Fault("This is nested too deep: at most " + std::to_string(kMaxDepth) + " levels.");
  const Form form = FormOf(*message->GetDescriptor());
  switch (form) {
    case Form::kPlain:
      if (!value.IsObject()) return Fault("An object is expected here.");
      return Fields(value, message);
    case Form::kWrapper:
      if (value.IsNull()) return;
      Scalar(value, message->GetDescriptor()->FindFieldByNumber(1), message);
      return;
    case Form::kStruct:
    case Form::kValue:
    case Form::kList:
      return StructForm(form, value, message);
    default: {
      std::string text;
      if (!Text(value, &text)) return;
      if (const auto wrong = ReadWellKnown(form, text, message); !wrong.empty()) Fault(std::string(wrong));
    }
  }
}

void Reader::StructForm(Form form, const Value& value, Message* message) {
  const Descriptor& type = *message->GetDescriptor();
  const Reflection& at = *message->GetReflection();
  if (form == Form::kStruct) {
    if (!value.IsObject()) return Fault("An object is expected here.");
    return Map(value, type.FindFieldByNumber(1), message);
  }
  if (form == Form::kList) {
    if (!value.IsArray()) return Fault("A list is expected here.");
    return List(value, type.FindFieldByNumber(1), message);
  }
  switch (value.GetType()) {  // numbers of the oneof in google/protobuf/struct.proto
    case rapidjson::kNullType:
      return at.SetEnumValue(message, type.FindFieldByNumber(1), 0);
    case rapidjson::kNumberType:
      return at.SetDouble(message, type.FindFieldByNumber(2), value.GetDouble());
    case rapidjson::kStringType:
      Scalar(value, type.FindFieldByNumber(3), message);
      return;
    case rapidjson::kObjectType:
      return Into(value, at.MutableMessage(message, type.FindFieldByNumber(5)));
    case rapidjson::kArrayType:
      return Into(value, at.MutableMessage(message, type.FindFieldByNumber(6)));
    default:
      return at.SetBool(message, type.FindFieldByNumber(4), value.GetBool());
  }
}

void Reader::Fields(const Value& object, Message* message) {
  absl::flat_hash_set<const void*> seen;  // fields, and oneofs: two members of one are as wrong as one twice
  for (const auto& [name, value] : object.GetObject()) {
    const std::string_view key = TextOf(name);
    path.Enter(key);
    const FieldDescriptor* field = FieldNamed(*message->GetDescriptor(), key);
    if (field == nullptr) {
      Fault("This field is not known here.");
    } else if (!seen.insert(field).second) {
      Fault("This field is given twice.");
    } else if (value.IsNull() &&
               (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || FormOf(*field->message_type()) != Form::kValue)) {
      // null: as if not given
    } else if (field->real_containing_oneof() != nullptr && !seen.insert(field->real_containing_oneof()).second) {
      Fault("Only one of the choices of which this is one may be given.");
    } else {
      Field(value, field, message);
    }
    path.Leave();
    if (faults.size() >= kMaxFaults) return;
  }
}

void Reader::Field(const Value& value, const FieldDescriptor* field, Message* message) {
  if (field->is_map()) {
    if (!value.IsObject()) return Fault("An object is expected here.");
    return Map(value, field, message);
  }
  if (field->is_repeated()) {
    if (!value.IsArray()) return Fault("A list in [ ] is expected here.");
    return List(value, field, message);
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return Into(value, message->GetReflection()->MutableMessage(message, field));
  Scalar(value, field, message);
}

void Reader::List(const Value& value, const FieldDescriptor* field, Message* message) {
  if (value.Size() > kMaxElements) return Fault("This list is too long: at most " + std::to_string(kMaxElements) + ".");
  for (rapidjson::SizeType i = 0; i < value.Size() && faults.size() < kMaxFaults; ++i) {
    path.Enter(std::size_t{i});
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Into(value[i], message->GetReflection()->AddMessage(message, field));
    } else {
      Scalar(value[i], field, message);
    }
    path.Leave();
  }
}

bool Reader::MapKey(std::string_view key, const FieldDescriptor* field, Message* entry) {
  Value text;
  text.SetString(rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size())));
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) return Scalar(text, field, entry);
  // One text for one key: " 1" and "-0" would be a second way to say 1 and 0.
  const bool plain = key != "-0" && key.find_first_of(" \t\r\n") == std::string_view::npos;
  return (plain && !ReadText(field->json_name(), key, entry)) || (Fault("This key is of the wrong type."), false);
}

void Reader::Map(const Value& value, const FieldDescriptor* field, Message* message) {
  absl::flat_hash_set<std::string_view> seen;
  if (value.MemberCount() > kMaxElements) return Fault("This has too many entries: at most " + std::to_string(kMaxElements) + ".");
  for (const auto& [name, item] : value.GetObject()) {
    path.Enter(TextOf(name));
    Message* entry = message->GetReflection()->AddMessage(message, field);
    if (!seen.insert(TextOf(name)).second) {
      Fault("This key is given twice.");
    } else if (MapKey(TextOf(name), field->message_type()->map_key(), entry)) {
      Field(item, field->message_type()->map_value(), entry);
    }
    path.Leave();
    if (faults.size() >= kMaxFaults) return;
  }
}

}  // namespace

Refusals ReadJson(std::string_view text, Message* message) {
  char space[4096];  // a check's whole document, without a visit to the heap
  rapidjson::MemoryPoolAllocator<> pool(space, sizeof space);
  rapidjson::Document document(&pool);
  // The parser skips each byte of a byte order mark, alone too; a mark has no place here (RFC 8259, 8.1).
  if (!text.empty() && static_cast<unsigned char>(text.front()) >= 0x80)
    return {{"", "", "The body is not readable JSON at byte 0: this begins no value."}};
  // The parser takes a zero byte for the end and would not look at what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    return {{"", PathAt(text, zero), "The body is not readable JSON at byte " + std::to_string(zero) + ": a zero byte."}};
  if (const auto parsed = ParseExactly<kFlags>(text, &document); parsed.IsError()) {
    const auto why = parsed.Code() == rapidjson::kParseErrorTermination ? rapidjson::kParseErrorNumberTooBig : parsed.Code();
    return {{"", PathAt(text, parsed.Offset()),
             "The body is not readable JSON at byte " + std::to_string(parsed.Offset()) + ": " + rapidjson::GetParseError_En(why)}};
  }
  Reader reader;
  reader.Into(document, message);
  return std::move(reader.faults);
}

std::optional<Violation> ReadText(std::string_view name, std::string_view value, Message* message) {
  const std::size_t dot = name.find('.');
  const FieldDescriptor* field = FieldNamed(*message->GetDescriptor(), name.substr(0, dot));
  const auto fault = [&](std::string what) { return Violation{"", std::string(name), std::move(what)}; };
  const bool plain =
      field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && FormOf(*field->message_type()) == Form::kPlain;
  if (field == nullptr || plain != (dot != std::string_view::npos) || field->is_map()) return fault("This parameter is not known here.");
  const Reflection& at = *message->GetReflection();
  if (plain) {
    if (field->is_repeated()) return fault("This parameter is not known here.");
    auto inner = ReadText(name.substr(dot + 1), value, at.MutableMessage(message, field));
    if (inner) inner->field = name;
    return inner;
  }
  const bool quoted = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING || field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM ||
                      field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  rapidjson::Document document;
  if (quoted) {
    document.SetString(rapidjson::StringRef(value.data(), static_cast<rapidjson::SizeType>(value.size())));
  } else {
    if (ParseExactly<kFlags>(value, &document).IsError()) document.SetNull();
  }
  Reader reader;
  reader.path.Enter(name);
  if (!field->is_repeated() && at.HasField(*message, field)) {
    const bool same = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && at.GetString(*message, field) == value;
    return same ? std::nullopt : std::optional(fault("This is given twice."));
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    reader.Into(document, field->is_repeated() ? at.AddMessage(message, field) : at.MutableMessage(message, field));
  } else {
    reader.Scalar(document, field, message);
  }
  if (reader.faults.empty()) return std::nullopt;
  return fault(std::move(reader.faults.front().message));
}

}  // namespace evenhand::gateway
