#include "services/platform/outbox/inbox.h"

namespace evenhand {

std::string IncomingEvent::Get(const std::string& name) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

}  // namespace evenhand
