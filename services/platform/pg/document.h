// A contract's message as the proto3 JSON of a document column, and back.
#pragma once

#include <string>

#include <google/protobuf/util/json_util.h>

#include "services/platform/base/check.h"

namespace evenhand {

inline std::string ToDocument(const google::protobuf::Message& message) {
  std::string json;
  EVENHAND_CHECK(google::protobuf::util::MessageToJsonString(message, &json).ok(), "a message must print");
  return json;
}

template <typename Message>
Message FromDocument(const std::string& json) {
  Message message;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // a later version's row read by an earlier binary during a roll-out
  EVENHAND_CHECK(google::protobuf::util::JsonStringToMessage(json, &message, options).ok(), "a kept document must parse");
  return message;
}

}  // namespace evenhand
