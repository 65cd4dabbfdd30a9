// The number of the state of everything a contact check sees; commit order is number order.
#pragma once

#include <string>
#include <vector>

#include "services/platform/pg/session.h"

namespace evenhand::restriction {

// The last statement of every transaction that touches what a check sees, since the row it locks makes writers queue until commit.
// The consistency token of the state after it.
std::string BumpRevision(Session& session, std::vector<std::string> person_ids);

}  // namespace evenhand::restriction
