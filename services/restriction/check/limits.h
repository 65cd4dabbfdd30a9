// So many contacts in a period (7.2): when the period's window begins and ends, in local time, across clock changes.
#pragma once

#include <optional>
#include <string_view>

#include <absl/time/time.h>

#include "services/platform/base/vocabulary.h"

namespace evenhand::restriction::check {

// [start, end): the hour, the day, the week from Monday, the calendar month that `now` lies in, Europe/London.
struct Window {
  absl::Time start, end;
};
Window WindowOf(Period::Value period, absl::Time now);

// A limit and how far it has been used in the window that started at `window_start`.
struct Limit {
  int max_contacts = 0;
  Period::Value period = Period::DAY;
  int used = 0;
  absl::Time window_start = absl::InfinitePast();

  // What is left at `now`, never below zero; a new window starts anew without any write.
  int Remaining(absl::Time now) const;

  // Is the contact at `now` one too many? One that has been `counted` is among those used.
  bool ExceededBy(absl::Time now, bool counted) const;

 private:
  int UsedIn(const Window& window) const { return window.start == window_start ? used : 0; }
};

// Minutes since local midnight of "09:30"; nothing when it isn't one.
std::optional<int> ParseTimeOfDay(std::string_view text);

// Minutes since local midnight, [from, to).
struct TimesOfDay {
  int from = 0, to = 0;
};
// The next instant at which contact is taken again; `now` lies outside.
absl::Time NextStart(const TimesOfDay& times, absl::Time now);

// Does `now` lie in [from, to), minutes since local midnight? A window over midnight (22:00 to 06:00) is meant as it reads.
bool WithinTimes(int from_minute, int to_minute, absl::Time now);

}  // namespace evenhand::restriction::check
