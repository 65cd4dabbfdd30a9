// What a file is by its content, whatever it says of itself (libmagic).
#pragma once

#include <string>
#include <string_view>

namespace evenhand::incident {

inline constexpr std::size_t kSniffBytes = 64 * 1024;

// "image/png"; "application/octet-stream" when nobody knows.
std::string SniffType(std::string_view start);

}  // namespace evenhand::incident
