// Looks for all that is due at once and wakes those whose work it is, so that an idle service costs one short query now and then, whatever
// the number of its senders. What this process takes in itself is rung for without a look; the look finds what another replica
// left, what was put off and has become due, and what was there at the start.
#pragma once

#include "services/notification/app/delivery.h"
#include "services/platform/base/clock.h"
#include "services/platform/pg/pool.h"
#include "services/platform/rpc/bell.h"

namespace evenhand::notification {

class Lookout {
 public:
  // `occasions` is rung where an occasion is to be told.
  Lookout(Pool& pool, const Clock& clock, Deliverer& deliverer, Bell& occasions)
      : pool_(pool), clock_(clock), deliverer_(deliverer), occasions_(occasions) {}

  // From any thread. While the database is away it wakes only those who have messages in hand.
  void Look();

 private:
  Pool& pool_;
  const Clock& clock_;
  Deliverer& deliverer_;
  Bell& occasions_;
};

}  // namespace evenhand::notification
