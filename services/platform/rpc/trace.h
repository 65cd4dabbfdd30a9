// W3C Trace Context: one id from the caller's request through every process.
#pragma once

#include <string>
#include <string_view>

namespace evenhand {

struct Trace {
  std::string header;  // "00-<32 hex>-<16 hex>-01", to be handed on
  std::string id;      // the 32 hex digits
};

// The caller's trace if the header is well-formed, with a span id of our own; else a new one.
Trace TraceFrom(std::string_view traceparent);

}  // namespace evenhand
