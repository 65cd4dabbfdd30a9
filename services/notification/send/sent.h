// What a provider answered.
#pragma once

#include <optional>
#include <string>

#include <absl/time/time.h>

namespace evenhand::notification {

struct Sent {
  enum class End {
    kAccepted,  // the provider took it
    kNotNow,    // this recipient, later (greylisted, full)
    kAway,      // the provider itself fails: counts for its circuit
    kNever,     // this recipient, never
    kGone,      // HTTP 410: the receiver wants nothing more
    kHeld,      // not to be sent after all (the person has died, or needs another format)
  };
  End end = End::kAway;
  std::string why;                     // a code and a word; no address, no content
  std::optional<absl::Duration> wait;  // as the provider asks (Retry-After)
};

}  // namespace evenhand::notification
