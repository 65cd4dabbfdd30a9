// The events of the house as the contract lists them (proto/evenhand/events/v1): the table is printed from it at build time.
#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <google/protobuf/any.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

namespace evenhand::events {

struct EventType {
  std::string_view name;    // "restriction.imposed"
  std::string_view source;  // "restriction": the service that tells it
  std::string_view description;
  bool for_webhooks;                         // false: the services alone
  std::string_view data_schema;              // JSON Schema of its data as a system outside gets it
  const google::protobuf::Message* message;  // an empty one
};

std::span<const EventType* const> EventTypes();
// Null when nobody knows it.
const EventType* FindEventType(std::string_view name);

using Data = std::shared_ptr<const google::protobuf::Message>;
// Null when it can't be read as this event's message.
Data DataOf(const EventType& type, const google::protobuf::Any& any);
Data DataOf(const EventType& type, const std::string& json);

// As a system outside gets it: flat, staff numbers left out.
google::protobuf::Struct DataForWebhooks(const google::protobuf::Message& data);

// The id of what it happened to.
std::string SubjectOf(const google::protobuf::Message& data);

// A part of it: RestrictionRef, IncidentFacts …; null when it has none.
const google::protobuf::Message* PartOf(const google::protobuf::Message& data, const google::protobuf::Descriptor& part);

// Printed: an event's own type, by its message.
template <typename E>
concept Event = requires(const E& event) {
  typename E::Message;
  { E::Type() } -> std::same_as<const EventType&>;
  { event.ToMessage() } -> std::same_as<typename E::Message>;
};

// An event as its sender keeps it. Anything of events/v1 is one.
struct OutgoingEvent {
  template <Event E>
  OutgoingEvent(const E& event) : OutgoingEvent(E::Type(), event.ToMessage()) {}  // NOLINT(google-explicit-constructor)
  OutgoingEvent(const EventType& of, const google::protobuf::Message& message);

  const EventType* type;
  std::string subject;  // events of one subject arrive in order
  std::string data;     // the message in JSON
};

}  // namespace evenhand::events
