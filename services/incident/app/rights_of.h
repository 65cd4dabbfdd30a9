// Which of an incident's fields that give a right (`gives_right` in the contract) differ between two of its texts.
#pragma once

#include <string>
#include <vector>

#include "evenhand/incident/v1/incident.pb.h"

namespace evenhand::incident {

// JSON names of the top-level fields under which one differs. Order and repetition say nothing.
std::vector<std::string> ChangedRights(const v1::Incident& before, const v1::Incident& after);

}  // namespace evenhand::incident
