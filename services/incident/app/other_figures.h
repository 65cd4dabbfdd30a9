// The other services' part of the statistics, shown by the same rule of small numbers (13).
#pragma once

#include "evenhand/incident/v1/statistics_service.pb.h"
#include "services/incident/app/neighbours.h"

namespace evenhand::incident {

// `from`, `to`: days, both included; whole months for readers without case access. `by`: as the reply names it.
void PutOtherFigures(const Neighbours& neighbours, const Call& call, const std::string& from, const std::string& to, const std::string& by,
                     v1::Statistics& out);

}  // namespace evenhand::incident
