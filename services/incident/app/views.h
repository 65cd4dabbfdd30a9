// What a reader is shown of an incident, by the table of readers (12.4, 12.6).
#pragma once

#include <string>
#include <vector>

#include "services/incident/domain/readers.h"
#include "services/incident/store/rows.h"

namespace evenhand::incident {

// The incident cut down to the view.
v1::Incident Shown(const HeldIncident& held, View::Value view);

// Of an incident's follow-ups those that the reader may see, marked with what is late and what is theirs.
std::vector<v1::FollowUp> ShownFollowUps(const std::vector<HeldFollowUp>& all, const v1::Incident& incident, View::Value view,
                                         const Actor& actor, absl::Time now);

// Marks `late` and `mine`.
void MarkFor(const Actor& actor, absl::Time now, v1::FollowUp& follow_up);

// True where the follow-up is the caller's by name or by role.
bool IsMine(const Actor& actor, const v1::FollowUp& follow_up);

// The closed circle of a staff-named case, for its readers.
std::vector<std::string> CircleOf(const HeldIncident& held);

}  // namespace evenhand::incident
