#include "services/incident/domain/portal_time.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/strings/string_view.h>

#include "services/platform/base/local_date.h"

namespace evenhand::incident {
namespace {

// A number of one to `digits` digits and nothing else.
bool Number(absl::string_view text, std::size_t digits, int& out) {
  if (text.empty() || text.size() > digits) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return absl::SimpleAtoi(text, &out);
}

bool ReadDate(const std::string& text, absl::CivilDay& out) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::ByAnyChar("/-."));
  int day = 0, month = 0, year = 0;
  if (parts.size() != 3 || parts[2].size() != 4) return false;
  if (!Number(parts[0], 2, day) || !Number(parts[1], 2, month) || !Number(parts[2], 4, year)) return false;
  out = absl::CivilDay(year, month, day);
  return out.year() == year && out.month() == month && out.day() == day;  // a civil day normalises 31 February away
}

bool ReadTime(const std::string& text, int& hour, int& minute, int& second) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() != 2 && parts.size() != 3) return false;
  if (!Number(parts[0], 2, hour) || !Number(parts[1], 2, minute)) return false;
  if (parts.size() == 3 && !Number(parts[2], 2, second)) return false;
  return hour <= 23 && minute <= 59 && second <= 59;
}

}  // namespace

PortalTime ReadPortalTime(const std::string& date, const std::string& time) {
  absl::CivilDay day;
  int hour = 0, minute = 0, second = 0;
  if (!ReadDate(date, day)) return {.fault = PortalTime::Fault::kDate, .instant = {}};
  if (!ReadTime(time, hour, minute, second)) return {.fault = PortalTime::Fault::kTime, .instant = {}};
  const absl::TimeZone::TimeInfo info = London().At(absl::CivilSecond(day.year(), day.month(), day.day(), hour, minute, second));
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return {.fault = PortalTime::Fault::kSkippedHour, .instant = {}};
  return {.fault = PortalTime::Fault::kNone, .instant = info.pre, .doubled = info.kind == absl::TimeZone::TimeInfo::REPEATED};
}

}  // namespace evenhand::incident
