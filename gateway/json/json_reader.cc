#include "gateway/json/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <absl/container/inlined_vector.h>
#include <absl/strings/ascii.h>
#include <rapidjson/error/en.h>

#include "gateway/json/exact_numbers.h"
#include "gateway/json/field_table.h"
#include "gateway/json/json_path.h"
#include "gateway/json/well_known.h"
#include "gateway/route/utf8.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Value = rapidjson::Value;

std::string_view TextOf(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

// A walk, as among the fields: the descriptor's own look-up asks for a string of its own and hashes it.
const google::protobuf::EnumValueDescriptor* ValueNamed(const google::protobuf::EnumDescriptor& type, std::string_view name) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->name() == name) return type.value(i);
  }
  return nullptr;
}

// What a caller may write: the first value of each means that nothing is said.
std::string ValuesOf(const google::protobuf::EnumDescriptor& type) {
  std::string names;
  for (int i = 1; i < type.value_count(); ++i) names += (i == 1 ? "" : ", ") + type.value(i)->name();
  return names;
}

// A message to be filled. It goes through a once-flag to its reflection, so it is asked for that once and not at each field.
struct Target {
  explicit Target(Message* to) : message(to), at(*to->GetReflection()) {}

  Message* message;
  const Reflection& at;
};

class Reader {
 public:
  void Into(const Value& value, Message* message);
  bool Scalar(const Value& value, const FieldDescriptor* field, const Target& to);  // sets, or adds where `field` is repeated
  void Fault(std::string text) {
    if (faults.size() < kMaxFaults) faults.push_back({"", path.Text(), std::move(text)});
  }

  JsonPath path;
  Refusals faults;
  google::protobuf::FieldMask* given = nullptr;  // of the outermost message

 private:
  void Fields(const Value& object, const FieldTable& known, const Target& to);
  void Field(const Value& value, const FieldDescriptor* field, const Target& to);
  void List(const Value& value, const FieldDescriptor* field, const Target& to);
  void Alone(const Value& item, rapidjson::SizeType index, const FieldDescriptor* faults_list, const Target& to, Message* into);
  void Map(const Value& value, const FieldDescriptor* field, const Target& to);
  void StructForm(Form form, const Value& value, const Descriptor& type, const Target& to);
  bool Text(const Value& value, std::string_view* out);
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

bool Reader::Text(const Value& value, std::string_view* out) {
  if (!value.IsString()) return Fault("A text in quotes is expected here."), false;
  const std::string_view text = TextOf(value);
  if (text.find('\0') != std::string_view::npos) return Fault("The character U+0000 is not allowed."), false;
  // An escape may be half of a pair ("\udc00"), which the parser lets through.
  if (!IsUtf8(text)) return Fault("Half of a surrogate pair is no character."), false;
  if (text.size() > kMaxStringBytes) return Fault("This text is too long: at most " + std::to_string(kMaxStringBytes) + " bytes."), false;
  *out = text;
  return true;
}

bool Reader::Scalar(const Value& value, const FieldDescriptor* field, const Target& to) {
  const auto put = [&](auto set, auto add, auto&& what) {
    if (field->is_repeated()) {
      (to.at.*add)(to.message, field, std::forward<decltype(what)>(what));
    } else {
      (to.at.*set)(to.message, field, std::forward<decltype(what)>(what));
    }
    return true;
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        auto bytes = value.IsString() ? DecodeBase64(TextOf(value)) : std::nullopt;
        if (!bytes) return Fault("Bytes in base64 are expected here."), false;
        return put(&Reflection::SetString, &Reflection::AddString, *std::move(bytes));
      }
      std::string_view text;
      return Text(value, &text) && put(&Reflection::SetString, &Reflection::AddString, std::string(text));
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.IsBool()) return Fault("true or false is expected here."), false;
      return put(&Reflection::SetBool, &Reflection::AddBool, value.GetBool());
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* known = value.IsString() ? ValueNamed(*field->enum_type(), TextOf(value)) : nullptr;
      if (known == nullptr || known->number() == 0)
        return Fault("This is none of the values that this field takes: " + ValuesOf(*field->enum_type()) + "."), false;
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
  const Descriptor& type = *message->GetDescriptor();
  const Form form = FormOf(type);
  switch (form) {
    case Form::kPlain:
      if (!value.IsObject()) return Fault("An object is expected here.");
      return Fields(value, FieldTable::Of(type), Target(message));
    case Form::kWrapper:
      if (value.IsNull()) return;
      Scalar(value, type.FindFieldByNumber(1), Target(message));
      return;
    case Form::kStruct:
    case Form::kValue:
    case Form::kList:
      return StructForm(form, value, type, Target(message));
    default: {
      std::string_view text;
      if (!Text(value, &text)) return;
      if (const auto wrong = ReadWellKnown(form, text, message); !wrong.empty()) Fault(std::string(wrong));
    }
  }
}

