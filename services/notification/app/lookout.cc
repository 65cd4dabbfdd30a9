#include "services/notification/app/lookout.h"

#include "services/notification/store/due_store.h"

namespace evenhand::notification {

void Lookout::Look() {
  deliverer_.RingWhereSomeWait();
  const std::optional<Due> due = WhatIsDue(pool_, clock_.Now());
  if (!due) return;
  if (due->occasions) occasions_.Ring();
  if (due->emails) deliverer_.RingFor(v1::Notification::Means::EMAIL);
  if (due->webhooks) deliverer_.RingFor(v1::Notification::Means::WEBHOOK);
  if (due->letters) deliverer_.RingFor(v1::Notification::Means::LETTER);
  if (due->leases) deliverer_.ReleaseLeases();
}

}  // namespace evenhand::notification
