// The follow-up rules run again whenever an incident changes: what is newly due opens, what is no longer due closes as such.
#pragma once

#include <vector>

#include "services/incident/store/rows.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::incident {

void SyncFollowUps(const HeldIncident& held, const std::vector<HeldFollowUp>& existing, const Session& session, const WorkingDays& calendar,
                   WriteSet& set);

// Works out the reporting clock of an injury and puts it on the incident (RIDDOR 2013).
void PutInjuryClock(v1::Incident& incident, absl::Time now);

}  // namespace evenhand::incident