void Reader::StructForm(Form form, const Value& value, const Descriptor& type, const Target& to) {
  if (form == Form::kStruct) {
    if (!value.IsObject()) return Fault("An object is expected here.");
    return Map(value, type.FindFieldByNumber(1), to);
  }
  if (form == Form::kList) {
    if (!value.IsArray()) return Fault("A list is expected here.");
    return List(value, type.FindFieldByNumber(1), to);
  }
  switch (value.GetType()) {  // numbers of the oneof in google/protobuf/struct.proto
    case rapidjson::kNullType:
      return to.at.SetEnumValue(to.message, type.FindFieldByNumber(1), 0);
    case rapidjson::kNumberType:
      return to.at.SetDouble(to.message, type.FindFieldByNumber(2), value.GetDouble());
    case rapidjson::kStringType:
      Scalar(value, type.FindFieldByNumber(3), to);
      return;
    case rapidjson::kObjectType:
      return Into(value, to.at.MutableMessage(to.message, type.FindFieldByNumber(5)));
    case rapidjson::kArrayType:
      return Into(value, to.at.MutableMessage(to.message, type.FindFieldByNumber(6)));
    default:
      return to.at.SetBool(to.message, type.FindFieldByNumber(4), value.GetBool());
  }
}

void Reader::Fields(const Value& object, const FieldTable& known, const Target& to) {
  // Fields, and oneofs: two members of one are as wrong as one twice. No more of them than the type has, so a walk along them is short.
  absl::InlinedVector<const void*, 16> seen;
  const auto first = [&](const void* what) {
    if (std::find(seen.begin(), seen.end(), what) != seen.end()) return false;
    seen.push_back(what);
    return true;
  };
  for (const auto& [name, value] : object.GetObject()) {
    const std::string_view key = TextOf(name);
    path.Enter(key);
    const FieldTable::Known* found = known.Find(key);
    if (found != nullptr && found->name != found->field->json_name()) found = nullptr;  // snake_case is the contract's own
    const FieldDescriptor* field = found == nullptr ? nullptr : found->field;
    if (given != nullptr && path.depth() == 1 && found != nullptr && !found->output_only)
      given->add_paths(found->flat_in == nullptr ? field->name() : found->flat_in->name() + "." + field->name());
    if (field == nullptr) {
      Fault("This field is not known here.");
    } else if (!first(field)) {
      Fault("This field is given twice.");
    } else if (found->output_only) {
      // AIP-203: whoever sends back what was told means nothing by it
    } else if (value.IsNull() &&
               (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || FormOf(*field->message_type()) != Form::kValue)) {
      // null: as if not given
    } else if (field->real_containing_oneof() != nullptr && !first(field->real_containing_oneof())) {
      Fault("Only one of the choices of which this is one may be given.");
    } else if (found->flat_in != nullptr) {
      Field(value, field, Target(to.at.MutableMessage(to.message, found->flat_in)));
    } else {
      Field(value, field, to);
    }
    path.Leave();
    if (faults.size() >= kMaxFaults) return;
  }
}

