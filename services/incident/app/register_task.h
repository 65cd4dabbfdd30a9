// An unknown caller identified later: a register entry needs a fresh decision (scenario 4).
#pragma once

#include "services/incident/store/rows.h"

namespace evenhand::incident {

// Opens a new register decision where the earlier one was made while nobody knew whom it was about.
void OpenFreshRegisterDecision(Session& session, const HeldIncident& held, WriteSet& set);

}  // namespace evenhand::incident
