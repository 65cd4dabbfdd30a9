// A letter's way after it was written: printed, posted, refused, sent again. Printed or accepted is not gone; gone is what opens the time
// to appeal (7.3), and a refusal closes it again.
#pragma once

#include <string>

#include "evenhand/notification/v1/notification.pb.h"
#include "services/notification/app/context.h"
#include "services/notification/store/letter_store.h"

namespace evenhand::notification {

// Of this try, at the provider: another try is another letter to it.
std::string ReferenceOfTry(const v1::Letter& letter);

// It lies ready for the post room, or Notify has it under `notify_id`. Kept with its PDF until it is posted.
void LetterPrinted(Session& session, const std::string& letter_id, const std::string& pdf, const std::string& notify_id);

// It has gone, on this day.
void LetterGone(Session& session, KeptLetter& kept, LocalDate on);

// The letter follows what became of its message: sent is gone, failed for good is refused, with a task.
void LetterFollows(Session& session, const v1::Notification& message, const std::string& why);

// Its way is free: one more try. A refusal where its message can't be tried now.
std::optional<Refusal> SendLetter(const Context& context, Session& session, KeptLetter& kept, const std::string& why);

// The provider gave it back for now: the next post is another try.
void StartNextTry(Session& session, const std::string& letter_id);

// Refused or failed, or printed and not gone: made and sent again. `facts`: what it says is asked anew where it could not be issued.
struct Facts;
std::optional<Refusal> SendLetterAgain(const Context& context, Session& session, KeptLetter& kept, const Facts& facts);

// Somebody decided that it is not sent (again).
void StopLetter(Session& session, const std::string& letter_id, const std::string& why);

}  // namespace evenhand::notification
