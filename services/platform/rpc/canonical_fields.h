// The fields that the contract marks as a staff number or a service area (evenhand/common/v1/fields.proto), brought to their one form
// before any use case sees them, so that equality of strings is equality of people and of areas. Rpc does it for unary requests; whoever
// reads a stream calls it on each message.
#pragma once

#include <google/protobuf/message.h>

#include "services/platform/areas/area_directory.h"

namespace evenhand {

// In nested messages, lists and maps too. An area that `areas` does not know stays as it was typed; null: areas stay as they are.
void Canonicalise(google::protobuf::Message* message, const AreaDirectory* areas);

}  // namespace evenhand
