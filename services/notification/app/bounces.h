// What mail servers report about e-mails they had taken (RFC 3464): a failure reaches the share as one that was refused at once would
// (12.5).
#pragma once

#include "services/notification/app/context.h"
#include "services/notification/domain/sending_rules.h"
#include "services/notification/send/bounce_mailbox.h"
#include "services/notification/send/delivery_report.h"

namespace evenhand::notification {

// What a report turned out to be about.
enum class Heard { kOurs, kStrange, kNotNow };  // kNotNow: the database could not be asked; the mail stays where it is

// Acts on a report once, however often its mail is read: the mailbox is told after the database, and a process may die between.
Heard HearReport(const Context& context, const DeliveryReport& report);

class BounceReader {
 public:
  BounceReader(const Context& context, BounceSettings settings) : context_(context), mailbox_(std::move(settings)) {}
  // One look into the mailbox: every mail that waits is acted on and filed. A server that fails is left alone for longer each time.
  void Look();

 private:
  absl::Status ReadAll();
  absl::Status ReadOne(const std::string& uid);

  const Context& context_;
  BounceMailbox mailbox_;
  CircuitBreaker breaker_;
};

}  // namespace evenhand::notification
