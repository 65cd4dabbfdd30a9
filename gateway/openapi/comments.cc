#include "gateway/openapi/comments.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_replace.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "gateway/contract_data.h"
#include "services/platform/base/check.h"

namespace evenhand::gateway {
namespace {

using Texts = absl::flat_hash_map<std::string, std::string>;

template <typename Thing>
void Note(const Thing& thing, const std::string& name, Texts* texts) {
  google::protobuf::SourceLocation where;
  if (!thing.GetSourceLocation(&where)) return;
  std::string text = absl::StrReplaceAll(where.leading_comments.empty() ? where.trailing_comments : where.leading_comments, {{"\n", " "}});
  absl::RemoveExtraAsciiWhitespace(&text);
  texts->emplace(name, std::move(text));
}

// A value's name is its enum's sibling; we ask for it under the enum.
void NoteEnum(const google::protobuf::EnumDescriptor& type, Texts* texts) {
  Note(type, type.full_name(), texts);
  for (int i = 0; i < type.value_count(); ++i) Note(*type.value(i), type.full_name() + "." + type.value(i)->name(), texts);
}

void NoteMessage(const google::protobuf::Descriptor& type, Texts* texts) {
  Note(type, type.full_name(), texts);
  for (int i = 0; i < type.field_count(); ++i) Note(*type.field(i), type.field(i)->full_name(), texts);
  for (int i = 0; i < type.enum_type_count(); ++i) NoteEnum(*type.enum_type(i), texts);
  for (int i = 0; i < type.nested_type_count(); ++i) NoteMessage(*type.nested_type(i), texts);
}

void NoteFile(const google::protobuf::FileDescriptor& file, Texts* texts) {
  for (int i = 0; i < file.message_type_count(); ++i) NoteMessage(*file.message_type(i), texts);
  for (int i = 0; i < file.enum_type_count(); ++i) NoteEnum(*file.enum_type(i), texts);
  for (int s = 0; s < file.service_count(); ++s) {
    Note(*file.service(s), file.service(s)->full_name(), texts);
    for (int m = 0; m < file.service(s)->method_count(); ++m)
      Note(*file.service(s)->method(m), file.service(s)->method(m)->full_name(), texts);
  }
}

}  // namespace

Comments::Comments() {
  google::protobuf::FileDescriptorSet set;
  const std::string_view bytes = ContractDescriptorSet();
  EVENHAND_CHECK(set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), "the embedded descriptors are not readable");
  google::protobuf::DescriptorPool pool;
  for (const auto& file : set.file()) {
    const auto* built = pool.BuildFile(file);
    EVENHAND_CHECK(built != nullptr, file.name().c_str());
    NoteFile(*built, &texts_);
  }
}

const std::string& Comments::Of(const std::string& full_name) const {
  static const std::string none;
  const auto found = texts_.find(full_name);
  return found == texts_.end() ? none : found->second;
}

std::string FirstSentence(const std::string& text) {
  constexpr std::size_t kLongest = 120;
  std::string first = text.substr(0, std::min({text.find(". "), text.find(": "), text.find("; ")}));
  while (!first.empty() && (first.back() == '.' || first.back() == ':')) first.pop_back();
  if (first.size() <= kLongest) return first;
  const std::size_t space = first.rfind(' ', kLongest);
  return first.substr(0, space == std::string::npos ? kLongest : space);
}

std::string ExampleIn(const std::string& comment) {
  const std::size_t at = comment.find("Example: \"");
  if (at == std::string::npos) return "";
  const std::size_t start = at + 10, end = comment.find('"', start);
  return end == std::string::npos ? "" : comment.substr(start, end - start);
}

}  // namespace evenhand::gateway
