// Documents: the contract's messages as proto3 JSON in jsonb columns.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/util/json_util.h>

#include "services/platform/base/check.h"

namespace evenhand::restriction {

inline std::string ToJson(const google::protobuf::Message& message) {
  std::string text;
  EVENHAND_CHECK(google::protobuf::util::MessageToJsonString(message, &text).ok(), "a record must print as JSON");
  return text;
}

// A field that an older or newer version wrote is skipped, so that a rolling upgrade reads its neighbour's records.
template <typename Message>
Message FromJson(std::string_view text) {
  Message message;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const bool ok = google::protobuf::util::JsonStringToMessage(std::string(text), &message, options).ok();
  EVENHAND_CHECK(ok, "a stored record must parse");
  return message;
}

}  // namespace evenhand::restriction
