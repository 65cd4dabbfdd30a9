// What staff are told: the policy of a contact check (5.4, 7.2, 10.4, 12.4; clauses.md scenarios 4 to 6).
#pragma once

#include "evenhand/restriction/v1/contact_service.pb.h"
#include "services/restriction/check/handle_index.h"
#include "services/restriction/check/query.h"

namespace evenhand::restriction::check {

// Sets outcome (CLEAR or GUIDANCE) and matches of `answer`; what depends on time is decided by `now`.
// - EXACT only when the handle is confirmed, not shared and held by one person alone; else POSSIBLE, and every holder is listed.
// - Nobody with guidance: CLEAR, and nobody is listed at all (12.4: nothing is told that is not needed).
void AnswerFrom(const Holders& holders, const ContactQuery& query, absl::Time now, v1::CheckContactResponse& answer);

// UNKNOWN: a care instruction first, then what was last known, if anything.
void MakeUnknown(v1::CheckContactResponse& answer);

}  // namespace evenhand::restriction::check
