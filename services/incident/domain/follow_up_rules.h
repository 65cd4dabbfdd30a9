// What must follow an incident: one table, a line a rule, readable from left to right (7.9-7.14, 8.9, 10.3-10.5, 12.2, 12.6-12.10).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/incident/domain/facts.h"
#include "services/platform/calendar/working_days.h"

namespace evenhand::incident {

// How many follow-ups a rule opens.
enum class ForEach { kIncident, kAffected, kInvolved, kWitness, kAskingForTimeAway };

// Who is to do it.
enum class OwnedBy { kLineManager, kTeamLeader, kSeniorManager, kHr, kCommunications, kHealthAndSafety, kTheOneItIsFor };

struct FollowUpRule {
  std::string_view clause;
  std::string_view when;  // in words, for docs/policy
  bool (*holds)(const IncidentFacts&);
  FollowUpKind::Value kind;
  ForEach for_each;
  OwnedBy owner;
  int working_hours;        // until it is due
  std::string_view detail;  // which detail is missing, for kMissingDetail
};

std::span<const FollowUpRule> FollowUpRules();

// One follow-up that the rules ask for. Equal key: the same follow-up, whenever the rules run again.
struct WantedFollowUp {
  FollowUpKind::Value kind;
  std::string staff_id;  // whom it is for, where it is one person's
  std::string detail;
  std::string clause;
  std::string owner;       // staff number; empty where only the role is known
  std::string owner_role;  // "line_manager", "team_leader", …
  absl::Time due_at;

  std::string Key() const;
};

// Who does what nobody is named for: managers of the area; HR where they may not know of it (12.6), health and safety where no area is
// known.
std::string_view RoleForNobody(const IncidentFacts& facts);

// Everything the rules ask for, from the moment it became known. Nothing for an incident that no longer stands.
std::vector<WantedFollowUp> WantedFrom(const IncidentFacts& facts, absl::Time now, const WorkingDays& calendar);

}  // namespace evenhand::incident
