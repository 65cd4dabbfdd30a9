// What every use case of the notification service works with.
#pragma once

#include <string>

#include "services/notification/app/peers.h"
#include "services/notification/domain/open_internet.h"
#include "services/notification/send/secret_box.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::notification {

class Catalog;
class Providers;
class Renderer;

struct Context {
  UnitOfWork& unit_of_work;
  const Clock& clock;
  Peers& peers;
  const Catalog& catalog;    // letter templates
  const Renderer& renderer;  // the typesetter
  Providers& providers;      // circuit breakers and rate limits
  std::string public_url;    // the gateway, as staff reach it; links lead there
  std::string council;       // as it signs letters and mail
  int appeal_days = 0;       // working days from the day that a letter is posted: the post's and the window
  bool dev_mode = false;
  SecretBox secrets{"", false};                     // keeps webhooks' secrets
  AllowedNetworks reachable;                        // where webhooks may go beside the open internet
  absl::Duration secret_overlap = absl::Hours(24);  // how long a webhook's secret before signs too
};

// The service acting on its own account: fan-out, senders, sweeps.
Call OwnCall(const std::string& why);

}  // namespace evenhand::notification
