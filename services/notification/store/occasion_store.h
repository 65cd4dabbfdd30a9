// What happened elsewhere and has to be told, until everybody to be told stands in the table of messages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

struct Occasion {
  IncomingEvent event;
  int attempts = 0;
};

void KeepOccasion(Session& session, const IncomingEvent& event);
std::vector<Occasion> DueOccasions(Session& session, int most);
// False when another worker has done it meanwhile.
bool MarkDone(Session& session, const std::string& event_id);
void PutOff(Session& session, const std::string& event_id, absl::Time until, const std::string& why);

}  // namespace evenhand::notification
