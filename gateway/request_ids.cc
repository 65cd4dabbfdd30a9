#include "gateway/request_ids.h"

#include <algorithm>

#include "services/platform/rpc/trace.h"

namespace evenhand::gateway {
namespace {

// Only what can't end a header or a log line, nor hold an address or a name by its usual signs.
bool IsPlainId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

void GiveIds(std::string_view traceparent, std::string_view request_id, Exchange* exchange) {
  Trace trace = TraceFrom(traceparent);
  exchange->traced_by_caller = !traceparent.empty() && traceparent.find(trace.id) != std::string_view::npos;
  exchange->traceparent = std::move(trace.header);
  exchange->trace_id = std::move(trace.id);
  exchange->request_id = IsPlainId(request_id) ? std::string(request_id) : exchange->trace_id;
}

}  // namespace evenhand::gateway
