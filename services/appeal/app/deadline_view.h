// An appeal's timeliness and deadlines, worked out from its facts, the calendar and today; done again at every look.
#pragma once

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/domain/appeal_states.h"
#include "services/appeal/domain/deadlines.h"

namespace evenhand::appeal {

// `fresh` forgets deadlines told before (a corrected receipt); otherwise none is ever shortened.
void WorkOutDeadlines(v1::Appeal& appeal, const WorkingDays& calendar, const Periods& periods, absl::Time now, bool fresh = false);

// Late or not, the state follows: a late one waits to be accepted, one found in time goes on. Never touches what is decided.
void SettleTimeliness(v1::Appeal& appeal);

// An answer may still come in time.
bool IsAwaited(const v1::Appeal& appeal, LocalDate today);

void SetState(v1::Appeal& appeal, State::Value state);
State::Value RestingState(const v1::Appeal& appeal);

}  // namespace evenhand::appeal
