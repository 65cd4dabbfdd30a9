// Who may correct, take back, link or put aside an incident that they may read (4.1-4.2, 12.4).
#pragma once

#include <string>
#include <vector>

#include "services/incident/domain/readers.h"
#include "services/platform/base/refusal.h"

namespace evenhand::incident {

enum class Change { kAmend, kWithdraw, kLinkPerson, kUnlinkPerson, kMarkDuplicate, kAddStatement };

// Empty: allowed.
Refusals RefusalsToChange(Change change, const Closeness& closeness);

// Fields that give a right, or take one (`gives_right` in the contract): who is harmed, who manages, whose area it is. They are changed
// only by who decides on the incident and was never harmed in it, so that nobody gains or sheds a right by an edit of their own.
Refusals RefusalsToChangeRights(const std::vector<std::string>& fields, const Closeness& closeness);

// Nobody makes themself the line manager, and with it a reader of everything, by recording: only a manager of the area may say so.
Refusals RefusalsToNameOneself(const Closeness& as_recorded);

}  // namespace evenhand::incident
