#include "services/notification/app/event_types.h"

#include <algorithm>

#include <google/protobuf/util/json_util.h>

#include "services/notification/app/who_is_told.h"
#include "services/platform/base/check.h"
#include "services/platform/lists/page.h"

namespace evenhand::notification {

bool MatchesEvent(std::string_view pattern, std::string_view type) {
  return pattern.ends_with('*') ? type.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == type;
}

bool NamesEventForSystems(std::string_view pattern) {
  return std::ranges::any_of(events::EventTypes(),
                             [&](const events::EventType* type) { return type->for_webhooks && MatchesEvent(pattern, type->name); });
}

Outcome<v1::ListEventTypesResponse> ListEventTypes(const Context&, const Call&, const v1::ListEventTypesRequest& request) {
  using Hearer = v1::EventType::Hearer;
  v1::ListEventTypesResponse reply;
  for (const events::EventType* type : events::EventTypes()) {
    v1::EventType& shown = *reply.add_event_types();
    shown.set_type(std::string(type->name));
    shown.set_description(std::string(type->description));
    const Telling* told = WhoIsTold(*type);
    const auto receivers = events::ReceiversOf(*type);
    if (std::ranges::any_of(receivers, [](std::string_view service) { return service != "notification"; }))
      shown.add_heard_by(Hearer::SERVICES);
    if (type->for_webhooks) shown.add_heard_by(Hearer::WEBHOOKS);
    if (told != nullptr && !told->staff.empty()) shown.add_heard_by(Hearer::STAFF);
    if (told != nullptr && told->letter != LetterKind::KIND_UNSPECIFIED) shown.add_heard_by(Hearer::PERSON);
    EVENHAND_CHECK(google::protobuf::util::JsonStringToMessage(std::string(type->data_schema), shown.mutable_data_schema()).ok(),
                   "a schema must parse");
  }
  reply.set_next_page_token(
      TakePage(*reply.mutable_event_types(), PageOf(request.page()), [](const v1::EventType& one) { return one.type(); }));
  return reply;
}

}  // namespace evenhand::notification
