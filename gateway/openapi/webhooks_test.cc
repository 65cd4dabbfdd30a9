// What the two documents say of the events is what the event table says, and no staff number has a place in it.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateway/gateway.h"
#include "gateway/openapi/webhooks.h"
#include "services/events/event_type.h"

namespace evenhand::gateway {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::Not;

std::set<std::string> KeysOf(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

void ExpectEveryReferenceLeadsSomewhere(const Json& document, const Json& at) {
  for (const auto& [key, value] : at.items()) {
    if (key == "$ref") {
      EXPECT_TRUE(document.contains(Json::json_pointer(value.get<std::string>().substr(1)))) << value;
    }
    if (value.is_structured()) ExpectEveryReferenceLeadsSomewhere(document, value);
  }
}

// `event` is a CloudEvent's schema in `document`.
void ExpectSameData(const Json& document, const Json& event, const events::EventType& type) {
  EXPECT_EQ(event["properties"]["type"]["const"], type.name);
  const std::string reference = event["properties"]["data"]["$ref"];
  const Json& data = document.at(Json::json_pointer(reference.substr(1)));
  const Json wanted = Json::parse(type.data_schema);
  EXPECT_EQ(KeysOf(data["properties"]), KeysOf(wanted["properties"])) << type.name;
  EXPECT_EQ(data.value("required", std::set<std::string>()), wanted["required"].get<std::set<std::string>>()) << type.name;
  for (const auto& [name, schema] : wanted["properties"].items()) {
    if (schema["type"] == "string") continue;  // an enum is a component of its own
    EXPECT_EQ(data["properties"][name]["type"], schema["type"]) << type.name << "." << name;
  }
  for (const char* staff : {"assignee", "owner", "readers", "by"}) EXPECT_THAT(KeysOf(data["properties"]), Not(Contains(staff)));
}

TEST(Webhooks, BothDocumentsListEveryEventThatSystemsMayHearAndNoOther) {
  const Json open = Json::parse(OpenApiDocument()), async = Json::parse(MakeAsyncApi());
  std::set<std::string> listed, named;
  for (const events::EventType* type : events::EventTypes()) {
    if (!type->for_webhooks) continue;
    const std::string name(type->name);
    listed.insert(name);
    ASSERT_TRUE(open["webhooks"].contains(name)) << name;
    ExpectSameData(open, open["webhooks"][name]["post"]["requestBody"]["content"]["application/cloudevents+json"]["schema"], *type);
  }
  EXPECT_EQ(KeysOf(open["webhooks"]), listed);
  for (const auto& [key, message] : async["components"]["messages"].items()) {
    named.insert(message["name"]);
    ExpectSameData(async, message["payload"], *events::FindEventType(message["name"].get<std::string>()));
    EXPECT_EQ(async["channels"]["webhook"]["messages"][key]["$ref"], "#/components/messages/" + key);
  }
  EXPECT_EQ(named, listed);
  ExpectEveryReferenceLeadsSomewhere(open, open["webhooks"]);
  ExpectEveryReferenceLeadsSomewhere(async, async);
}

}  // namespace
}  // namespace evenhand::gateway
