// How much a field of a request may hold, and what it must (evenhand/common/v1/fields.proto, google.api.field_behavior): one reading of the
// options for the check of every request and for the OpenAPI.
#pragma once

#include <cstdint>
#include <optional>

#include <google/protobuf/message.h>

#include "evenhand/common/v1/fields.pb.h"
#include "services/platform/base/refusal.h"

namespace evenhand {

struct FieldLimits {
  std::int64_t max_length = 0;       // of a text, in characters; 0: not a text, or of an enum
  int min_items = 0, max_items = 0;  // of a list; 0: not a list
  std::optional<std::int64_t> minimum, maximum;
  common::v1::TextFormat::Value format = common::v1::TextFormat::TEXT_FORMAT_UNSPECIFIED;
};

FieldLimits LimitsOf(const google::protobuf::FieldDescriptor& field);

// Must a request name it (google.api.field_behavior = REQUIRED)?
bool IsRequired(const google::protobuf::FieldDescriptor& field);

// What of a request is too long, too many, out of bounds, of another form or missing, by its JSON path. A request with a field mask
// changes what it names and lacks nothing. `body`: the field that the body is (google.api.http), which has no name there; null: the whole.
Refusals FaultsOfLimits(const google::protobuf::Message& request, const google::protobuf::FieldDescriptor* body = nullptr);

}  // namespace evenhand
