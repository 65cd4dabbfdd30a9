// When the person works for the council, those they work with do not read the case, nor decide on it (12.4): themselves, their manager,
// their team. The one rule of it, for every service.
#pragma once

#include <string>

#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"

namespace evenhand {

// Empty: the person does not work for the council.
struct Subject {
  std::string staff_id;
  std::string team;  // a team or a service area, as in service_areas
  std::string line_manager_id;

  friend bool operator==(const Subject&, const Subject&) = default;
  bool empty() const { return staff_id.empty() && team.empty() && line_manager_id.empty(); }
  // Themselves or their manager, by staff number.
  bool IsClose(const std::string& staff) const;
  // Those who work with them. A strategic director answers for all of an area, and somebody has to decide.
  bool IsTeamOf(const Actor& actor) const;
};

Refusals RefusalsToRead(const Actor& actor, const Subject& subject);

// 503: nobody knows whether the person works here, so nobody who could be closed off reads on.
Refusal SubjectUnknown();

}  // namespace evenhand
