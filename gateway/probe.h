// `gateway health`: asks this machine's own gateway /readyz, for containers that have no shell and no curl.
#pragma once

#include <string>

namespace evenhand::gateway {

// True when the gateway that listens there is ready. `tls`: its certificate is not looked at, it is our own.
bool IsReady(const std::string& listen, bool tls);

}  // namespace evenhand::gateway
