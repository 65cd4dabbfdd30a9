#include "services/platform/rpc/canonical_fields.h"

#include <map>
#include <memory>
#include <set>
#include <vector>

#include <absl/synchronization/mutex.h>

#include "evenhand/common/v1/fields.pb.h"
#include "services/platform/base/canonical.h"

namespace evenhand {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

common::v1::CanonicalForm::Value FormOf(const FieldDescriptor* field) { return field->options().GetExtension(common::v1::canonical_form); }

// Does anything under this message carry a mark?
bool IsMarked(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (FormOf(field) != common::v1::CanonicalForm::CANONICAL_FORM_UNSPECIFIED) return true;
    if (field->message_type() != nullptr && IsMarked(field->message_type(), seen)) return true;
  }
  return false;
}

// The fields of a type that are marked, or lead to one that is: worked out once a type.
const std::vector<const FieldDescriptor*>& MarkedIn(const Descriptor* type) {
  static absl::Mutex mutex(absl::kConstInit);
  static auto& known = *new std::map<const Descriptor*, std::unique_ptr<const std::vector<const FieldDescriptor*>>>();
  {
    const absl::ReaderMutexLock lock(&mutex);
    if (const auto found = known.find(type); found != known.end()) return *found->second;
  }
  auto fields = std::make_unique<std::vector<const FieldDescriptor*>>();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    std::set<const Descriptor*> seen;
    if (FormOf(field) != common::v1::CanonicalForm::CANONICAL_FORM_UNSPECIFIED ||
        (field->message_type() && IsMarked(field->message_type(), seen)))
      fields->push_back(field);
  }
  const absl::MutexLock lock(&mutex);
  return *known.emplace(type, std::move(fields)).first->second;
}

std::string Formed(const std::string& typed, common::v1::CanonicalForm::Value form, const AreaDirectory* areas) {
  if (form == common::v1::CanonicalForm::STAFF_NUMBER) return CanonicalStaffNumber(typed);
  return areas == nullptr ? typed : areas->Resolve(typed).value_or(typed);
}

void FormText(Message* message, const FieldDescriptor* field, const AreaDirectory* areas) {
  const auto* reflection = message->GetReflection();
  if (field->is_repeated()) {
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
      reflection->SetRepeatedString(message, field, i, Formed(reflection->GetRepeatedString(*message, field, i), FormOf(field), areas));
  } else if (const std::string typed = reflection->GetString(*message, field); !typed.empty()) {
    if (std::string formed = Formed(typed, FormOf(field), areas); formed != typed) reflection->SetString(message, field, std::move(formed));
  }
}

}  // namespace

void Canonicalise(Message* message, const AreaDirectory* areas) {
  const auto* reflection = message->GetReflection();
  for (const FieldDescriptor* field : MarkedIn(message->GetDescriptor())) {
    if (field->message_type() == nullptr) {
      FormText(message, field, areas);
    } else if (field->is_repeated()) {  // a map is a list of entries
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
        Canonicalise(reflection->MutableRepeatedMessage(message, field, i), areas);
    } else if (reflection->HasField(*message, field)) {
      Canonicalise(reflection->MutableMessage(message, field), areas);
    }
  }
}

}  // namespace evenhand
