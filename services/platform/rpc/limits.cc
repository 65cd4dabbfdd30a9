#include "services/platform/rpc/limits.h"

#include <algorithm>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <google/api/field_behavior.pb.h>

#include "evenhand/common/v1/item_fault.pb.h"
#include "services/platform/base/characters.h"
#include "services/platform/base/local_date.h"

namespace evenhand {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::int64_t kText = 10'000;      // three pages; what is longer says so at the field
constexpr std::int64_t kStaffNumber = 64;   // the longest `sub` that an identity provider gives
constexpr std::int64_t kServiceArea = 100;  // the longest name of one
constexpr int kItems = 100;
constexpr std::size_t kMostFaults = 100;  // more help nobody

bool Behaves(const FieldDescriptor& field, google::api::FieldBehavior behaviour) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i)
    if (options.GetExtension(google::api::field_behavior, i) == behaviour) return true;
  return false;
}

// What no caller sets: told and never taken, or filled by the gateway.
bool IsNotTaken(const FieldDescriptor& field) {
  return Behaves(field, google::api::OUTPUT_ONLY) || field.options().HasExtension(common::v1::faults_of) ||
         field.type() == FieldDescriptor::TYPE_BYTES;
}

// Is one bad item of this list told in its own place, so that it spoils no other (item_fault.proto)?
bool AnswersEachAlone(const FieldDescriptor& list) {
  const Descriptor& type = *list.containing_type();
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->options().GetExtension(common::v1::faults_of) == list.name()) return true;
  return false;
}

bool IsText(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_STRING; }

// Of ours: google's own (instants, masks) hold themselves to their form.
bool IsOurs(const Descriptor& type) { return type.full_name().starts_with("evenhand."); }

std::int64_t LongestText(const FieldDescriptor& field) {
  switch (field.options().GetExtension(common::v1::canonical_form)) {
    case common::v1::CanonicalForm::STAFF_NUMBER:
      return kStaffNumber;
    case common::v1::CanonicalForm::SERVICE_AREA:
      return kServiceArea;
    case common::v1::CanonicalForm::CANONICAL_FORM_UNSPECIFIED:
      break;
  }
  return kText;
}

// What a text is by its name, as the contract names things: days end in `On`, ids in `Id`. A field whose limits are said is what they say.
common::v1::TextFormat::Value FormByName(const FieldDescriptor& field) {
  if (field.options().HasExtension(common::v1::canonical_form)) return common::v1::TextFormat::TEXT_FORMAT_UNSPECIFIED;
  const std::string& name = field.name();
  if (name.ends_with("_on") || name == "date" || name == "date_of_birth") return common::v1::TextFormat::DATE;
  if (name == "trace_id") return common::v1::TextFormat::TEXT_FORMAT_UNSPECIFIED;  // no thing of ours: W3C Trace Context
  if (name == "id" || name.ends_with("_id") || name.ends_with("_ids")) return common::v1::TextFormat::ID_OR_REFERENCE;
  return common::v1::TextFormat::TEXT_FORMAT_UNSPECIFIED;
}

const std::vector<const FieldDescriptor*>& RequiredIn(const Descriptor& type) {
  static absl::Mutex mutex(absl::kConstInit);
  static auto& known = *new absl::flat_hash_map<const Descriptor*, std::unique_ptr<const std::vector<const FieldDescriptor*>>>();
  const absl::MutexLock lock(&mutex);
  auto& fields = known[&type];
  if (fields != nullptr) return *fields;
  auto found = std::make_unique<std::vector<const FieldDescriptor*>>();
  for (int i = 0; i < type.field_count(); ++i)
    if (IsRequired(*type.field(i))) found->push_back(type.field(i));
  fields = std::move(found);
  return *fields;
}

class Check {
 public:
  // `changes`: a field mask says what counts, so that what has no name of its own lacks nothing.
  Check(const FieldDescriptor* body, bool changes) : body_(body), changes_(changes) {}

  void Message(const google::protobuf::Message& message, const std::string& prefix, bool partial);
  Refusals faults;

 private:
  void Field(const google::protobuf::Message& message, const FieldDescriptor& field, const std::string& path);
  void Text(const std::string& text, const FieldLimits& limits, const std::string& path);
  void Number(std::int64_t number, const FieldLimits& limits, const std::string& path);
  void Fault(const std::string& path, std::string what) {
    if (faults.size() < kMostFaults) faults.push_back({"", path, std::move(what)});
  }

  // What JSON has no name for: it stands among the fields around it.
  bool IsUnnamed(const FieldDescriptor& field) const { return &field == body_ || field.options().GetExtension(common::v1::flat); }
  static std::string Outer(const std::string& prefix) { return prefix.empty() ? "" : prefix.substr(0, prefix.size() - 1); }

