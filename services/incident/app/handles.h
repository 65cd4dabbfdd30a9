// Phone numbers and addresses as reported: what can't be normalised is kept as written and flagged, never refused.
#pragma once

#include <string>

#include "evenhand/incident/v1/incident.pb.h"
#include "services/platform/areas/area_directory.h"

namespace evenhand::incident {

// E.164, or "" when it is no possible number. Region GB; possible rather than valid, since drama and new ranges fail the latter.
std::string NormalisePhone(const std::string& written);

bool LooksLikeEmail(const std::string& written);

// Flags what could not be normalised.
void FlagHandles(v1::Incident& incident);

// An area that nobody knows refuses no incident: it is flagged, and health and safety looks after it until it is corrected (4.3).
void FlagArea(const AreaDirectory& areas, v1::Incident& incident);

}  // namespace evenhand::incident
