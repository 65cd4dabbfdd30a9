#include "services/platform/rpc/trace.h"

#include <algorithm>

#include <absl/random/random.h>

namespace evenhand {
namespace {

bool IsLowerHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool AllZero(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '0'; });
}

// Sixteen digits, not all of them zero.
void AppendRandomHex(std::string* out) {
  static thread_local absl::BitGen random;
  auto left = absl::Uniform<std::uint64_t>(random, 1, UINT64_MAX);
  char digits[16];
  for (char& digit : digits) digit = "0123456789abcdef"[left >> 60], left <<= 4;
  out->append(digits, sizeof digits);
}

}  // namespace

Trace TraceFrom(std::string_view traceparent) {
  const bool shaped = traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-' &&
                      traceparent.substr(0, 2) != "ff";
  const std::string_view id = shaped ? traceparent.substr(3, 32) : "";
  const bool usable = shaped && IsLowerHex(id) && !AllZero(id) && IsLowerHex(traceparent.substr(36, 16));
  Trace trace;
  trace.header.reserve(55);
  trace.header = "00-";
  if (usable) {
    trace.header += id;
  } else {
    AppendRandomHex(&trace.header), AppendRandomHex(&trace.header);
  }
  trace.id = trace.header.substr(3);
  trace.header += '-';
  if (usable) {
    AppendRandomHex(&trace.header);
  } else {
    trace.header.append(trace.id, 0, 16);  // the first span of a trace can be no other's
  }
  trace.header += "-01";
  return trace;
}

}  // namespace evenhand
