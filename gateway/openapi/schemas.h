// Messages and enums of the contract as JSON schemas with examples. Only what a route reaches is there.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <nlohmann/json.hpp>

#include "gateway/openapi/comments.h"

namespace evenhand::gateway {

using OrderedJson = nlohmann::ordered_json;

class Schemas {
 public:
  explicit Schemas(const Comments& comments) : comments_(comments) {}

  // Fields of a request that its path holds are not in its body; to be told before the first Reference.
  void LeaveOut(const google::protobuf::FieldDescriptor& field) { left_out_.insert(&field); }

  // As a message is told, given, or given in part. What is given lacks what is told and never taken, and says what must be there
  // ("Restriction", "RestrictionInput", "RestrictionPatch"); a message that is the same in all has one schema.
  enum class As { kTold, kGiven, kChange };
  // A message that is given, with all that it holds: its limits are part of its schema. To be told before the first Reference, too.
  void Take(const google::protobuf::Descriptor& type);

  // {"$ref": …} of a message, and everything that it reaches becomes a component.
  OrderedJson Reference(const google::protobuf::Descriptor& type, As as = As::kTold);
  // The schema of one field's value, for a parameter.
  OrderedJson OfField(const google::protobuf::FieldDescriptor& field, As as, bool limited);
  // A value that the schema accepts.
  OrderedJson Example(const google::protobuf::Descriptor& type, int depth = 0, As as = As::kTold) const;
  OrderedJson ExampleOf(const google::protobuf::FieldDescriptor& field, int depth = 0) const;

  const std::map<std::string, OrderedJson>& components() const { return components_; }

 private:
  // The fields that stand in the JSON of `type`: those of flat messages among the others.
  std::vector<const google::protobuf::FieldDescriptor*> FieldsOf(const google::protobuf::Descriptor& type, As as) const;
  std::vector<std::string> RequiredIn(const google::protobuf::Descriptor& type, As as) const;
  // Is what is given another thing than what is told, here or in what it holds?
  bool Differs(const google::protobuf::Descriptor& type, std::set<const google::protobuf::Descriptor*>& seen) const;
  OrderedJson OfValue(const google::protobuf::FieldDescriptor& field, As as, bool limited);
  OrderedJson ReferenceTo(const google::protobuf::EnumDescriptor& type);
  // Of the values up to that number.
  OrderedJson OfEnum(const google::protobuf::EnumDescriptor& type, std::int64_t most) const;
  // "Restriction"; the package goes before it where two have the same.
  std::string NameOf(const std::string& full_name, const std::string& package);

  const Comments& comments_;
  std::set<const google::protobuf::FieldDescriptor*> left_out_;
  std::set<const google::protobuf::Descriptor*> taken_;
  std::map<std::string, OrderedJson> components_;
  std::map<std::string, std::string> names_;  // full name → component
};

}  // namespace evenhand::gateway