  const FieldDescriptor* const body_;
  const bool changes_;
};

void Check::Text(const std::string& text, const FieldLimits& limits, const std::string& path) {
  if (text.empty()) return;
  if (static_cast<std::int64_t>(CharactersIn(text)) > limits.max_length)
    return Fault(path, absl::StrCat("At most ", limits.max_length, " characters."));
  // What an id or an address is, whoever looks it up or writes to it says.
  if (limits.format == common::v1::TextFormat::DATE && !ParseDate(text)) Fault(path, "Write the date as YYYY-MM-DD.");
}

void Check::Number(std::int64_t number, const FieldLimits& limits, const std::string& path) {
  if (limits.minimum && number < *limits.minimum) Fault(path, absl::StrCat("At least ", *limits.minimum, "."));
  if (limits.maximum && number > *limits.maximum) Fault(path, absl::StrCat("At most ", *limits.maximum, "."));
}

void Check::Field(const google::protobuf::Message& message, const FieldDescriptor& field, const std::string& path) {
  const auto& at = *message.GetReflection();
  const FieldLimits limits = LimitsOf(field);
  const int items = field.is_repeated() ? at.FieldSize(message, &field) : 0;
  if (field.is_repeated() && items > limits.max_items) return Fault(path, absl::StrCat("At most ", limits.max_items, "."));
  if (field.is_repeated() && items < limits.min_items) Fault(path, absl::StrCat("At least ", limits.min_items, "."));
  const auto each = [&](auto look) {
    for (int i = 0; i < std::max(items, field.is_repeated() ? 0 : 1); ++i)
      look(i, field.is_repeated() && !field.is_map() ? absl::StrCat(path, "[", i, "]") : path);
  };
  if (IsText(field)) {
    each([&](int i, const std::string& where) {
      Text(field.is_repeated() ? at.GetRepeatedString(message, &field, i) : at.GetString(message, &field), limits, where);
    });
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 && !field.is_repeated()) {
    Number(at.GetInt32(message, &field), limits, path);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && IsOurs(*field.message_type()) && !AnswersEachAlone(field)) {
    each([&](int i, const std::string& where) {
      const auto& inner = field.is_repeated() ? at.GetRepeatedMessage(message, &field, i) : at.GetMessage(message, &field);
      Message(inner, where.empty() ? "" : where + ".", changes_ && IsUnnamed(field));
    });
  }
}

void Check::Message(const google::protobuf::Message& message, const std::string& prefix, bool partial) {
  const auto& at = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  at.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (!IsNotTaken(*field)) Field(message, *field, IsUnnamed(*field) ? Outer(prefix) : prefix + field->json_name());
  }
  if (partial) return;
  for (const FieldDescriptor* field : RequiredIn(*message.GetDescriptor())) {
    if (std::ranges::find(set, field) != set.end()) continue;
    if (!IsUnnamed(*field)) {
      Fault(prefix + field->json_name(), "This is needed.");
    } else if (!changes_) {
      Message(at.GetMessage(message, field), prefix, false);  // an empty one lacks what it needs
    }
  }
}

}  // namespace

FieldLimits LimitsOf(const FieldDescriptor& field) {
  const common::v1::Limits& said = field.options().GetExtension(common::v1::limits);
  FieldLimits limits;
  if (IsText(field)) limits.format = field.options().HasExtension(common::v1::limits) ? said.format() : FormByName(field);
  if (IsText(field)) limits.max_length = said.max_length() > 0 ? said.max_length() : LongestText(field);
  if (field.is_repeated()) {
    limits.min_items = said.min_items() > 0 ? said.min_items() : IsRequired(field) ? 1 : 0;  // an empty list is none
    limits.max_items = said.max_items() > 0 ? said.max_items() : kItems;
  }
  if (said.has_minimum()) limits.minimum = said.minimum();
  if (said.has_maximum()) limits.maximum = said.maximum();
  return limits;
}

bool IsRequired(const FieldDescriptor& field) { return Behaves(field, google::api::REQUIRED); }

Refusals FaultsOfLimits(const Message& request, const FieldDescriptor* body) {
  const Descriptor& type = *request.GetDescriptor();
  bool changes = false;
  for (int i = 0; i < type.field_count(); ++i) {
    const Descriptor* mask = type.field(i)->message_type();
    changes |= mask != nullptr && mask->full_name() == "google.protobuf.FieldMask";
  }
  Check check(body, changes);
  check.Message(request, "", false);
  return std::move(check.faults);
}

}  // namespace evenhand
