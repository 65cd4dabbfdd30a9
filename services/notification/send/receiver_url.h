// The address that an administrator gives for a webhook, as libcurl reads it: what is parsed here is what is connected to.
#pragma once

#include <string>

#include "services/notification/domain/open_internet.h"

namespace evenhand::notification {

// Why it can't be a receiver's, in words; "" when it can. https anywhere in the open internet and in the networks that a setting allows; in
// dev mode plain http on loopback, for trying things out. A name is judged again when it is connected to.
std::string FaultOfReceiver(const std::string& url, bool dev_mode, const AllowedNetworks& allowed);

}  // namespace evenhand::notification
