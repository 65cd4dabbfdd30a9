// The days that count in an appeal: the window to appeal, the day to acknowledge, the day to decide (settings appeal-window …
// appeal-longest-wait).
#pragma once

#include <optional>
#include <vector>

#include "services/platform/calendar/working_days.h"

namespace evenhand::appeal {

// Settings, in working days; the policy sets none of them.
struct Periods {
  int to_appeal = 0;
  int post_takes = 0;  // until a posted letter counts as read; the usual service by post knows no less
  int to_acknowledge = 0;
  int to_decide = 0;
  int to_answer = 0;     // a question, where it names no day
  int longest_wait = 0;  // that the clock of the decision stands still in all, however much is asked
};

// A wait for information: the clock of the decision stands still from the day it was asked until the day it came, or had to come.
struct Wait {
  LocalDate from;
  std::optional<LocalDate> to;  // still waiting
};

// Working days for which the clock stood still up to and with `today`; waits that overlap count once, and `longest` is the most in all.
int StoppedDays(const WorkingDays& calendar, const std::vector<Wait>& waits, LocalDate today, int longest);

// The day that counts: a letter is on its way for a while, what was handed over or said is there at once.
LocalDate ToldOn(const WorkingDays& calendar, const Periods& periods, LocalDate on, bool by_post);

// The last day to appeal. `told_as` is the deadline the person was told: it is never shortened (a holiday that is taken out again).
LocalDate AppealBy(const WorkingDays& calendar, const Periods& periods, LocalDate told_on, std::optional<LocalDate> told_as);

LocalDate AcknowledgeBy(const WorkingDays& calendar, const Periods& periods, LocalDate received_on);
LocalDate DecideBy(const WorkingDays& calendar, const Periods& periods, LocalDate received_on, int stopped_days);

// In time until the last day ends in Europe/London: at 00:00 local the next day it is late.
bool IsInTime(absl::Time received_at, LocalDate appeal_by);

// A deadline once told stands: the later of the two.
LocalDate NeverShortened(LocalDate fresh, std::optional<LocalDate> told);

}  // namespace evenhand::appeal
