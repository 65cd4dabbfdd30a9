#include "services/appeal/domain/deadlines.h"

#include <algorithm>
#include <set>

namespace evenhand::appeal {

int StoppedDays(const WorkingDays& calendar, const std::vector<Wait>& waits, LocalDate today, int longest) {
  std::set<LocalDate> stopped;
  for (const Wait& wait : waits) {
    const LocalDate last = std::min(wait.to.value_or(today), today);
    for (LocalDate date = wait.from + 1; date <= last; ++date) {
      if (calendar.IsWorkingDay(date)) stopped.insert(date);
    }
  }
  return std::min(static_cast<int>(stopped.size()), longest);
}

LocalDate NeverShortened(LocalDate fresh, std::optional<LocalDate> told) { return told ? std::max(fresh, *told) : fresh; }

LocalDate ToldOn(const WorkingDays& calendar, const Periods& periods, LocalDate on, bool by_post) {
  return by_post ? calendar.Add(on, periods.post_takes) : on;
}

LocalDate AppealBy(const WorkingDays& calendar, const Periods& periods, LocalDate told_on, std::optional<LocalDate> told_as) {
  return NeverShortened(calendar.Add(told_on, periods.to_appeal), told_as);
}

LocalDate AcknowledgeBy(const WorkingDays& calendar, const Periods& periods, LocalDate received_on) {
  return calendar.Add(received_on, periods.to_acknowledge);
}

LocalDate DecideBy(const WorkingDays& calendar, const Periods& periods, LocalDate received_on, int stopped_days) {
  return calendar.Add(received_on, periods.to_decide + stopped_days);
}

bool IsInTime(absl::Time received_at, LocalDate appeal_by) { return received_at < EndOf(appeal_by); }

}  // namespace evenhand::appeal
