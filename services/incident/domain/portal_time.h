// The portal's times: day first, local time in Europe/London, without a zone.
#pragma once

#include <string>

#include <absl/time/time.h>

namespace evenhand::incident {

struct PortalTime {
  enum class Fault { kNone, kDate, kTime, kSkippedHour };
  Fault fault = Fault::kNone;
  absl::Time instant;
  bool doubled = false;  // the hour that the clocks repeat in October: taken as the first
};

// "03/04/2026" is 3 April.
PortalTime ReadPortalTime(const std::string& date, const std::string& time);

}  // namespace evenhand::incident
