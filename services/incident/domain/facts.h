// What the rules look at of an incident; plain values, nothing looked up.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {

struct InjuryFacts {
  bool injured = false;
  bool specified = false;                 // RIDDOR's list
  std::optional<LocalDate> absent_from;   // first day of absence
  std::optional<LocalDate> absent_until;  // last day; none while it lasts
  int absence_days = 0;                   // as told, where the days are not known
};

struct IncidentFacts {
  absl::Time occurred_at;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;
  std::vector<Behaviour::Value> behaviours;
  std::string service_area;
  std::string line_manager_id;
  std::vector<std::string> affected;   // staff it was done to
  std::vector<std::string> involved;   // every member of staff in staff[], the affected included
  std::vector<std::string> time_away;  // staff who ask for time away from contact (10.4)
  std::vector<std::string> witnesses;
  std::string recorded_by;
  bool area_known = true;    // false: no service area of this name; health and safety looks after it (4.3)
  bool old_history = false;  // taken over from an old register: what was due then was done or missed then
  bool stands = true;        // neither withdrawn nor a duplicate nor not kept

  bool threat_named = false;  // whom a threat was aimed at is said
  bool contact_ended = false;
  bool warning_missing = false;         // 7.7: not given, and no reason is held
  bool impact_missing = false;          // 8.1: OTHER without its impact
  bool online_action_recorded = false;  // 7.12
  std::optional<bool> police_reported;  // 7.13, as recorded
  bool high_end = false;                // 7.11
  bool repeated_after_warning = false;  // 7.11
  InjuryFacts injury;

  bool Has(Behaviour::Value behaviour) const { return std::find(behaviours.begin(), behaviours.end(), behaviour) != behaviours.end(); }
};

inline bool Contains(const std::vector<std::string>& list, const std::string& one) {
  return !one.empty() && std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace evenhand::incident
