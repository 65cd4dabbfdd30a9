// A protobuf message becomes proto3 canonical JSON: lowerCamelCase, enum names, RFC 3339 times, 64-bit numbers as strings, unset and
// zero fields without presence left out.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/message.h>

namespace evenhand::gateway {

void WriteJson(const google::protobuf::Message& message, std::string* out);

// Appends `text` quoted and escaped. Bytes that are no UTF-8 must not get here: protobuf's strings are checked when they are parsed.
void WriteQuoted(std::string_view text, std::string* out);

}  // namespace evenhand::gateway
