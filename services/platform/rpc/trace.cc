#include "services/platform/rpc/trace.h"

#include <algorithm>

#include <absl/random/random.h>
#include <absl/strings/str_cat.h>

namespace evenhand {
namespace {

bool IsLowerHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool AllZero(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '0'; });
}

std::string RandomHex() {
  static thread_local absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<std::uint64_t>(random, 1, UINT64_MAX), absl::kZeroPad16));
}

}  // namespace

Trace TraceFrom(std::string_view traceparent) {
  const bool shaped = traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-' &&
                      traceparent.substr(0, 2) != "ff";
  const std::string_view id = shaped ? traceparent.substr(3, 32) : "";
  const bool usable = shaped && IsLowerHex(id) && !AllZero(id) && IsLowerHex(traceparent.substr(36, 16));
  Trace trace{.header = {}, .id = usable ? std::string(id) : RandomHex() + RandomHex()};
  trace.header = absl::StrCat("00-", trace.id, "-", RandomHex(), "-01");
  return trace;
}

}  // namespace evenhand