void Reader::Field(const Value& value, const FieldDescriptor* field, const Target& to) {
  if (field->is_map()) {
    if (!value.IsObject()) return Fault("An object is expected here.");
    return Map(value, field, to);
  }
  if (field->is_repeated()) {
    if (!value.IsArray()) return Fault("A list in [ ] is expected here.");
    return List(value, field, to);
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return Into(value, to.at.MutableMessage(to.message, field));
  Scalar(value, field, to);
}

void Reader::List(const Value& value, const FieldDescriptor* field, const Target& to) {
  if (value.Size() > kMaxElements) return Fault("This list is too long: at most " + std::to_string(kMaxElements) + ".");
  const FieldDescriptor* faults_list = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? FaultsOf(*field) : nullptr;
  for (rapidjson::SizeType i = 0; i < value.Size() && faults.size() < kMaxFaults; ++i) {
    path.Enter(std::size_t{i});
    if (faults_list != nullptr) {
      Alone(value[i], i, faults_list, to, to.at.AddMessage(to.message, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Into(value[i], to.at.AddMessage(to.message, field));
    } else {
      Scalar(value[i], field, to);
    }
    path.Leave();
  }
}

// What is wrong with one item is said of it and spoils no other; an empty one keeps its place.
void Reader::Alone(const Value& item, rapidjson::SizeType index, const FieldDescriptor* faults_list, const Target& to, Message* into) {
  Reader own;
  own.Into(item, into);
  if (own.faults.empty()) return;
  into->Clear();
  const Target fault(to.at.AddMessage(to.message, faults_list));
  const Descriptor& type = *faults_list->message_type();  // evenhand.common.v1.ItemFault, by its numbers
  fault.at.SetUInt32(fault.message, type.FindFieldByNumber(1), index);
  fault.at.SetString(fault.message, type.FindFieldByNumber(2), own.faults.front().field);
  fault.at.SetString(fault.message, type.FindFieldByNumber(3), own.faults.front().message);
}

bool Reader::MapKey(std::string_view key, const FieldDescriptor* field, Message* entry) {
  Value text;
  text.SetString(rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size())));
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) return Scalar(text, field, Target(entry));
  // One text for one key: " 1" and "-0" would be a second way to say 1 and 0.
  const bool plain = key != "-0" && std::ranges::all_of(key, absl::ascii_isgraph);
  return (plain && !ReadText(field->json_name(), key, entry)) || (Fault("This key is of the wrong type."), false);
}

void Reader::Map(const Value& value, const FieldDescriptor* field, const Target& to) {
  absl::flat_hash_set<std::string_view> seen;
  if (value.MemberCount() > kMaxElements) return Fault("This has too many entries: at most " + std::to_string(kMaxElements) + ".");
  for (const auto& [name, item] : value.GetObject()) {
    path.Enter(TextOf(name));
    Message* entry = to.at.AddMessage(to.message, field);
    if (!seen.insert(TextOf(name)).second) {
      Fault("This key is given twice.");
    } else if (MapKey(TextOf(name), field->message_type()->map_key(), entry)) {
      Field(item, field->message_type()->map_value(), Target(entry));
    }
    path.Leave();
    if (faults.size() >= kMaxFaults) return;
  }
}

}  // namespace

Refusals ReadJson(std::string_view text, Message* message, google::protobuf::FieldMask* given) {
  // The parser takes a zero byte for the end and would not look at what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    return {{"", PathAt(text, zero), "The body is not readable JSON at byte " + std::to_string(zero) + ": a zero byte."}};
  ExactDocument document;
  if (const auto parsed = document.Parse(text); parsed.IsError()) {
    const auto why = parsed.Code() == rapidjson::kParseErrorTermination ? rapidjson::kParseErrorNumberTooBig : parsed.Code();
    return {{"", PathAt(text, parsed.Offset()),
             "The body is not readable JSON at byte " + std::to_string(parsed.Offset()) + ": " + rapidjson::GetParseError_En(why)}};
  }
  Reader reader;
  reader.given = given;
  reader.Into(document.root(), message);
  return std::move(reader.faults);
}

std::optional<Violation> ReadText(std::string_view name, std::string_view value, Message* message) {
  const std::size_t dot = name.find('.');
  const FieldTable::Known* known = FieldTable::Of(*message->GetDescriptor()).Find(name.substr(0, dot));
  const FieldDescriptor* field = known == nullptr ? nullptr : known->field;
  if (known != nullptr && known->flat_in != nullptr) message = message->GetReflection()->MutableMessage(message, known->flat_in);
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
  ExactDocument text;
  Value& document = text.root();
  if (quoted) {
    document.SetString(rapidjson::StringRef(value.data(), static_cast<rapidjson::SizeType>(value.size())));
  } else {
    if (text.Parse(value).IsError()) document.SetNull();
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
    reader.Scalar(document, field, Target(message));
  }
  if (reader.faults.empty()) return std::nullopt;
  return fault(std::move(reader.faults.front().message));
}

}  // namespace evenhand::gateway
