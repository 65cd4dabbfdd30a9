#include "gateway/openapi/webhooks.h"

#include "evenhand/common/v1/fields.pb.h"
#include "services/events/event_type.h"
#include "services/platform/base/version.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::Descriptor;

constexpr char kMediaType[] = "application/cloudevents+json";
constexpr char kHowTold[] =
    "Ids, kinds and times: no name, no narrative, no staff number. Each is a CloudEvent 1.0 in its JSON form, signed after Standard "
    "Webhooks. "
    "The same event may come again, with the same id; events of one subject are queued in their order. A receiver answers with 2xx within "
    "10 seconds; anything else is tried again for three days with growing pauses, and 410 ends it.";

// Staff numbers never leave: a schema has no place for them.
void LeaveOutStaff(const Descriptor& type, Schemas& schemas) {
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (field.options().GetExtension(common::v1::canonical_form) == common::v1::CanonicalForm::STAFF_NUMBER) schemas.LeaveOut(field);
    if (field.options().GetExtension(common::v1::flat)) LeaveOutStaff(*field.message_type(), schemas);
  }
}

OrderedJson Text(const char* description, const char* format = nullptr) {
  OrderedJson text = {{"type", "string"}, {"description", description}};
  if (format != nullptr) text["format"] = format;
  return text;
}

OrderedJson CloudEvent(const events::EventType& type, Schemas& schemas) {
  const Descriptor& data = *type.message->GetDescriptor();
  OrderedJson event = {{"type", "object"},
                       {"required", {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}}};
  OrderedJson& fields = event["properties"];
  fields["specversion"] = {{"type", "string"}, {"const", "1.0"}};
  fields["id"] = Text("The same at every try and replay; the header webhook-id too.", "uuid");
  fields["source"] = Text("What tells it. Example: \"urn:evenhand:restriction\".", "uri-reference");
  fields["type"] = {{"type", "string"}, {"const", std::string(type.name)}};
  fields["subject"] = Text("The id of what it happened to.");
  fields["time"] = Text("When it happened.", "date-time");
  fields["datacontenttype"] = {{"type", "string"}, {"const", "application/json"}};
  fields["data"] = schemas.Reference(data);
  return event;
}

OrderedJson Example(const events::EventType& type, const Schemas& schemas) {
  const std::string name(type.name);
  return {{"specversion", "1.0"},
          {"id", "01a22e36-98e1-7cfe-b62e-a7b3fe688ba7"},
          {"source", "urn:evenhand:" + name.substr(0, name.find('.'))},
          {"type", name},
          {"subject", "01a22e36-98e1-7cfe-b62e-a7b3fe688ba7"},
          {"time", "2026-11-25T10:00:00Z"},
          {"datacontenttype", "application/json"},
          {"data", schemas.Example(*type.message->GetDescriptor())}};
}

// What Standard Webhooks signs with.
OrderedJson Headers() {
  OrderedJson headers;
  headers["webhook-id"] = Text("The event's id: what came before is not acted on again.", "uuid");
  headers["webhook-timestamp"] = Text("Seconds since 1970 of this try; an old one is refused.");
  headers["webhook-signature"] =
      Text("\"v1,\" and the base64 of HMAC-SHA256 over id.timestamp.body; two with a blank between while a new secret takes over.");
  return headers;
}

OrderedJson HeaderParameters() {
  OrderedJson parameters = OrderedJson::array();
  const OrderedJson headers = Headers();  // what is walked over outlives the walk
  for (const auto& [name, schema] : headers.items()) {
    parameters.push_back({{"name", name}, {"in", "header"}, {"required", true}, {"schema", schema}});
  }
  return parameters;
}

template <typename Use>
void ForEachWebhook(Schemas& schemas, Use use) {
  for (const events::EventType* type : events::EventTypes()) {
    if (!type->for_webhooks) continue;
    LeaveOutStaff(*type->message->GetDescriptor(), schemas);
  }
  for (const events::EventType* type : events::EventTypes()) {
    if (type->for_webhooks) use(*type);
  }
}

}  // namespace

OrderedJson MakeWebhooks(const Comments&, Schemas& schemas) {
  OrderedJson webhooks = OrderedJson::object();
  ForEachWebhook(schemas, [&](const events::EventType& type) {
    OrderedJson operation;
    operation["operationId"] = "on" + type.message->GetDescriptor()->name();
    operation["tags"] = {"Webhook"};
    operation["summary"] = std::string(type.description);
    operation["description"] = std::string(type.description) + " " + kHowTold;
    operation["security"] = OrderedJson::array();
    operation["parameters"] = HeaderParameters();
    operation["requestBody"] = {{"required", true},
                                {"content", {{kMediaType, {{"schema", CloudEvent(type, schemas)}, {"example", Example(type, schemas)}}}}}};
    operation["responses"] = {{"2XX", {{"description", "Taken."}}},
                              {"410", {{"description", "Not wanted any more: the webhook is disabled until it is replayed."}}},
                              {"default", {{"description", "Tried again; after Retry-After, where it is told."}}}};
    webhooks[std::string(type.name)]["post"] = std::move(operation);
  });
  return webhooks;
}

std::string MakeAsyncApi() {
  const Comments comments;
  Schemas schemas(comments);
  OrderedJson messages = OrderedJson::object(), of_channel = OrderedJson::object(),
              headers = {{"type", "object"}, {"properties", Headers()}};
  ForEachWebhook(schemas, [&](const events::EventType& type) {
    const std::string name = type.message->GetDescriptor()->name();
    messages[name] = {{"name", std::string(type.name)},
                      {"title", std::string(type.name)},
                      {"summary", std::string(type.description)},
                      {"contentType", kMediaType},
                      {"headers", headers},
                      {"payload", CloudEvent(type, schemas)},
                      {"examples", {{{"payload", Example(type, schemas)}}}}};
    of_channel[name] = {{"$ref", "#/components/messages/" + name}};
  });
  OrderedJson document;
  document["asyncapi"] = "3.0.0";
  document["info"] = {{"title", "Evenhand: what systems are told"}, {"version", Version()}, {"description", kHowTold}};
  document["defaultContentType"] = kMediaType;
  document["channels"]["webhook"] = {{"address", nullptr},
                                     {"title", "A receiver's own address"},
                                     {"description", "As it was registered: POST /v1/webhooks of /openapi.json."},
                                     {"messages", std::move(of_channel)}};
  document["operations"]["tell"] = {{"action", "send"}, {"title", "Told by HTTP POST"}, {"channel", {{"$ref", "#/channels/webhook"}}}};
  document["components"]["messages"] = std::move(messages);
  for (const auto& [name, schema] : schemas.components()) document["components"]["schemas"][name] = schema;
  return document.dump();
}

}  // namespace evenhand::gateway
