#include "services/notification/app/letters.h"

namespace evenhand::notification {

Call OwnCall(const std::string& why) {
  Call call;
  call.actor.id = "system:notification";
  call.actor.name = "notification-service";
  call.peer = "notification";
  call.method = why;
  call.deadline = absl::Now() + absl::Seconds(10);
  return call;
}
void WriteLetters(const Context&, Session&, const IncomingEvent&, const Facts&) {}
void StopLettersTo(const Context&, Session&, const std::string&, const std::string&) {}
void LetterCameBack(const Context&, Session&, const v1::Notification&, const std::string&) {}
void LetterMadeByHand(const Context&, Session&, const std::string&, const std::string&) {}

}  // namespace evenhand::notification
