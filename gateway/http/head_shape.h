// Shapes of a request head that two programs could read differently are refused before anything reads them (request smuggling).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace evenhand::gateway {

inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
inline constexpr std::size_t kMaxHeaders = 100;

struct HeadFault {
  int status = 400;
  std::string_view why;
};

// `head` ends with the empty line. Nothing: a parser may read it.
std::optional<HeadFault> FaultOfHead(std::string_view head);

}  // namespace evenhand::gateway
