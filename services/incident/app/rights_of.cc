#include "services/incident/app/rights_of.h"

#include <set>

#include "evenhand/common/v1/rights.pb.h"
#include "evenhand/incident/v1/incident_service.pb.h"
#include "services/platform/rpc/field_mask.h"

namespace evenhand::incident {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool GivesRight(const FieldDescriptor* field) { return field->options().GetExtension(common::v1::gives_right); }

std::string Word(const Message& message, const FieldDescriptor* field, int at) {
  const auto* r = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? r->GetRepeatedString(message, field, at) : r->GetString(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::to_string(many ? r->GetRepeatedEnumValue(message, field, at) : r->GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return r->GetBool(message, field) ? "true" : "";
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(r->GetInt32(message, field));
    default:
      return "?";  // no rule reads another kind
  }
}

// What one message says in such fields, its parts included, as one text.
std::string Said(const Message& message) {
  std::string said;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    std::set<std::string> words;
    for (int at = 0; at < count; ++at) {
      if (GivesRight(field))
        words.insert(Word(message, field, at));
      else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
        words.insert(Said(field->is_repeated() ? message.GetReflection()->GetRepeatedMessage(message, field, at)
                                               : message.GetReflection()->GetMessage(message, field)));
    }
    words.erase("");
    for (const std::string& word : words) said += std::string(field->name()) + "=" + std::to_string(word.size()) + ":" + word + ";";
  }
  return said;
}

// Of one top-level field alone.
std::string Said(const v1::Incident& incident, const FieldDescriptor* field) {
  v1::Incident alone = incident;
  std::vector<const FieldDescriptor*> set;
  incident.GetReflection()->ListFields(incident, &set);
  for (const FieldDescriptor* one : set)
    if (one != field) alone.GetReflection()->ClearField(&alone, one);
  return Said(alone);
}

}  // namespace

std::vector<std::string> ChangedRights(const v1::Incident& before, const v1::Incident& after) {
  std::vector<std::string> changed;
  const auto* content = v1::Incident::descriptor();
  // Only what a source or a correction says: follow-ups, versions and the like hang on it.
  for (int i = 0; i < content->field_count(); ++i) {
    const FieldDescriptor* field = content->field(i);
    if (IsTaken(*field) && Said(before, field) != Said(after, field)) changed.push_back(field->json_name());
  }
  return changed;
}

}  // namespace evenhand::incident
