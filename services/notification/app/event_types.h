// The types of event, with who may hear each and the schema of its data: from the contract (proto/evenhand/events/v1) and from who is told.
#pragma once

#include <string_view>

#include "evenhand/notification/v1/webhook_service.pb.h"
#include "services/notification/app/context.h"

namespace evenhand::notification {

// Does this pattern (an exact type, or one with a last "*") name anything that a system may hear?
bool NamesEventForSystems(std::string_view pattern);
bool MatchesEvent(std::string_view pattern, std::string_view type);

Outcome<v1::ListEventTypesResponse> ListEventTypes(const Context& context, const Call& call, const v1::ListEventTypesRequest& request);

}  // namespace evenhand::notification
