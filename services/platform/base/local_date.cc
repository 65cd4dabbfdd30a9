#include "services/platform/base/local_date.h"

#include <algorithm>

#include "services/platform/base/check.h"

namespace evenhand {

const absl::TimeZone& London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    EVENHAND_CHECK(absl::LoadTimeZone("Europe/London", &loaded), "no time zone data on this machine (Debian: tzdata)");
    return loaded;
  }();
  return zone;
}

std::optional<LocalDate> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int number[3] = {0, 0, 0};
  for (std::size_t i = 0, part = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number[part] = number[part] * 10 + (text[i] - '0');
  }
  const LocalDate date(number[0], number[1], number[2]);
  const bool exists = date.year() == number[0] && date.month() == number[1] && date.day() == number[2];
  return exists ? std::optional(date) : std::nullopt;
}

std::string FormatDate(LocalDate date) { return absl::FormatCivilTime(date); }

LocalDate DateOf(absl::Time instant) { return absl::ToCivilDay(instant, London()); }

absl::Time StartOf(LocalDate date) { return absl::FromCivil(date, London()); }

absl::Time EndOf(LocalDate date) { return absl::FromCivil(date + 1, London()); }

LocalDate AddMonths(LocalDate date, int months) {
  const absl::CivilMonth month = absl::CivilMonth(date) + months;
  const LocalDate last = LocalDate(month + 1) - 1;
  return std::min(LocalDate(month) + (date.day() - 1), last);
}

std::string FormatInstant(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixMicros(absl::ToUnixMicros(instant)), absl::UTCTimeZone());
}

std::optional<absl::Time> ParseInstant(std::string_view text) {
  absl::Time instant;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, std::string(text), &instant, &error)) return std::nullopt;
  return instant;
}

}  // namespace evenhand
