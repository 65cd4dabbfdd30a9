// A connection is an open file, and a fresh machine allows 1,024.
#pragma once

#include <string>

namespace evenhand::gateway {

// Takes as many as the machine's hard limit allows; says so in the log when `max_connections` does not fit.
void RaiseFileLimit(const std::string& max_connections);

}  // namespace evenhand::gateway
