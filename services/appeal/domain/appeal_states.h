// Where an appeal may go from where it stands: one table, tested against every state and action.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "services/platform/base/vocabulary.h"

namespace evenhand::appeal {

using State = AppealState;
// As where a step leads: the one of LODGED, ACKNOWLEDGED and ASSIGNED that fits.
inline constexpr State::Value kResting = State::STATE_UNSPECIFIED;

enum class Action {
  kAcknowledge,
  kAssign,
  kRequestInformation,
  kReceiveInformation,
  kEndWait,
  kAcceptLate,
  kRefuse,
  kCorrectReceipt,
  kDecide,          // upheld or partly upheld: the effect has to reach the restriction
  kDecideNoChange,  // not upheld
  kEffectApplied,
  kWithdraw,
  // No steps from a state, but acts all the same: conflicts.h says who may do them.
  kReceive,  // take it in
  kHear,     // be given it
};
inline constexpr int kActionCount = static_cast<int>(Action::kHear) + 1;

struct Transition {
  State::Value from;
  Action action;
  State::Value to;
  std::string_view clause;
};

inline constexpr std::array kTransitions = {
    // The person hears that it is being looked at, wherever it stands.
    Transition{State::LODGED, Action::kAcknowledge, kResting, "7.3"},
    Transition{State::ASSIGNED, Action::kAcknowledge, kResting, "7.3"},
    Transition{State::LATE, Action::kAcknowledge, State::LATE, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kAcknowledge, State::INFORMATION_REQUESTED, "7.3"},
    // A director has it, to decide it or to say whether a late one is taken on.
    Transition{State::LODGED, Action::kAssign, kResting, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kAssign, kResting, "7.3"},
    Transition{State::ASSIGNED, Action::kAssign, kResting, "7.3"},
    Transition{State::LATE, Action::kAssign, State::LATE, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kAssign, State::INFORMATION_REQUESTED, "7.3"},
    // The clock stands still.
    Transition{State::LODGED, Action::kRequestInformation, State::INFORMATION_REQUESTED, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kRequestInformation, State::INFORMATION_REQUESTED, "7.3"},
    Transition{State::ASSIGNED, Action::kRequestInformation, State::INFORMATION_REQUESTED, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kReceiveInformation, kResting, "7.3"},
    // The time to answer has passed: the clock runs on, and an answer that comes late is still taken.
    Transition{State::INFORMATION_REQUESTED, Action::kEndWait, kResting, "7.3"},
    Transition{State::LODGED, Action::kReceiveInformation, kResting, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kReceiveInformation, kResting, "7.3"},
    Transition{State::ASSIGNED, Action::kReceiveInformation, kResting, "7.3"},
    // A late one is accepted or refused, never dropped.
    Transition{State::LATE, Action::kAcceptLate, kResting, "7.3"},
    Transition{State::LATE, Action::kRefuse, State::REFUSED, "7.3"},
    // The receipt is corrected: in time or late is worked out again, a refusal for lateness included.
    Transition{State::LODGED, Action::kCorrectReceipt, kResting, "7.3"},
    Transition{State::LATE, Action::kCorrectReceipt, kResting, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kCorrectReceipt, kResting, "7.3"},
    Transition{State::ASSIGNED, Action::kCorrectReceipt, kResting, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kCorrectReceipt, State::INFORMATION_REQUESTED, "7.3"},
    Transition{State::REFUSED, Action::kCorrectReceipt, kResting, "7.3"},
    // The decision.
    Transition{State::LODGED, Action::kDecide, State::EFFECT_PENDING, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kDecide, State::EFFECT_PENDING, "7.3"},
    Transition{State::ASSIGNED, Action::kDecide, State::EFFECT_PENDING, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kDecide, State::EFFECT_PENDING, "7.3"},
    Transition{State::LODGED, Action::kDecideNoChange, State::DECIDED, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kDecideNoChange, State::DECIDED, "7.3"},
    Transition{State::ASSIGNED, Action::kDecideNoChange, State::DECIDED, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kDecideNoChange, State::DECIDED, "7.3"},
    Transition{State::EFFECT_PENDING, Action::kEffectApplied, State::DECIDED, "7.3"},
    // The person takes it back; it stays in the timeline.
    Transition{State::LODGED, Action::kWithdraw, State::WITHDRAWN, "7.3"},
    Transition{State::LATE, Action::kWithdraw, State::WITHDRAWN, "7.3"},
    Transition{State::ACKNOWLEDGED, Action::kWithdraw, State::WITHDRAWN, "7.3"},
    Transition{State::ASSIGNED, Action::kWithdraw, State::WITHDRAWN, "7.3"},
    Transition{State::INFORMATION_REQUESTED, Action::kWithdraw, State::WITHDRAWN, "7.3"},
};

constexpr std::optional<State::Value> Next(State::Value from, Action action) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.action == action) return transition.to;
  }
  return std::nullopt;
}

// Where an appeal rests between steps.
constexpr State::Value Resting(bool acknowledged, bool assigned) {
  if (assigned) return State::ASSIGNED;
  return acknowledged ? State::ACKNOWLEDGED : State::LODGED;
}

// Still to be decided: its deadlines count, retention is held.
constexpr bool IsOpen(State::Value state) {
  switch (state) {
    case State::LODGED:
    case State::LATE:
    case State::ACKNOWLEDGED:
    case State::ASSIGNED:
    case State::INFORMATION_REQUESTED:
    case State::EFFECT_PENDING:
      return true;
    case State::DECIDED:
    case State::REFUSED:
    case State::WITHDRAWN:
    case State::STATE_UNSPECIFIED:
      break;
  }
  return false;
}

}  // namespace evenhand::appeal
