// The JSON transcoder against protobuf's json_util: what our reader accepts, json_util reads to the same message; what our writer
// prints, both read back; and every fault is named by a path that can itself be printed.
// Input: the type's full name or number on the first line, the JSON text after it; a first line "?name" tries a query parameter.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include "gateway/json/field_table.h"
#include "gateway/json/json_reader.h"
#include "gateway/json/json_writer.h"
#include "gateway/route/utf8.h"
#include "tests/fuzz/claim.h"
#include "tests/fuzz/contract.h"

namespace evenhand::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// json_util prints -0.0 as "-0" and reads that as a whole number, 0: the one difference that is its own.
void ForgetNegativeZeros(Message* message) {
  using google::protobuf::FieldDescriptor;
  const auto* at = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  at->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool wide = field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE, narrow = field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
    const int size = field->is_repeated() ? at->FieldSize(*message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        ForgetNegativeZeros(field->is_repeated() ? at->MutableRepeatedMessage(message, field, i) : at->MutableMessage(message, field));
      } else if (!field->is_repeated() && wide && at->GetDouble(*message, field) == 0) {
        at->SetDouble(message, field, 0.0);
      } else if (!field->is_repeated() && narrow && at->GetFloat(*message, field) == 0) {
        at->SetFloat(message, field, 0.0F);
      }
    }
  }
}

bool Same(const Message& first, const Message& second) {
  const std::unique_ptr<Message> left(first.New()), right(second.New());
  left->CopyFrom(first);
  right->CopyFrom(second);
  ForgetNegativeZeros(left.get());
  ForgetNegativeZeros(right.get());
  const Message &one = *left, &other = *right;
  MessageDifferencer difference;
  google::protobuf::util::DefaultFieldComparator compare;
  compare.set_treat_nan_as_equal(true);
  difference.set_field_comparator(&compare);
  return difference.Compare(one, other);
}

const Descriptor& TypeNamed(std::string_view line) {
  for (const Descriptor* type : Types()) {
    if (type->name() == line || type->full_name() == line) return *type;
  }
  std::size_t sum = 0;
  for (const char c : line) sum = sum * 31 + static_cast<unsigned char>(c);
  return *Types()[sum % Types().size()];
}

void FaultsCanBePrinted(const Refusals& faults) {
  for (const Violation& fault : faults) {
    Claim(gateway::IsUtf8(fault.field) && gateway::IsUtf8(fault.message), "a fault is UTF-8", fault.field, fault.message);
    Claim(fault.field.find('\0') == std::string::npos, "a fault holds no U+0000", fault.field);
    Claim(fault.field.size() < 20'000, "a fault's path is short", fault.field);
  }
}

void WritesWhatBothRead(const Message& message) {
  std::string ours;
  gateway::WriteJson(message, &ours);
  Claim(gateway::IsUtf8(ours), "what is written is UTF-8", ours);
  const auto back = New(*message.GetDescriptor());
  const auto theirs = google::protobuf::util::JsonStringToMessage(ours, back.get());
  Claim(theirs.ok(), "json_util reads what we write", ours, theirs.ToString());
  Claim(Same(message, *back), "json_util reads what we write to the same message", ours, back->DebugString());
  std::string printed;
  Claim(google::protobuf::util::MessageToJsonString(message, &printed).ok(), "json_util writes it too", ours);
  const auto again = New(*message.GetDescriptor());
  const Refusals faults = gateway::ReadJson(printed, again.get());
  Claim(faults.empty(), "we read what json_util writes", printed, faults.empty() ? "" : faults[0].field + ": " + faults[0].message);
  Claim(Same(message, *again), "we read what json_util writes to the same message", printed, again->DebugString());
}

// json_util refuses the whole where we say what is wrong with one item of a list.
bool SomeItemIsBad(const Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  return std::ranges::any_of(set, [](const auto* field) { return gateway::IsFaultsOfAnother(*field); });
}

// json_util knows nothing of fields that stand among those around them (evenhand.common.v1.flat), wherever in the message.
bool HasFlat(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  if (gateway::FieldTable::Of(type).has_flat()) return true;
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->message_type() != nullptr && HasFlat(*type.field(i)->message_type(), seen)) return true;
  return false;
}

void ReadsWhatItWrites(const Message& message) {
  std::string ours;
  gateway::WriteJson(message, &ours);
  Claim(gateway::IsUtf8(ours), "what is written is UTF-8", ours);
  const auto again = New(*message.GetDescriptor());
  const Refusals faults = gateway::ReadJson(ours, again.get());
  Claim(faults.empty(), "we read what we write", ours, faults.empty() ? "" : faults[0].field + ": " + faults[0].message);
  Claim(Same(message, *again), "we read what we write to the same message", ours, again->DebugString());
}

void Body(const Descriptor& type, std::string_view text) {
  const auto ours = New(type);
  const Refusals faults = gateway::ReadJson(text, ours.get());
  FaultsCanBePrinted(faults);
  if (!faults.empty() || SomeItemIsBad(*ours)) return;
  std::set<const Descriptor*> seen;
  if (HasFlat(type, seen)) return ReadsWhatItWrites(*ours);
  const auto theirs = New(type);
  const auto status = google::protobuf::util::JsonStringToMessage(std::string(text), theirs.get());
  Claim(status.ok(), "json_util accepts what we accept", std::string(text), status.ToString());
  Claim(Same(*ours, *theirs), "json_util reads the same message", ours->DebugString(), theirs->DebugString());
  WritesWhatBothRead(*ours);
}

void Parameter(const Descriptor& type, std::string_view name, std::string_view value) {
  const auto message = New(type);
  // The edge decodes before it asks: broken UTF-8 and control characters never come this far.
  const auto plain = [](std::string_view text) {
    return gateway::IsUtf8(text) && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  };
  if (!plain(name) || !plain(value)) return;
  if (const auto fault = gateway::ReadText(name, value, message.get())) return FaultsCanBePrinted({*fault});
  std::string ours;
  gateway::WriteJson(*message, &ours);
  Claim(gateway::IsUtf8(ours), "a parameter is kept as UTF-8", ours);
  const auto fault = gateway::ReadText(name, value, message.get());
  if (fault) FaultsCanBePrinted({*fault});
}

}  // namespace
}  // namespace evenhand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static google::protobuf::LogSilencer* const silence = new google::protobuf::LogSilencer();
  static_cast<void>(silence);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  std::string_view head = input.substr(0, end);
  const std::string_view text = input.substr(end + 1);
  if (!head.starts_with('?')) return evenhand::fuzz::Body(evenhand::fuzz::TypeNamed(head), text), 0;
  head.remove_prefix(1);
  const std::size_t space = head.find(' ');  // "?Type name"
  if (space == std::string_view::npos) return 0;
  evenhand::fuzz::Parameter(evenhand::fuzz::TypeNamed(head.substr(0, space)), head.substr(space + 1), text);
  return 0;
}
