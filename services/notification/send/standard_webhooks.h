// Standard Webhooks (standardwebhooks.com): what is signed, and how a secret looks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <absl/time/time.h>

namespace evenhand::notification {

// "whsec_" and 32 random bytes in base64.
std::string NewSecret();

// The key bytes of "whsec_…", 24 to 64 of them; nothing when it is none.
std::optional<std::string> KeyOf(std::string_view secret);

// "v1,<base64 of HMAC-SHA256 over id.timestamp.body>".
std::string Signature(std::string_view key, std::string_view id, absl::Time at, std::string_view body);
// One by each key, with a blank between: a receiver takes the message when it knows one of them.
std::string Signatures(std::span<const std::string> keys, std::string_view id, absl::Time at, std::string_view body);

}  // namespace evenhand::notification
