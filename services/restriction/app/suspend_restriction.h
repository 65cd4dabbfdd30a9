// When nothing that a restriction rests on is about the person any more it binds nobody at once, and a senior manager decides within a day
// what becomes of it, before anybody is written to (7.3, case A).
#pragma once

#include "services/platform/pg/session.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {

inline constexpr absl::Duration kDecideWithin = absl::Hours(24);

void StopBinding(Session& session, RestrictionRecord& record, const std::string& incident);

// The link was put right: the decision that stands binds again, without another one.
void BindAgain(Session& session, RestrictionRecord& record);

// It was wrong, or rested on somebody else's incident. What a merge closed because it held the same holds on: nobody decided that it ends
// (scenario 5).
void HoldOnAfter(Session& session, const v1::Restriction& wrong);

}  // namespace evenhand::restriction
