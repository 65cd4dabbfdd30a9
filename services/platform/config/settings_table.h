// The table of every setting: name, who reads it, default, unit and why. docs/configuration.md is printed from it.
#pragma once

#include <span>
#include <string_view>

namespace evenhand {

enum class Kind {
  kText,
  kChoice,
  kNumber,   // 1 or more
  kCount,    // 0 or more
  kAddress,  // host:port or unix:/path
  kDuration,
  kBoolean,
  kSecret,
};

struct SettingRow {
  std::string_view name;  // --name=value, EVENHAND_NAME
  Kind kind;
  std::string_view readers;   // "all", "services", "gateway", or names with a space between
  std::string_view fallback;  // default; "required" when there is none
  std::string_view unit;      // or the choices, "a|b"
  std::string_view why;
};

std::span<const SettingRow> SettingsTable();

}  // namespace evenhand
