// Takes due messages and hands them to their provider; what became of each is kept before the next is taken. A sender that dies
// leaves its messages SENDING until their lease ends; they go again with the same id, so that a receiver can tell.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include "services/notification/app/context.h"
#include "services/notification/app/providers.h"
#include "services/notification/domain/sending_rules.h"
#include "services/notification/send/notify.h"
#include "services/notification/send/smtp.h"
#include "services/notification/send/webhook_sender.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/platform/rpc/bell.h"

namespace evenhand::notification {

// Messages claimed and not tried yet, shared by all senders of one means: a sender that hangs holds up its own message alone.
struct Line {
  const v1::Notification::Means::Value means;
  const int batch;
  const int each;  // in flight for one provider; one where it failed last
  const absl::Duration lease;
  const std::shared_ptr<Bell> bell = std::make_shared<Bell>();  // where its senders wait
  std::atomic<bool> due = false;                                // something is in the table: the next look need not wait
  absl::Mutex mutex;
  std::deque<Outgoing> waiting ABSL_GUARDED_BY(mutex);
  std::map<std::string, int> flying ABSL_GUARDED_BY(mutex);  // provider → how many are being tried
  absl::Time look_again ABSL_GUARDED_BY(mutex) = absl::InfinitePast();
};

class Deliverer {
 public:
  struct Retries {
    RetryPolicy messages;
    RetryPolicy webhooks = {.longest = absl::Hours(4), .lasting = absl::Hours(72)};
  };
  // `stopping`: the process ends; what was claimed and not tried goes back.
  Deliverer(const Context& context, Retries retries, std::function<bool()> stopping)
      : context_(context), providers_(context.providers), retries_(std::move(retries)), stopping_(std::move(stopping)) {}

  // Something of these means is due: wakes one of its senders, which wakes the next where there is more.
  void RingFor(v1::Notification::Means::Value means);
  // What was claimed and is waiting for its turn is looked at again, too.
  void RingWhereSomeWait();
  std::shared_ptr<Bell> BellOf(v1::Notification::Means::Value means) { return LineOf(means).bell; }

  // Each until nothing is due; to be called whenever its bell rings, each on its own thread with its own sender.
  void SendEmails(SmtpSender& sender);
  void SendWebhooks(WebhookSender& sender);
  // Through Notify where a client is given; else for the post room, with a copy in the folder where one is named.
  void PrintLetters(const std::string& folder, const NotifyClient* notify);
  // What became of letters at Notify: those whose look is due.
  void AskNotify(const NotifyClient& notify);
  // Takes out of the folder what was posted, stopped or is no longer to go; what is not a letter of ours stays.
  void TidyPrintFolder(const std::string& folder);
  void ReleaseLeases();

 private:
  Line& LineOf(v1::Notification::Means::Value means);
  template <typename Send>
  void Run(Line& line, Send send);
  std::optional<Outgoing> Next(Line& line);
  std::optional<Outgoing> TakeFirstFree(Line& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(line.mutex);
  std::vector<std::string> KeysOfWebhook(const std::string& id);
  void GiveBack(Line& line);
  void Keep(const Outgoing& message, const Sent& sent);
  Sent Print(const std::string& folder, const NotifyClient* notify, const Outgoing& message);
  // What has changed since it was written; a reason not to post it, if any.
  std::optional<Sent> BringUpToDate(KeptLetter& kept);
  void NoteLook(Session& session, const AtNotify& letter, const NotifyClient::Look& look);

  const Context& context_;
  Providers& providers_;
  const Retries retries_;
  const std::function<bool()> stopping_;
  // A claim outlives the longest try and its wait in the line.
  Line emails_{.means = v1::Notification::Means::EMAIL, .batch = 16, .each = 64, .lease = absl::Seconds(90)};
  Line posts_{.means = v1::Notification::Means::WEBHOOK, .batch = 16, .each = 4, .lease = absl::Seconds(60)};
  Line letters_{.means = v1::Notification::Means::LETTER, .batch = 1, .each = 4, .lease = absl::Minutes(3)};
};

}  // namespace evenhand::notification
