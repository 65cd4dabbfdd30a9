#include "services/appeal/app/deadline_view.h"

#include <algorithm>

#include "services/appeal/app/context.h"

namespace evenhand::appeal {
namespace {

std::vector<Wait> WaitsOf(const v1::Appeal& appeal) {
  std::vector<Wait> waits;
  for (const v1::InformationRequest& asked : appeal.information_requests()) {
    Wait wait{DateOf(FromTimestamp(asked.requested_at())), std::nullopt};
    if (asked.has_received_at()) wait.to = DateOf(FromTimestamp(asked.received_at()));
    // Answered or not, the clock runs on after the last day to answer.
    if (const auto last = ParseDate(asked.answer_due_on())) wait.to = std::min(wait.to.value_or(*last), *last);
    waits.push_back(wait);
  }
  return waits;
}

// The day on which the clocks of this appeal ended, or today.
LocalDate Until(const v1::Appeal& appeal, absl::Time now) {
  if (appeal.has_decision()) return DateOf(FromTimestamp(appeal.decision().decided_at()));
  if (appeal.has_withdrawal()) return DateOf(FromTimestamp(appeal.withdrawal().at()));
  return DateOf(now);
}

v1::Appeal::Timeliness::Value TimelinessOf(const v1::Appeal& appeal, std::optional<LocalDate> appeal_by) {
  if (!appeal_by) return v1::Appeal::Timeliness::WINDOW_NOT_STARTED;
  return IsInTime(FromTimestamp(appeal.received_at()), *appeal_by) ? v1::Appeal::Timeliness::IN_TIME : v1::Appeal::Timeliness::LATE;
}

}  // namespace

void WorkOutDeadlines(v1::Appeal& appeal, const WorkingDays& calendar, const Periods& periods, absl::Time now, bool fresh) {
  v1::Deadlines& days = *appeal.mutable_deadlines();
  const LocalDate received = DateOf(FromTimestamp(appeal.received_at()));
  const LocalDate until = Until(appeal, now);
  const int stopped = StoppedDays(calendar, WaitsOf(appeal), until, periods.longest_wait);
  std::optional<LocalDate> appeal_by;
  if (const auto told = ParseDate(days.told_on())) appeal_by = AppealBy(calendar, periods, *told, ParseDate(days.appeal_closes_on()));
  const LocalDate acknowledge_by =
      NeverShortened(AcknowledgeBy(calendar, periods, received), fresh ? std::nullopt : ParseDate(days.acknowledge_due_on()));
  const LocalDate decide_by =
      NeverShortened(DecideBy(calendar, periods, received, stopped), fresh ? std::nullopt : ParseDate(days.decide_due_on()));
  const bool open = IsOpen(appeal.state());
  appeal.set_timeliness(TimelinessOf(appeal, appeal_by));
  appeal.set_received_on(FormatDate(received));
  days.set_appeal_closes_on(appeal_by ? FormatDate(*appeal_by) : "");
  days.set_acknowledge_due_on(FormatDate(acknowledge_by));
  days.set_decide_due_on(FormatDate(decide_by));
  days.set_stopped_days(stopped);
  days.set_beyond_calendar(!calendar.IsKnown(std::max({acknowledge_by, decide_by, appeal_by.value_or(decide_by)})));
  days.set_clock_stopped(appeal.state() == AppealState::INFORMATION_REQUESTED && IsAwaited(appeal, until) &&
                         stopped < periods.longest_wait);
  const LocalDate acknowledged = appeal.has_acknowledged_at() ? DateOf(FromTimestamp(appeal.acknowledged_at())) : until;
  days.set_acknowledgement_overdue((open || appeal.has_acknowledged_at()) && acknowledged > acknowledge_by);
  days.set_decision_overdue((open || appeal.has_decision()) && !days.clock_stopped() && until > decide_by);
}

void SettleTimeliness(v1::Appeal& appeal) {
  const State::Value state = appeal.state();
  const bool late = appeal.timeliness() == v1::Appeal::Timeliness::LATE && !appeal.has_late_acceptance();
  const bool resting = state == State::LODGED || state == State::ACKNOWLEDGED || state == State::ASSIGNED;
  if (late && resting) SetState(appeal, State::LATE);
  if (!late && state == State::LATE) SetState(appeal, RestingState(appeal));
}

bool IsAwaited(const v1::Appeal& appeal, LocalDate today) {
  return std::ranges::any_of(appeal.information_requests(), [&](const v1::InformationRequest& asked) {
    if (asked.has_received_at()) return false;
    const auto last = ParseDate(asked.answer_due_on());
    return !last || today <= *last;
  });
}

void SetState(v1::Appeal& appeal, State::Value state) { appeal.set_state(state == kResting ? RestingState(appeal) : state); }

State::Value RestingState(const v1::Appeal& appeal) { return Resting(appeal.has_acknowledged_at(), !appeal.assignee().empty()); }

}  // namespace evenhand::appeal
