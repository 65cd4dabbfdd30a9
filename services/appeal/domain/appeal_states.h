// Where an appeal may go from where it stands: one table, tested against every state and action.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace evenhand::appeal {

// The same order as evenhand.appeal.v1.Appeal.State; kResting stands for the one of LODGED, ACKNOWLEDGED and ASSIGNED that fits.
enum class State {
  kUnspecified,
  kLodged,
  kLate,
  kAcknowledged,
  kAssigned,
  kInformationRequested,
  kEffectPending,
  kDecided,
  kRefused,
  kWithdrawn,
  kResting
};
inline constexpr int kStateCount = static_cast<int>(State::kWithdrawn) + 1;

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
  State from;
  Action action;
  State to;
  std::string_view clause;
};

inline constexpr std::array kTransitions = {
    // The person hears that it is being looked at, wherever it stands.
    Transition{State::kLodged, Action::kAcknowledge, State::kResting, "7.3"},
    Transition{State::kAssigned, Action::kAcknowledge, State::kResting, "7.3"},
    Transition{State::kLate, Action::kAcknowledge, State::kLate, "7.3"},
    Transition{State::kInformationRequested, Action::kAcknowledge, State::kInformationRequested, "7.3"},
    // A director has it, to decide it or to say whether a late one is taken on.
    Transition{State::kLodged, Action::kAssign, State::kResting, "7.3"},
    Transition{State::kAcknowledged, Action::kAssign, State::kResting, "7.3"},
    Transition{State::kAssigned, Action::kAssign, State::kResting, "7.3"},
    Transition{State::kLate, Action::kAssign, State::kLate, "7.3"},
    Transition{State::kInformationRequested, Action::kAssign, State::kInformationRequested, "7.3"},
    // The clock stands still.
    Transition{State::kLodged, Action::kRequestInformation, State::kInformationRequested, "7.3"},
    Transition{State::kAcknowledged, Action::kRequestInformation, State::kInformationRequested, "7.3"},
    Transition{State::kAssigned, Action::kRequestInformation, State::kInformationRequested, "7.3"},
    Transition{State::kInformationRequested, Action::kReceiveInformation, State::kResting, "7.3"},
    // The time to answer has passed: the clock runs on, and an answer that comes late is still taken.
    Transition{State::kInformationRequested, Action::kEndWait, State::kResting, "7.3"},
    Transition{State::kLodged, Action::kReceiveInformation, State::kResting, "7.3"},
    Transition{State::kAcknowledged, Action::kReceiveInformation, State::kResting, "7.3"},
    Transition{State::kAssigned, Action::kReceiveInformation, State::kResting, "7.3"},
    // A late one is accepted or refused, never dropped.
    Transition{State::kLate, Action::kAcceptLate, State::kResting, "7.3"},
    Transition{State::kLate, Action::kRefuse, State::kRefused, "7.3"},
    // The receipt is corrected: in time or late is worked out again, a refusal for lateness included.
    Transition{State::kLodged, Action::kCorrectReceipt, State::kResting, "7.3"},
    Transition{State::kLate, Action::kCorrectReceipt, State::kResting, "7.3"},
    Transition{State::kAcknowledged, Action::kCorrectReceipt, State::kResting, "7.3"},
    Transition{State::kAssigned, Action::kCorrectReceipt, State::kResting, "7.3"},
    Transition{State::kInformationRequested, Action::kCorrectReceipt, State::kInformationRequested, "7.3"},
    Transition{State::kRefused, Action::kCorrectReceipt, State::kResting, "7.3"},
    // The decision.
    Transition{State::kLodged, Action::kDecide, State::kEffectPending, "7.3"},
    Transition{State::kAcknowledged, Action::kDecide, State::kEffectPending, "7.3"},
    Transition{State::kAssigned, Action::kDecide, State::kEffectPending, "7.3"},
    Transition{State::kInformationRequested, Action::kDecide, State::kEffectPending, "7.3"},
    Transition{State::kLodged, Action::kDecideNoChange, State::kDecided, "7.3"},
    Transition{State::kAcknowledged, Action::kDecideNoChange, State::kDecided, "7.3"},
    Transition{State::kAssigned, Action::kDecideNoChange, State::kDecided, "7.3"},
    Transition{State::kInformationRequested, Action::kDecideNoChange, State::kDecided, "7.3"},
    Transition{State::kEffectPending, Action::kEffectApplied, State::kDecided, "7.3"},
    // The person takes it back; it stays in the timeline.
    Transition{State::kLodged, Action::kWithdraw, State::kWithdrawn, "7.3"},
    Transition{State::kLate, Action::kWithdraw, State::kWithdrawn, "7.3"},
    Transition{State::kAcknowledged, Action::kWithdraw, State::kWithdrawn, "7.3"},
    Transition{State::kAssigned, Action::kWithdraw, State::kWithdrawn, "7.3"},
    Transition{State::kInformationRequested, Action::kWithdraw, State::kWithdrawn, "7.3"},
};

constexpr std::optional<State> Next(State from, Action action) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.action == action) return transition.to;
  }
  return std::nullopt;
}

// Where an appeal rests between steps.
constexpr State Resting(bool acknowledged, bool assigned) {
  if (assigned) return State::kAssigned;
  return acknowledged ? State::kAcknowledged : State::kLodged;
}

// Still to be decided: its deadlines count, retention is held.
constexpr bool IsOpen(State state) { return state >= State::kLodged && state <= State::kEffectPending; }

}  // namespace evenhand::appeal
