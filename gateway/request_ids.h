// Every request has a trace and a request id: the caller's own when they are well-formed, else new ones.
#pragma once

#include <string_view>

#include "gateway/http/exchange.h"

namespace evenhand::gateway {

void GiveIds(std::string_view traceparent, std::string_view request_id, Exchange* exchange);

}  // namespace evenhand::gateway
