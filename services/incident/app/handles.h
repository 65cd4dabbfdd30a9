// Phone numbers and addresses as reported: what can't be normalised is kept as written and flagged, never refused.
#pragma once

#include "evenhand/incident/v1/incident.pb.h"

namespace evenhand::incident {

// Flags what could not be normalised.
void FlagHandles(v1::Incident& incident);

}  // namespace evenhand::incident
