// What happened elsewhere and has to be told, until everybody to be told stands in the table of messages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

struct Occasion {
  IncomingEvent event;
  std::string traceparent;  // of the request that caused it
  int attempts = 0;
};

void KeepOccasion(Session& session, const IncomingEvent& event);
std::vector<Occasion> DueOccasions(Session& session, int most);
// What happened in that time and was told; the oldest first.
std::vector<Occasion> OccasionsBetween(Session& session, absl::Time since, absl::Time until, const std::vector<std::string>& types,
                                       int most);
// False when another worker has done it meanwhile.
bool MarkDone(Session& session, const std::string& event_id);
// When the records of these two people became one, as was heard here.
std::optional<absl::Time> MergedAt(Session& session, const std::string& person_id, const std::string& merged_person_id);
void PutOff(Session& session, const std::string& event_id, absl::Time until, const std::string& why);

}  // namespace evenhand::notification
