#include "services/events/receivers.h"

#include <algorithm>
#include <map>
#include <vector>

namespace evenhand::events {
namespace {

constexpr std::string_view kServices[] = {"incident", "restriction", "appeal", "notification"};

struct Routes {
  std::map<const EventType*, std::vector<std::string_view>> of_type;
  std::map<std::string_view, std::vector<std::string_view>> of_source;

  void Add(const EventType& type, std::string_view service) {
    if (service == type.source) return;
    for (auto* list : {&of_type[&type], &of_source[type.source]}) {
      if (std::ranges::find(*list, service) == list->end()) list->push_back(service);
    }
  }
  template <typename... E>
  void AddAll(Types<E...>, std::string_view service) {
    (Add(E::Type(), service), ...);
  }
};

const Routes& All() {
  static const Routes& routes = *new Routes([] {
    Routes made;
    made.AddAll(HeardByIncident(), "incident");
    made.AddAll(HeardByRestriction(), "restriction");
    made.AddAll(HeardByAppeal(), "appeal");
    made.AddAll(HeardByNotification(), "notification");
    for (const std::string_view service : kServices) made.AddAll(HeardEverywhere(), service);
    for (const EventType* type : EventTypes()) {
      if (type->for_webhooks) made.Add(*type, "notification");
    }
    return made;
  }());
  return routes;
}

template <typename Key>
std::span<const std::string_view> In(const std::map<Key, std::vector<std::string_view>>& lists, Key key) {
  const auto found = lists.find(key);
  return found == lists.end() ? std::span<const std::string_view>() : found->second;
}

}  // namespace

std::span<const std::string_view> ReceiversOf(const EventType& type) { return In(All().of_type, &type); }
std::span<const std::string_view> DestinationsOf(std::string_view source) { return In(All().of_source, source); }

}  // namespace evenhand::events
