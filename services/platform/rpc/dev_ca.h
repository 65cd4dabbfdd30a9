// Dev mode on the network: a certificate authority of this stack's own, so that processes over TCP speak mutual TLS there as well.
#pragma once

#include <string_view>

#include <absl/status/status.h>

#include "services/platform/config/settings.h"

namespace evenhand {

// In dev mode, where `settings` has a TCP address between processes and no certificate: makes the authority (once, in dev-ca beside the
// state folders) and a certificate of `process` ("restriction-service", "gateway"), and sets tls-certificate, tls-key and tls-ca.
absl::Status MakeDevIdentity(std::string_view process, Settings* settings);

}  // namespace evenhand
