// What an outcome needs of its incident, and what it brings about beyond its own follow-up.
#pragma once

#include "evenhand/incident/v1/follow_up_service.pb.h"
#include "services/incident/store/rows.h"

namespace evenhand::incident {

// Content that only the incident can tell: a register entry needs a confirmed person (case A), evidence ids must be the incident's.
void RefuseByIncident(Session& session, const v1::CompleteFollowUpRequest& request, const v1::Incident& incident,
                      const v1::FollowUp& follow_up, Refusals& no);

// Changes that follow: the statement kept, the incident not kept (8.9), the director stepping in (12.6), events.
void BringAbout(Session& session, const v1::CompleteFollowUpRequest& request, HeldIncident& incident, const HeldFollowUp& ended,
                WriteSet& set);

}  // namespace evenhand::incident
