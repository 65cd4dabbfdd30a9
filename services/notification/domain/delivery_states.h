// What may become of a message: sent, delivered, read and acknowledged are four facts. One table, tested against every state and signal.
#pragma once

#include <array>
#include <optional>

namespace evenhand::notification {

// The same order as evenhand.notification.v1.Notification.State.
enum class Delivery {
  kUnspecified,
  kQueued,
  kSending,
  kSent,
  kDelivered,
  kRead,
  kAcknowledged,
  kTemporaryFailure,
  kPermanentFailure,
  kTechnicalFailure,
  kReturned,
  kEscalated,
  kStopped,
  kResolved,
  kPrinted,
};
inline constexpr int kDeliveryCount = static_cast<int>(Delivery::kPrinted) + 1;

enum class Signal {
  kTake,         // a sender takes it
  kPrint,        // a letter is made: the post room's list has it, or Notify; it has not gone
  kAccepted,     // the provider took it; a letter: it was posted
  kArrived,      // a receipt
  kOpened,       // the recipient opened what it links to
  kAcknowledge,  // the recipient has it
  kNotNow,       // refused for now
  kNever,        // refused for good
  kGivenUp,      // the attempts are used up
  kBroughtBack,  // the post brought it back
  kEscalate,     // a person has to decide
  kStop,         // not to be sent any more
  kTryAgain,     // a person asks for it
  kResolve,      // a person has decided
  kLeaseOver,    // the sender died while sending: it goes again with the same id
  kReplay,       // a receiver asks for what it had again
};
inline constexpr int kSignalCount = static_cast<int>(Signal::kReplay) + 1;

struct DeliveryStep {
  Delivery from;
  Signal signal;
  Delivery to;
};

inline constexpr std::array kDeliverySteps = {
    DeliveryStep{Delivery::kQueued, Signal::kTake, Delivery::kSending},
    DeliveryStep{Delivery::kTemporaryFailure, Signal::kTake, Delivery::kSending},
    DeliveryStep{Delivery::kSending, Signal::kAccepted, Delivery::kSent},
    // A letter that is printed, or that Notify has taken, has not gone: it is sent when it is posted.
    DeliveryStep{Delivery::kSending, Signal::kPrint, Delivery::kPrinted},
    DeliveryStep{Delivery::kPrinted, Signal::kAccepted, Delivery::kSent},
    DeliveryStep{Delivery::kPrinted, Signal::kArrived, Delivery::kDelivered},
    DeliveryStep{Delivery::kPrinted, Signal::kNotNow, Delivery::kTemporaryFailure},
    DeliveryStep{Delivery::kPrinted, Signal::kNever, Delivery::kPermanentFailure},
    DeliveryStep{Delivery::kPrinted, Signal::kGivenUp, Delivery::kTechnicalFailure},
    DeliveryStep{Delivery::kPrinted, Signal::kBroughtBack, Delivery::kReturned},
    DeliveryStep{Delivery::kPrinted, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kPrinted, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kSending, Signal::kNotNow, Delivery::kTemporaryFailure},
    DeliveryStep{Delivery::kSending, Signal::kNever, Delivery::kPermanentFailure},
    DeliveryStep{Delivery::kSending, Signal::kGivenUp, Delivery::kTechnicalFailure},
    DeliveryStep{Delivery::kSending, Signal::kLeaseOver, Delivery::kQueued},
    // Receipts may come before we know that it was accepted, and may say that it bounced after all.
    DeliveryStep{Delivery::kSending, Signal::kArrived, Delivery::kDelivered},
    DeliveryStep{Delivery::kSent, Signal::kArrived, Delivery::kDelivered},
    DeliveryStep{Delivery::kSent, Signal::kNotNow, Delivery::kTemporaryFailure},
    DeliveryStep{Delivery::kSent, Signal::kNever, Delivery::kPermanentFailure},
    DeliveryStep{Delivery::kSent, Signal::kGivenUp, Delivery::kTechnicalFailure},
    DeliveryStep{Delivery::kDelivered, Signal::kNever, Delivery::kPermanentFailure},
    DeliveryStep{Delivery::kDelivered, Signal::kGivenUp, Delivery::kTechnicalFailure},
    DeliveryStep{Delivery::kSent, Signal::kBroughtBack, Delivery::kReturned},
    DeliveryStep{Delivery::kDelivered, Signal::kBroughtBack, Delivery::kReturned},
    // The recipient may see it in the system whatever the mail did.
    DeliveryStep{Delivery::kQueued, Signal::kOpened, Delivery::kRead},
    DeliveryStep{Delivery::kSent, Signal::kOpened, Delivery::kRead},
    DeliveryStep{Delivery::kDelivered, Signal::kOpened, Delivery::kRead},
    DeliveryStep{Delivery::kTemporaryFailure, Signal::kOpened, Delivery::kRead},
    DeliveryStep{Delivery::kQueued, Signal::kAcknowledge, Delivery::kAcknowledged},
    DeliveryStep{Delivery::kSending, Signal::kAcknowledge, Delivery::kAcknowledged},
    DeliveryStep{Delivery::kSent, Signal::kAcknowledge, Delivery::kAcknowledged},
    DeliveryStep{Delivery::kDelivered, Signal::kAcknowledge, Delivery::kAcknowledged},
    DeliveryStep{Delivery::kRead, Signal::kAcknowledge, Delivery::kAcknowledged},
    DeliveryStep{Delivery::kTemporaryFailure, Signal::kAcknowledge, Delivery::kAcknowledged},
    DeliveryStep{Delivery::kEscalated, Signal::kAcknowledge, Delivery::kAcknowledged},
    // Nobody was reached: a person decides.
    DeliveryStep{Delivery::kQueued, Signal::kEscalate, Delivery::kEscalated},
    DeliveryStep{Delivery::kSent, Signal::kEscalate, Delivery::kEscalated},
    DeliveryStep{Delivery::kDelivered, Signal::kEscalate, Delivery::kEscalated},
    DeliveryStep{Delivery::kRead, Signal::kEscalate, Delivery::kEscalated},
    DeliveryStep{Delivery::kPermanentFailure, Signal::kEscalate, Delivery::kEscalated},
    DeliveryStep{Delivery::kTechnicalFailure, Signal::kEscalate, Delivery::kEscalated},
    DeliveryStep{Delivery::kEscalated, Signal::kResolve, Delivery::kResolved},
    DeliveryStep{Delivery::kPermanentFailure, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kTechnicalFailure, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kTemporaryFailure, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kEscalated, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kReturned, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kStopped, Signal::kTryAgain, Delivery::kQueued},
    DeliveryStep{Delivery::kSent, Signal::kReplay, Delivery::kQueued},
    DeliveryStep{Delivery::kDelivered, Signal::kReplay, Delivery::kQueued},
    DeliveryStep{Delivery::kTemporaryFailure, Signal::kReplay, Delivery::kQueued},
    DeliveryStep{Delivery::kPermanentFailure, Signal::kReplay, Delivery::kQueued},
    DeliveryStep{Delivery::kTechnicalFailure, Signal::kReplay, Delivery::kQueued},
    DeliveryStep{Delivery::kStopped, Signal::kReplay, Delivery::kQueued},
    DeliveryStep{Delivery::kQueued, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kSending, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kTemporaryFailure, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kTechnicalFailure, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kEscalated, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kReturned, Signal::kStop, Delivery::kStopped},
    DeliveryStep{Delivery::kPermanentFailure, Signal::kStop, Delivery::kStopped},
};

constexpr std::optional<Delivery> Next(Delivery from, Signal signal) {
  for (const DeliveryStep& step : kDeliverySteps) {
    if (step.from == from && step.signal == signal) return step.to;
  }
  return std::nullopt;
}

// A share is done only when acknowledged, or escalated to a person who decided.
constexpr bool IsDone(Delivery state) { return state == Delivery::kAcknowledged || state == Delivery::kResolved; }

// It is known to have reached its recipient.
constexpr bool HasArrived(Delivery state) {
  return state == Delivery::kDelivered || state == Delivery::kRead || state == Delivery::kAcknowledged;
}

}  // namespace evenhand::notification
