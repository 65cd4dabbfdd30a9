// From what happened to who is told: each occasion is looked at once, its facts are asked of the services that own them, and
// everybody to be told stands in the table of messages in the same transaction that marks it done.
#pragma once

#include "services/notification/app/context.h"
#include "services/notification/store/occasion_store.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

// Every event is kept as an occasion; what has to happen at once (a death stops letters) happens here too.
EventHandlers HandlersOfEvents(const Context& context);

class FanOut {
 public:
  explicit FanOut(const Context& context) : context_(context) {}

  // Every occasion that is due; to be called again and again.
  void RunOnce();

 private:
  bool Tell(const Occasion& occasion);
  // Those that concern systems alone, in one transaction; how many.
  int Pass(const std::vector<Occasion>& occasions);

  const Context& context_;
};

}  // namespace evenhand::notification
