// What happens elsewhere and may concern somebody here: the one table of event types, of who may hear each and of what its data holds.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "evenhand/notification/v1/webhook_service.pb.h"
#include "services/notification/app/context.h"

namespace evenhand::notification {

struct EventTypeRow {
  std::string_view type;
  std::string_view what;
  std::string_view data;    // names of its attributes, a blank between
  bool for_systems = true;  // false: a closed circle (12.7)
};
std::span<const EventTypeRow> EventTypes();

// Does this pattern (an exact type, or one with a last "*") name anything that a system may hear?
bool NamesEventForSystems(std::string_view pattern);
bool MatchesEvent(std::string_view pattern, std::string_view type);
// May a system hear events of this type? What stands in no table is heard by none.
bool IsForSystems(std::string_view type);

Outcome<v1::ListEventTypesResponse> ListEventTypes(const Context& context, const Call& call, const v1::ListEventTypesRequest& request);

}  // namespace evenhand::notification
