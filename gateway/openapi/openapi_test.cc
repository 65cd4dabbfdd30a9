// The contract that a compiler can hold a caller to: what the OpenAPI says of fields is what the server holds requests to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateway/call/messages.h"
#include "gateway/contract.h"
#include "gateway/gateway.h"
#include "gateway/json/field_table.h"
#include "gateway/json/json_reader.h"
#include "gateway/json/well_known.h"
#include "services/platform/rpc/limits.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr int kDeepest = 4;

std::vector<Route> Writes() {
  std::vector<Route> writes;
  for (Route& route : RoutesOf(ContractFiles()))
    if (route.takes_body && route.is_unary()) writes.push_back(std::move(route));
  return writes;
}

auto Names(const std::string& path) { return Contains(::testing::Field("field", &Violation::field, path)); }

bool IsTaken(const FieldDescriptor& field) {
  return FaultsOf(field) == nullptr && !IsOutputOnly(field) && !IsFaultsOfAnother(field) && HeaderOf(field).empty() &&
         field.type() != FieldDescriptor::TYPE_BYTES;
}

// Every text of a request, with one of so many characters in it: `told` is given the path that JSON has for it.
template <typename Told>
void WithText(const Route& route, Message& whole, Message& at, const std::string& prefix, int depth, bool longer, Told told) {
  const auto& reflection = *at.GetReflection();
  for (int i = 0; i < at.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *at.GetDescriptor()->field(i);
    if (!IsTaken(field) || field.is_map()) continue;
    const bool unnamed = &field == route.body_field || IsFlat(field);
    const std::string path = prefix + field.json_name() + (field.is_repeated() ? "[0]" : "");
    if (field.type() == FieldDescriptor::TYPE_STRING) {
      const FieldLimits limits = LimitsOf(field);
      if (limits.format == common::v1::TextFormat::DATE && !longer) continue;
      std::string text;
      for (std::int64_t n = 0; n < limits.max_length + (longer ? 1 : 0); ++n) text += "é";
      field.is_repeated() ? reflection.AddString(&at, &field, text) : reflection.SetString(&at, &field, text);
      told(path);
      reflection.ClearField(&at, &field);
    } else if (field.message_type() != nullptr && FormOf(*field.message_type()) == Form::kPlain && depth < kDeepest) {
      Message& inner = field.is_repeated() ? *reflection.AddMessage(&at, &field) : *reflection.MutableMessage(&at, &field);
      WithText(route, whole, inner, unnamed ? prefix : path + ".", depth + 1, longer, told);
      reflection.ClearField(&at, &field);
    }
  }
}

TEST(Limits, ATextLongerThanItsFieldHoldsIsNamed_OneThatIsAsLongIsNot) {
  int fields = 0;
  for (const Route& route : Writes()) {
    for (const bool longer : {true, false}) {
      const auto request = NewMessage(*route.rpc->input_type());
      WithText(route, *request, *request, "", 0, longer, [&](const std::string& path) {
        ++fields;
        const Refusals faults = FaultsOfLimits(*request, route.body_field);
        if (longer) {
          EXPECT_THAT(faults, Names(path)) << route.rpc->full_name();
        } else {
          EXPECT_THAT(faults, Not(Names(path))) << route.rpc->full_name();
        }
      });
    }
  }
  EXPECT_GT(fields, 500) << "the walk has found the contract";
}

// The schema of a request's body.
Json BodySchema(const Json& contract, const Route& route) {
  for (const auto& [path, methods] : contract["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (operation.value("operationId", "") != route.rpc->name()) continue;
      const std::string reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
      return contract["components"]["schemas"][reference.substr(reference.rfind('/') + 1)];
    }
  }
  ADD_FAILURE() << route.rpc->full_name() << " is not told";
  return Json::object();
}

TEST(Limits, WhatIsRequiredIsAskedFor) {
  const Json contract = Json::parse(OpenApiDocument());
  int fields = 0;
  for (const Route& route : Writes()) {
    const auto request = NewMessage(*route.rpc->input_type());
    ASSERT_THAT(ReadBody(route, "{}", request.get()), IsEmpty());
    const Refusals faults = FaultsOfLimits(*request, route.body_field);
    for (const Json& field : BodySchema(contract, route).value("required", Json::array())) {
      ++fields;
      EXPECT_THAT(faults, Names(field)) << route.rpc->full_name();
    }
  }
  EXPECT_GT(fields, 80) << "the walk has found the contract";
}

TEST(Examples, EachIsWrittenByHandReadableAndWithinItsLimits) {
  const Json contract = Json::parse(OpenApiDocument());
  for (const Route& route : Writes()) {
    const std::string& example = route.rpc->options().GetExtension(common::v1::example);
    EXPECT_TRUE(!example.empty() || BodySchema(contract, route)["properties"].empty()) << route.rpc->full_name() << " has no example";
    const auto request = NewMessage(*route.rpc->input_type());
    for (const Segment& segment : route.path.segments) {
      if (!segment.variable.empty()) {
        ASSERT_FALSE(ReadText(segment.variable, "01a22e36-98e1-7cfe-b62e-a7b3fe688ba7", request.get())) << route.path.text;
      }
    }
    EXPECT_THAT(ReadBody(route, example.empty() ? "{}" : example, request.get()), IsEmpty()) << route.rpc->full_name();
    EXPECT_THAT(FaultsOfLimits(*request, route.body_field), IsEmpty()) << route.rpc->full_name() << " " << example;
  }
}

TEST(OpenApi, SaysWhatIsAlwaysThereAndWhatEachTextIs) {
  const Json schemas = Json::parse(OpenApiDocument())["components"]["schemas"];
  EXPECT_THAT(schemas["Restriction"]["required"], IsSupersetOf({Json("id"), Json("etag"), Json("state")}));
  EXPECT_EQ(schemas["Restriction"]["properties"]["id"]["format"], "uuid");
  EXPECT_EQ(schemas["Restriction"]["properties"]["endsOn"]["format"], "date");
  EXPECT_THAT(schemas["RestrictionInput"]["required"], Not(Contains("id")));
  EXPECT_FALSE(schemas["RestrictionInput"]["properties"].contains("etag")) << "what is told and never taken";
  EXPECT_FALSE(schemas["RestrictionPatch"].contains("required"));
  EXPECT_EQ(schemas["BatchCheckContactsRequest"]["properties"]["requests"]["maxItems"], 1000);
  EXPECT_EQ(schemas["BatchCheckContactsRequest"]["properties"]["requests"]["minItems"], 1);
}

}  // namespace
}  // namespace evenhand::gateway
