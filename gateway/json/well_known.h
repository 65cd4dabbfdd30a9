// The messages that proto3 JSON writes in a form of their own: times, durations, field masks, wrappers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

namespace evenhand::gateway {

enum class Form { kPlain, kTimestamp, kDuration, kFieldMask, kWrapper, kStruct, kValue, kList };

Form FormOf(const google::protobuf::Descriptor& type);

// Reads the string form of a time, duration or field mask. Returns what is wrong, in words; empty: nothing.
std::string_view ReadWellKnown(Form form, std::string_view text, google::protobuf::Message* message);

// The string form, without quotes.
std::string WriteWellKnown(Form form, const google::protobuf::Message& message);

// Standard or URL-safe base64, padded or not.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace evenhand::gateway
