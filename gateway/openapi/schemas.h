// Messages and enums of the contract as JSON schemas with examples. Only what a route reaches is there.
#pragma once

#include <map>
#include <set>
#include <string>

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

  // {"$ref": …} of a message, and everything that it reaches becomes a component.
  OrderedJson Reference(const google::protobuf::Descriptor& type);
  // The schema of one field's value, for a parameter.
  OrderedJson OfField(const google::protobuf::FieldDescriptor& field);
  // A value that the schema accepts.
  OrderedJson Example(const google::protobuf::Descriptor& type, int depth = 0) const;
  OrderedJson ExampleOf(const google::protobuf::FieldDescriptor& field, int depth = 0) const;

  const std::map<std::string, OrderedJson>& components() const { return components_; }

 private:
  OrderedJson OfValue(const google::protobuf::FieldDescriptor& field);
  OrderedJson ReferenceTo(const google::protobuf::EnumDescriptor& type);
  // "Restriction"; the package goes before it where two have the same.
  std::string NameOf(const std::string& full_name, const std::string& package);

  const Comments& comments_;
  std::set<const google::protobuf::FieldDescriptor*> left_out_;
  std::map<std::string, OrderedJson> components_;
  std::map<std::string, std::string> names_;  // full name → component
};

}  // namespace evenhand::gateway
