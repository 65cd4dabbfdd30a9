// Prints, from the contract of the events, what C++ says them with: for each file a header with a struct a message, whose fields have to be
// said, and one table of every type with its description and the JSON Schema of its data.
//   print_events DESCRIPTOR_SET FOLDER
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "evenhand/common/v1/fields.pb.h"
#include "evenhand/events/v1/event.pb.h"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
namespace v1 = evenhand::events::v1;

constexpr char kPackage[] = "evenhand.events.v1";

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

// A comment as one line.
template <typename Of>
std::string Comment(const Of& of) {
  google::protobuf::SourceLocation where;
  if (!of.GetSourceLocation(&where)) return "";
  std::istringstream words(where.leading_comments);
  std::string line, word;
  while (words >> word) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

bool IsOurs(const Descriptor& message) { return message.file()->package() == kPackage; }
bool IsEvent(const Descriptor& message) { return message.options().HasExtension(v1::event); }
evenhand::common::v1::CanonicalForm::Value FormOf(const FieldDescriptor& field) {
  return field.options().GetExtension(evenhand::common::v1::canonical_form);
}

std::string CppName(const EnumDescriptor& of) {
  std::string name = of.full_name();
  return "::" + Replace(name, ".", "::");
}

std::string CppType(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "std::string";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "bool";
    case FieldDescriptor::CPPTYPE_INT32:
      return "std::int32_t";
    case FieldDescriptor::CPPTYPE_ENUM:
      return CppName(*field.enum_type());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsOurs(*field.message_type()) ? field.message_type()->name() : "::" + Replace(field.message_type()->full_name(), ".", "::");
    default:
      throw std::runtime_error(field.full_name() + ": events have no fields of this type");
  }
}

std::string Declared(const FieldDescriptor& field) {
  if (field.has_optional_keyword()) return "std::optional<" + CppType(field) + "> " + field.name() + " = std::nullopt;";
  return "Said<" + (field.is_repeated() ? "std::vector<" + CppType(field) + ">" : CppType(field)) + "> " + field.name() + ";";
}

std::string Copied(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (field.is_repeated()) return "for (const auto& one : *" + name + ") message.add_" + name + "(one);";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
    return "*message.mutable_" + name + "() = " + (IsOurs(*field.message_type()) ? "(*" + name + ").ToMessage();" : "*" + name + ";");
  return (field.has_optional_keyword() ? "if (" + name + ") " : "") + "message.set_" + name + "(*" + name + ");";
}

void PrintHeader(const FileDescriptor& file, std::ostream& out) {
  out << "// Printed from " << file.name() << ". A field that is left out, or misspelt, does not compile.\n#pragma once\n\n"
      << "#include <optional>\n#include <string>\n#include <vector>\n\n#include \"" << Replace(file.name(), ".proto", ".pb.h")
      << "\"\n#include \"services/events/event_type.h\"\n#include \"services/events/said.h\"\n\nnamespace evenhand::events {\n";
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& message = *file.message_type(i);
    out << "\n// " << Comment(message) << "\nstruct " << message.name() << " {\n  using Message = v1::" << message.name() << ";\n";
    for (int f = 0; f < message.field_count(); ++f) out << "  " << Declared(*message.field(f)) << "\n";
    out << "  Message ToMessage() const;\n" << (IsEvent(message) ? "  static const EventType& Type();\n" : "") << "};\n";
  }
  out << "\n}  // namespace evenhand::events\n";
}

std::string SchemaOf(const FieldDescriptor& field) {
  std::string type;
  const std::string& name = field.name();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      type = R"("type":"boolean")";
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      type = R"("type":"integer")";
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      type = R"("type":"string","format":"date-time")";
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::string values;
      for (int i = 1; i < field.enum_type()->value_count(); ++i)  // the first is "not said"
        values += (values.empty() ? "" : ",") + Quoted(field.enum_type()->value(i)->name());
      type = R"("type":"string","enum":[)" + values + "]";
      break;
    }
    default:
      type = R"("type":"string")";
      if (name.ends_with("_id") || name.ends_with("_ids")) type += R"(,"format":"uuid")";
      if (name.ends_with("_on")) type += R"(,"format":"date")";
  }
  const std::string described = ",\"description\":" + Quoted(Comment(field));
  return field.is_repeated() ? R"({"type":"array","items":{)" + type + "}" + described + "}" : "{" + type + described + "}";
}

// Flat: what the parts hold stands beside the event's own fields. Staff numbers never leave.
void AddSchema(const Descriptor& message, std::string& properties, std::string& required) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (FormOf(field) == evenhand::common::v1::CanonicalForm::STAFF_NUMBER) continue;
    if (field.options().GetExtension(evenhand::common::v1::flat)) {
      AddSchema(*field.message_type(), properties, required);
      continue;
    }
    const std::string name = Quoted(field.json_name());
    properties += (properties.empty() ? "" : ",") + name + ":" + SchemaOf(field);
    if (!field.has_optional_keyword()) required += (required.empty() ? "" : ",") + name;
  }
}

std::string SchemaOf(const Descriptor& event) {
  std::string properties, required;
  AddSchema(event, properties, required);
  return R"({"type":"object","properties":{)" + properties + R"(},"required":[)" + required + "]}";
}

void PrintTable(const std::vector<const FileDescriptor*>& files, std::ostream& out) {
  for (const FileDescriptor* file : files) out << "#include \"" << Replace(file->name(), ".proto", ".h") << "\"\n";
  out << "\nnamespace evenhand::events {\n";
  std::string names;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor& message = *file->message_type(i);
      out << "\n" << message.name() << "::Message " << message.name() << "::ToMessage() const {\n  Message message;\n";
      for (int f = 0; f < message.field_count(); ++f) out << "  " << Copied(*message.field(f)) << "\n";
      out << "  return message;\n}\n";
      if (!IsEvent(message)) continue;
      const v1::EventRules& rules = message.options().GetExtension(v1::event);
      names += "      &" + message.name() + "::Type(),\n";
      out << "const EventType& " << message.name() << "::Type() {\n  static const EventType type{" << Quoted(rules.type()) << ", "
          << Quoted(file->options().GetExtension(v1::source)) << ", " << Quoted(Comment(message)) << ", "
          << (rules.audience() == v1::Audience::WEBHOOK ? "true" : "false") << ", R\"json(" << SchemaOf(message)
          << ")json\", &Message::default_instance()};\n  return type;\n}\n";
    }
  }
  out << "\nstd::span<const EventType* const> EventTypes() {\n  static const EventType* const types[] = {\n"
      << names << "  };\n  return types;\n}\n\n}  // namespace evenhand::events\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: print_events DESCRIPTOR_SET FOLDER\n", 2;
  google::protobuf::FileDescriptorSet set;
  std::ifstream in(argv[1], std::ios::binary);
  if (!set.ParseFromIstream(&in)) return std::cerr << argv[1] << ": not a descriptor set\n", 1;
  google::protobuf::DescriptorPool pool;
  std::vector<const FileDescriptor*> files;
  for (const auto& file : set.file()) {
    const FileDescriptor* built = pool.BuildFile(file);
    if (built != nullptr && built->package() == kPackage && built->options().HasExtension(v1::source)) files.push_back(built);
  }
  const std::string folder = argv[2];
  for (const FileDescriptor* file : files) {
    std::ofstream header(folder + "/" + Replace(file->name(), ".proto", ".h"));
    PrintHeader(*file, header);
  }
  std::ofstream table(folder + "/evenhand/events/v1/events.cc");
  PrintTable(files, table);
  return table.good() ? 0 : 1;
}
