// GOV.UK Notify's API for letters: a precompiled PDF goes, its state is asked for. From its public documentation
// (docs.notifications.service.gov.uk/rest-api.html): JWT (HS256) of the API key, POST /v2/notifications/letter, GET /v2/notifications/{id}.
#pragma once

#include <optional>
#include <string>

#include "services/notification/send/sent.h"

namespace evenhand::notification {

struct NotifyKey {
  std::string service_id;
  std::string secret;
};
// "name-<service id>-<secret>", both UUIDs at its end; nothing when it is none.
std::optional<NotifyKey> ReadNotifyKey(const std::string& key);

// The bearer token: iss is the service, iat the real time.
std::string NotifyToken(const NotifyKey& key, absl::Time now);

// What Notify says of a letter, in our words. Taken (created, sending, accepted) is on its way; only what it dispatched is posted.
enum class NotifyState { kOnItsWay, kPosted, kTemporaryFailure, kPermanentFailure, kTechnicalFailure };
NotifyState NotifyStateOf(const std::string& status);

class NotifyClient {
 public:
  NotifyClient(std::string url, NotifyKey key) : url_(std::move(url)), key_(std::move(key)) {}

  struct Posted {
    Sent sent;
    std::string id;  // Notify's own
  };
  // `reference` is that of one try of one letter: Notify keeps it, so that a second copy can be told. Where Notify can't say whether it
  // has the letter already, nothing is posted; where it has it, what became of it there is this try's end.
  Posted PostLetter(const std::string& reference, const std::string& pdf) const;

  struct Look {
    enum class Found { kAway, kUnknown, kKnown } found = Found::kAway;  // kUnknown: Notify answers that it has no such letter
    std::string status;
  };
  Look StatusOf(const std::string& id) const;

 private:
  struct Answer {
    long status = 0;
    std::string body;
  };
  Answer Ask(const std::string& path, const std::string* body) const;
  static Sent SentOf(const Answer& answer);

  const std::string url_;
  const NotifyKey key_;
};

}  // namespace evenhand::notification
