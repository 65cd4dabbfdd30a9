// Events from other services, each acted on once: the handler runs in the transaction that notes the event's id.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "services/platform/pg/session.h"

namespace evenhand {

// A delivered event; `call.actor` of the session is the system itself.
struct IncomingEvent {
  std::string id;
  std::string source;  // "restriction"
  std::string type;
  std::string thing;
  std::map<std::string, std::string> attributes;
  absl::Time occurred_at;

  // The attribute, or "".
  std::string Get(const std::string& name) const;
};

// type → what to do. A returned refusal is a failure to be tried again (and parked in the end); unknown types are accepted and dropped.
using EventHandlers = std::map<std::string, std::function<std::optional<Refusal>(Session&, const IncomingEvent&)>>;

}  // namespace evenhand
