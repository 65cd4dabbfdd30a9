// Where a page of a list in order of time ended: "<microseconds since 1970>.<id>".
#pragma once

#include <optional>
#include <string>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/time.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {

struct Position {
  std::string time, id;  // as SQL reads them
};

inline std::string PositionOf(absl::Time time, const std::string& id) { return absl::StrCat(absl::ToUnixMicros(time), ".", id); }

inline std::optional<Position> ReadPosition(const std::string& text) {
  const std::size_t dot = text.find('.');
  std::int64_t micros = 0;
  if (dot == std::string::npos || !absl::SimpleAtoi(text.substr(0, dot), &micros) || !IsUuid(text.substr(dot + 1))) return std::nullopt;
  return Position{FormatInstant(absl::FromUnixMicros(micros)), text.substr(dot + 1)};
}

}  // namespace evenhand::incident
