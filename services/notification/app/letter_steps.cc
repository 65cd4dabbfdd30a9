#include "services/notification/app/letter_steps.h"

#include <absl/strings/str_cat.h>

#include "services/notification/app/letters.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/told.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/times.h"
#include "services/platform/base/sha256.h"

namespace evenhand::notification {
namespace {

using State = v1::Letter::State;
using Message = NotificationState;

void LetterRefused(Session& session, const std::string& letter_id, const std::string& why) {
  auto kept = FindLetter(session, letter_id, /*for_update=*/true);
  if (!kept || kept->letter.state() == State::STOPPED) return;
  kept->letter.set_state(State::FAILED);
  kept->letter.set_why(why);
  LetterNotPosted(session, *kept, why);
  SaveLetter(session, *kept);
  ForgetAtNotify(session, letter_id);
  OpenTask(session, TaskOfLetter(session, kept->letter, v1::Task::Kind::LETTER_REFUSED,
                                 absl::StrCat("could not be sent: ", why,
                                              " Mend the cause and send it again by :retry, or put the address right by "
                                              ":confirmAddress.")));
}

}  // namespace

std::string ReferenceOfTry(const v1::Letter& letter) { return absl::StrCat(letter.id(), "-", letter.tries()); }

void LetterPrinted(Session& session, const std::string& letter_id, const std::string& pdf, const std::string& notify_id) {
  auto kept = FindLetter(session, letter_id, /*for_update=*/true);
  if (!kept) return;
  // A death while it was being set holds it back, unless Notify has it already.
  if (notify_id.empty() && kept->letter.state() != State::QUEUED && kept->letter.state() != State::PRINTED) return;
  kept->pdf = pdf;
  kept->letter.set_state(State::PRINTED);
  kept->letter.set_sha256(Sha256Hex(pdf));
  *kept->letter.mutable_printed_at() = ToTimestamp(session.now());
  SaveLetter(session, *kept);
  if (!notify_id.empty()) NoteAtNotify(session, letter_id, notify_id);
}

void LetterGone(Session& session, KeptLetter& kept, LocalDate on) {
  kept.letter.set_state(State::POSTED);
  LetterPosted(session, kept, on);
  SaveLetter(session, kept);
  ForgetAtNotify(session, kept.letter.id());
  CloseTasks(session, "letter_id", kept.letter.id(), "The letter has gone.");
}

void LetterFollows(Session& session, const v1::Notification& message, const std::string& why) {
  if (message.kind() != v1::Notification::Kind::LETTER) return;
  switch (message.state()) {
    case Message::SENT:
    case Message::DELIVERED:
      if (auto kept = FindLetter(session, message.letter_id(), /*for_update=*/true); kept && kept->letter.state() == State::PRINTED)
        LetterGone(session, *kept, DateOf(session.now()));
      return;
    case Message::PERMANENT_FAILURE:
    case Message::TECHNICAL_FAILURE:
      return LetterRefused(session, message.letter_id(), why);
    case Message::QUEUED:
    case Message::SENDING:
    case Message::READ:
    case Message::ACKNOWLEDGED:
    case Message::TEMPORARY_FAILURE:
    case Message::RETURNED:
    case Message::ESCALATED:
    case Message::STOPPED:
    case Message::RESOLVED:
    case Message::PRINTED:
    case Message::STATE_UNSPECIFIED:
      return;
  }
}

std::optional<Refusal> SendLetter(const Context& context, Session& session, KeptLetter& kept, const std::string& why) {
  v1::Letter& letter = kept.letter;
  NotificationStore store(session);
  auto message = letter.notification_id().empty() ? std::nullopt : store.Find(letter.notification_id(), /*for_update=*/true);
  if (message && message->state() == Message::SENDING)
    return Conflict(ErrorReason::WRONG_STATE, "council rule", "It is being sent at this moment; look at what becomes of it first.");
  const bool printed = letter.state() == State::PRINTED;
  kept.pdf.clear();
  letter.clear_sha256();
  letter.clear_printed_at();
  letter.clear_why();
  letter.set_state(State::QUEUED);
  letter.set_tries(letter.tries() + 1);
  if (printed) LetterNotPosted(session, kept, why);
  SaveLetter(session, kept);
  ForgetAtNotify(session, letter.id());
  CloseTasks(session, "letter_id", letter.id(), why);
  if (!message) {
    QueueLetter(context, session, kept);
    return std::nullopt;
  }
  message->set_attempts(0);
  message->clear_next_attempt_at();
  message->clear_last_failure();
  if (message->state() != Message::QUEUED) store.Move(*message, Signal::kTryAgain, why);
  return std::nullopt;
}

void StartNextTry(Session& session, const std::string& letter_id) {
  auto kept = FindLetter(session, letter_id, /*for_update=*/true);
  if (!kept || kept->letter.state() != State::PRINTED) return;
  kept->letter.set_state(State::QUEUED);
  kept->letter.set_tries(kept->letter.tries() + 1);
  SaveLetter(session, *kept);
  ForgetAtNotify(session, letter_id);
}

std::optional<Refusal> SendLetterAgain(const Context& context, Session& session, KeptLetter& kept, const Facts& facts) {
  v1::Letter& letter = kept.letter;
  switch (letter.state()) {
    case State::FAILED:
    case State::PRINTED:
      break;
    case State::RETURNED:
    case State::AWAITING_ADDRESS:
      return Conflict(ErrorReason::WRONG_STATE, "council rule",
                      absl::StrCat("Its address comes first: /v1/letters/", letter.id(), ":confirmAddress."));
    case State::AWAITING_FORMAT:
    case State::QUEUED:
    case State::STOPPED:
    case State::POSTED:
    case State::STATE_UNSPECIFIED:
      return Conflict(ErrorReason::WRONG_STATE, "council rule",
                      absl::StrCat("This letter is ", State::Value_Name(letter.state()), letter.why().empty() ? "." : ": ", letter.why()));
  }
  if (letter.notification_id().empty()) {
    const std::string fault = ComposeAnew(context, kept, facts);
    if (!fault.empty()) return Conflict(ErrorReason::WRONG_STATE, "11.1", "It still can't be issued. " + fault);
    if (letter.address_confirmed().empty()) {
      letter.set_state(State::AWAITING_ADDRESS);
      letter.clear_why();
      SaveLetter(session, kept);
      CloseTasks(session, "letter_id", letter.id(), "It can be issued now.");
      OpenTaskOf(session, letter);
      return std::nullopt;
    }
  }
  return SendLetter(context, session, kept, "Sent again on request.");
}

void StopLetter(Session& session, const std::string& letter_id, const std::string& why) {
  auto kept = FindLetter(session, letter_id, /*for_update=*/true);
  if (!kept || (kept->letter.state() != State::FAILED && kept->letter.state() != State::RETURNED)) return;
  kept->letter.set_state(State::STOPPED);
  kept->letter.set_why(why);
  SaveLetter(session, *kept);
  ForgetAtNotify(session, letter_id);
  NotificationStore store(session);
  if (auto message = store.Find(kept->letter.notification_id(), /*for_update=*/true)) store.Move(*message, Signal::kStop, why);
  CloseTasks(session, "letter_id", letter_id, why);
}

}  // namespace evenhand::notification
