#include "services/restriction/check/limits.h"

#include <algorithm>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction::check {

Window WindowOf(Period::Value period, absl::Time now) {
  const LocalDate today = DateOf(now);
  switch (period) {
    case Period::HOUR: {
      // London keeps whole hours from UTC: the doubled hour of October is two windows, as two hours pass.
      const absl::Time start = absl::FromUnixSeconds(absl::ToUnixSeconds(now) / 3600 * 3600);
      return {start, start + absl::Hours(1)};
    }
    case Period::WEEK: {
      const LocalDate monday = absl::PrevWeekday(today + 1, absl::Weekday::monday);
      return {StartOf(monday), StartOf(monday + 7)};
    }
    case Period::MONTH: {
      const absl::CivilMonth month(today);
      return {StartOf(LocalDate(month)), StartOf(LocalDate(month + 1))};
    }
    case Period::DAY:
    case Period::PERIOD_UNSPECIFIED:
      break;
  }
  return {StartOf(today), EndOf(today)};
}

int Limit::Remaining(absl::Time now) const { return std::max(0, max_contacts - UsedIn(WindowOf(period, now))); }

bool Limit::ExceededBy(absl::Time now, bool counted) const { return UsedIn(WindowOf(period, now)) + (counted ? 0 : 1) > max_contacts; }

std::optional<int> ParseTimeOfDay(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0'), minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 24 || minute > 59 || (hour == 24 && minute != 0)) return std::nullopt;
  return hour * 60 + minute;
}

absl::Time NextStart(const TimesOfDay& times, absl::Time now) {
  const LocalDate today = DateOf(now);
  for (const LocalDate day : {today, today + 1, today + 2}) {
    // Where the clocks change the time may come twice, or not at all: then the change itself may be the start, at 01:00 UTC.
    const absl::TimeZone::TimeInfo start = London().At(absl::CivilSecond(absl::CivilMinute(day) + times.from));
    const absl::Time change = absl::FromCivil(absl::CivilSecond(day) + 3600, absl::UTCTimeZone());
    absl::Time first = absl::InfiniteFuture();
    for (const absl::Time at : {start.pre, start.trans, start.post, change})
      if (at > now && WithinTimes(times.from, times.to, at)) first = std::min(first, at);
    if (first != absl::InfiniteFuture()) return first;
  }
  return EndOf(today);
}

bool WithinTimes(int from_minute, int to_minute, absl::Time now) {
  const absl::CivilSecond local = absl::ToCivilSecond(now, London());
  const int minute = local.hour() * 60 + local.minute();
  if (from_minute <= to_minute) return minute >= from_minute && minute < to_minute;
  return minute >= from_minute || minute < to_minute;
}

}  // namespace evenhand::restriction::check
