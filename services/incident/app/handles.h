// Phone numbers and addresses as reported: what can't be normalised is kept as written and flagged, never refused.
#pragma once

#include "evenhand/incident/v1/incident.pb.h"
#include "services/platform/areas/area_directory.h"

namespace evenhand::incident {

// Flags what could not be normalised.
void FlagHandles(v1::Incident& incident);

// An area that nobody knows refuses no incident: it is flagged, and health and safety looks after it until it is corrected (4.3).
void FlagArea(const AreaDirectory& areas, v1::Incident& incident);

}  // namespace evenhand::incident
