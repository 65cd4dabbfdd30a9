// A row of the portal as an incident of ours.
#pragma once

#include "evenhand/incident/v1/incident.pb.h"
#include "services/incident/domain/portal_row.h"

namespace evenhand::incident {

v1::Incident FromPortal(const PortalRow& row, const PortalRecord& record);

}  // namespace evenhand::incident
