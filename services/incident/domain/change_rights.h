// Who may correct, take back, link or put aside an incident that they may read (4.1-4.2, 12.4).
#pragma once

#include "services/incident/domain/readers.h"
#include "services/platform/base/refusal.h"

namespace evenhand::incident {

enum class Change { kAmend, kWithdraw, kLinkPerson, kUnlinkPerson, kMarkDuplicate, kAddStatement };

// Empty: allowed.
Refusals RefusalsToChange(Change change, const Closeness& closeness);

}  // namespace evenhand::incident
