// A JSON request becomes a protobuf message, strictly: every unknown field, duplicate key, wrong type, unknown enum value and U+0000 is
// named by its JSON path. What this reader accepts, protobuf's own json_util reads to the same message (tests/fuzz proves it).
#pragma once

#include <optional>
#include <string_view>

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include "services/platform/base/refusal.h"

namespace evenhand::gateway {

// A form nested deeper than this is an attack, not a form.
inline constexpr std::size_t kMaxDepth = 32;
// Longest text of one field: a narrative of 20 pages fits five times.
inline constexpr std::size_t kMaxStringBytes = 256 * 1024;
// Longest list of one field: contacts:batchCheck takes 1,000.
inline constexpr std::size_t kMaxElements = 10'000;
// Faults that one reply names.
inline constexpr std::size_t kMaxFaults = 20;

// Fills `message`. Empty: all well. Otherwise the faults, and `message` is not to be used. `given`, where one is asked for: the paths of
// the fields that stand in the text, null ones too.
Refusals ReadJson(std::string_view text, google::protobuf::Message* message, google::protobuf::FieldMask* given = nullptr);

// One path variable or query parameter, `name` as in JSON ("pageSize", "person.crmRef"). A repeated field takes one more element; a
// field that already holds something else is a fault.
std::optional<Violation> ReadText(std::string_view name, std::string_view value, google::protobuf::Message* message);

}  // namespace evenhand::gateway
