// What may become of a message: sent, delivered, read and acknowledged are four facts. One table, tested against every state and signal.
#pragma once

#include <array>
#include <optional>

#include "services/platform/base/vocabulary.h"

namespace evenhand::notification {

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
  NotificationState::Value from;
  Signal signal;
  NotificationState::Value to;
};

inline constexpr std::array kDeliverySteps = {
    DeliveryStep{NotificationState::QUEUED, Signal::kTake, NotificationState::SENDING},
    DeliveryStep{NotificationState::TEMPORARY_FAILURE, Signal::kTake, NotificationState::SENDING},
    DeliveryStep{NotificationState::SENDING, Signal::kAccepted, NotificationState::SENT},
    // A letter that is printed, or that Notify has taken, has not gone: it is sent when it is posted.
    DeliveryStep{NotificationState::SENDING, Signal::kPrint, NotificationState::PRINTED},
    DeliveryStep{NotificationState::PRINTED, Signal::kAccepted, NotificationState::SENT},
    DeliveryStep{NotificationState::PRINTED, Signal::kArrived, NotificationState::DELIVERED},
    DeliveryStep{NotificationState::PRINTED, Signal::kNotNow, NotificationState::TEMPORARY_FAILURE},
    DeliveryStep{NotificationState::PRINTED, Signal::kNever, NotificationState::PERMANENT_FAILURE},
    DeliveryStep{NotificationState::PRINTED, Signal::kGivenUp, NotificationState::TECHNICAL_FAILURE},
    DeliveryStep{NotificationState::PRINTED, Signal::kBroughtBack, NotificationState::RETURNED},
    DeliveryStep{NotificationState::PRINTED, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::PRINTED, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::SENDING, Signal::kNotNow, NotificationState::TEMPORARY_FAILURE},
    DeliveryStep{NotificationState::SENDING, Signal::kNever, NotificationState::PERMANENT_FAILURE},
    DeliveryStep{NotificationState::SENDING, Signal::kGivenUp, NotificationState::TECHNICAL_FAILURE},
    DeliveryStep{NotificationState::SENDING, Signal::kLeaseOver, NotificationState::QUEUED},
    // Receipts may come before we know that it was accepted, and may say that it bounced after all.
    DeliveryStep{NotificationState::SENDING, Signal::kArrived, NotificationState::DELIVERED},
    DeliveryStep{NotificationState::SENT, Signal::kArrived, NotificationState::DELIVERED},
    DeliveryStep{NotificationState::SENT, Signal::kNotNow, NotificationState::TEMPORARY_FAILURE},
    DeliveryStep{NotificationState::SENT, Signal::kNever, NotificationState::PERMANENT_FAILURE},
    DeliveryStep{NotificationState::SENT, Signal::kGivenUp, NotificationState::TECHNICAL_FAILURE},
    DeliveryStep{NotificationState::DELIVERED, Signal::kNever, NotificationState::PERMANENT_FAILURE},
    DeliveryStep{NotificationState::DELIVERED, Signal::kGivenUp, NotificationState::TECHNICAL_FAILURE},
    DeliveryStep{NotificationState::SENT, Signal::kBroughtBack, NotificationState::RETURNED},
    DeliveryStep{NotificationState::DELIVERED, Signal::kBroughtBack, NotificationState::RETURNED},
    // The recipient may see it in the system whatever the mail did.
    DeliveryStep{NotificationState::QUEUED, Signal::kOpened, NotificationState::READ},
    DeliveryStep{NotificationState::SENT, Signal::kOpened, NotificationState::READ},
    DeliveryStep{NotificationState::DELIVERED, Signal::kOpened, NotificationState::READ},
    DeliveryStep{NotificationState::TEMPORARY_FAILURE, Signal::kOpened, NotificationState::READ},
    DeliveryStep{NotificationState::QUEUED, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    DeliveryStep{NotificationState::SENDING, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    DeliveryStep{NotificationState::SENT, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    DeliveryStep{NotificationState::DELIVERED, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    DeliveryStep{NotificationState::READ, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    DeliveryStep{NotificationState::TEMPORARY_FAILURE, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    DeliveryStep{NotificationState::ESCALATED, Signal::kAcknowledge, NotificationState::ACKNOWLEDGED},
    // Nobody was reached: a person decides.
    DeliveryStep{NotificationState::QUEUED, Signal::kEscalate, NotificationState::ESCALATED},
    DeliveryStep{NotificationState::SENT, Signal::kEscalate, NotificationState::ESCALATED},
    DeliveryStep{NotificationState::DELIVERED, Signal::kEscalate, NotificationState::ESCALATED},
    DeliveryStep{NotificationState::READ, Signal::kEscalate, NotificationState::ESCALATED},
    DeliveryStep{NotificationState::PERMANENT_FAILURE, Signal::kEscalate, NotificationState::ESCALATED},
    DeliveryStep{NotificationState::TECHNICAL_FAILURE, Signal::kEscalate, NotificationState::ESCALATED},
    DeliveryStep{NotificationState::ESCALATED, Signal::kResolve, NotificationState::RESOLVED},
    DeliveryStep{NotificationState::PERMANENT_FAILURE, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::TECHNICAL_FAILURE, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::TEMPORARY_FAILURE, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::ESCALATED, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::RETURNED, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::STOPPED, Signal::kTryAgain, NotificationState::QUEUED},
    DeliveryStep{NotificationState::SENT, Signal::kReplay, NotificationState::QUEUED},
    DeliveryStep{NotificationState::DELIVERED, Signal::kReplay, NotificationState::QUEUED},
    DeliveryStep{NotificationState::TEMPORARY_FAILURE, Signal::kReplay, NotificationState::QUEUED},
    DeliveryStep{NotificationState::PERMANENT_FAILURE, Signal::kReplay, NotificationState::QUEUED},
    DeliveryStep{NotificationState::TECHNICAL_FAILURE, Signal::kReplay, NotificationState::QUEUED},
    DeliveryStep{NotificationState::STOPPED, Signal::kReplay, NotificationState::QUEUED},
    DeliveryStep{NotificationState::QUEUED, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::SENDING, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::TEMPORARY_FAILURE, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::TECHNICAL_FAILURE, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::ESCALATED, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::RETURNED, Signal::kStop, NotificationState::STOPPED},
    DeliveryStep{NotificationState::PERMANENT_FAILURE, Signal::kStop, NotificationState::STOPPED},
};

constexpr std::optional<NotificationState::Value> Next(NotificationState::Value from, Signal signal) {
  for (const DeliveryStep& step : kDeliverySteps) {
    if (step.from == from && step.signal == signal) return step.to;
  }
  return std::nullopt;
}

// A share is done only when acknowledged, or escalated to a person who decided.
constexpr bool IsDone(NotificationState::Value state) {
  return state == NotificationState::ACKNOWLEDGED || state == NotificationState::RESOLVED;
}

// It is known to have reached its recipient.
constexpr bool HasArrived(NotificationState::Value state) {
  return state == NotificationState::DELIVERED || state == NotificationState::READ || state == NotificationState::ACKNOWLEDGED;
}

}  // namespace evenhand::notification
