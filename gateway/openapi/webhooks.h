// What systems are told by HTTP, printed from the contract of the events: the `webhooks` of /openapi.json, and /asyncapi.json.
#pragma once

#include <string>

#include "gateway/openapi/comments.h"
#include "gateway/openapi/schemas.h"

namespace evenhand::gateway {

// A path item an event type; what its data holds becomes components of `schemas`.
OrderedJson MakeWebhooks(const Comments& comments, Schemas& schemas);

// AsyncAPI 3.0 of the same events.
std::string MakeAsyncApi();

}  // namespace evenhand::gateway
