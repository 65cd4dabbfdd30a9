// Takes due messages and hands them to their provider; what became of each is kept before the next is taken. A sender that dies
// leaves its messages SENDING until their lease ends; they go again with the same id, so that a receiver can tell.
#pragma once

#include <map>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include "services/notification/app/context.h"
#include "services/notification/domain/sending_rules.h"
#include "services/notification/send/notify.h"
#include "services/notification/send/smtp.h"
#include "services/notification/send/webhook_sender.h"
#include "services/notification/store/notification_store.h"

namespace evenhand::notification {

// Circuit breakers and rate limits of all providers; one recipient that is stuck holds up nobody else.
class Providers {
 public:
  explicit Providers(double smtp_per_second, double webhook_per_second)
      : smtp_per_second_(smtp_per_second), webhook_per_second_(webhook_per_second) {}

  std::vector<std::string> HeldNow(absl::Time now);
  // Waits its turn when the provider's rate is used up.
  void AwaitTurn(const std::string& provider);
  void Note(const std::string& provider, const Sent& sent, absl::Time now);

 private:
  struct One {
    CircuitBreaker breaker;
    RateLimit limit;
  };
  One& Find(const std::string& provider) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const double smtp_per_second_, webhook_per_second_;
  absl::Mutex mutex_;
  std::map<std::string, One> providers_ ABSL_GUARDED_BY(mutex_);
};

class Deliverer {
 public:
  Deliverer(const Context& context, Providers& providers, RetryPolicy policy) : context_(context), providers_(providers), policy_(policy) {}

  // Each until nothing is due; to be called again and again, each on its own thread with its own sender.
  void SendEmails(SmtpSender& sender);
  void SendWebhooks(WebhookSender& sender);
  // Into the folder, or through Notify where a client is given.
  void PrintLetters(const std::string& folder, const NotifyClient* notify);
  // What became of letters at Notify; each state once.
  void AskNotify(const NotifyClient& notify);
  void ReleaseLeases();

 private:
  template <typename Send>
  void Run(v1::Notification::Means::Value means, int batch, int each, absl::Duration lease, Send send);
  void Keep(const Outgoing& message, const Sent& sent);
  Sent Print(const std::string& folder, const NotifyClient* notify, const Outgoing& message);

  const Context& context_;
  Providers& providers_;
  const RetryPolicy policy_;
};

}  // namespace evenhand::notification
