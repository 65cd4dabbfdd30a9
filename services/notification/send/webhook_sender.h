// One POST to a receiver, signed after Standard Webhooks. No redirects are followed: a receiver says where it is when it registers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/notification/domain/open_internet.h"
#include "services/notification/send/sent.h"

namespace evenhand::notification {

struct WebhookPost {
  std::string url;
  std::string id;                 // the event's: the same at every attempt and replay
  std::string body;               // a CloudEvent
  std::vector<std::string> keys;  // of the secret, and of the one before while it still signs
  std::string traceparent;        // W3C; "" for none
};

class WebhookSender {
 public:
  // Connects to the open internet and to `allowed`, judged by the address that the name led to.
  explicit WebhookSender(AllowedNetworks allowed);
  ~WebhookSender();
  // `at` is the real time: receivers refuse old timestamps.
  Sent Send(const WebhookPost& post, absl::Time at);

 private:
  struct Handle;
  const AllowedNetworks allowed_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace evenhand::notification
