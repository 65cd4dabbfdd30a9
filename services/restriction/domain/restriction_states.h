// The life of a restriction: one table, read aloud, tested against every state × action × rank (7.3, 7.4, case L).
#pragma once

#include <optional>
#include <string_view>

namespace evenhand::restriction {

enum class State { kProposed, kInForce, kLifted, kExpired, kOverturned, kSuperseded, kDeclined, kWithdrawn };
inline constexpr int kStateCount = 8;

enum class Action {
  kImpose,
  kDecline,
  kWithdraw,
  kStartReview,
  kContinue,
  kVary,
  kLift,
  kExpire,
  kOverturn,
  kVaryByAppeal,
  kSupersede,
  kReturn,
  kCorrect,
  kSuspend,
  kResume,
};
inline constexpr int kActionCount = 15;

// The least that somebody must be; the system and an appeal act on their own account.
enum class Who { kTeamLeader, kSeniorManager, kTime, kAppeal, kMerge, kEvidence };

struct Transition {
  State from;
  Action action;
  State to;
  Who who;
  bool makes_decision;  // a decision record with its own right of appeal (case L)
  std::string_view clause;
};

// clang-format off
inline constexpr Transition kTransitions[] = {
    {State::kProposed, Action::kImpose,       State::kInForce,    Who::kSeniorManager, true,  "7.3"},
    {State::kProposed, Action::kDecline,      State::kDeclined,   Who::kSeniorManager, false, "6.2"},
    {State::kProposed, Action::kWithdraw,     State::kWithdrawn,  Who::kTeamLeader,    false, "7.3"},
    {State::kInForce,  Action::kStartReview,  State::kInForce,    Who::kSeniorManager, false, "7.4"},
    {State::kInForce,  Action::kContinue,     State::kInForce,    Who::kSeniorManager, true,  "7.4"},
    {State::kInForce,  Action::kVary,         State::kInForce,    Who::kSeniorManager, true,  "7.4"},
    {State::kInForce,  Action::kLift,         State::kLifted,     Who::kSeniorManager, false, "7.4"},
    {State::kInForce,  Action::kExpire,       State::kExpired,    Who::kTime,          false, "7.4"},
    {State::kInForce,  Action::kOverturn,     State::kOverturned, Who::kAppeal,        false, "7.3"},
    {State::kInForce,  Action::kVaryByAppeal, State::kInForce,    Who::kAppeal,        true,  "7.3"},
    {State::kInForce,  Action::kSupersede,    State::kSuperseded, Who::kMerge,         false, "7.3"},
    {State::kProposed, Action::kReturn,       State::kProposed,   Who::kSeniorManager, false, "6.2"},
    {State::kProposed, Action::kCorrect,      State::kProposed,   Who::kTeamLeader,    false, "7.3"},
    {State::kInForce,  Action::kSuspend,      State::kInForce,    Who::kEvidence,      false, "7.3"},
    {State::kInForce,  Action::kResume,       State::kInForce,    Who::kEvidence,      false, "7.3"},
};
// clang-format on

constexpr const Transition* FindTransition(State from, Action action) {
  for (const Transition& t : kTransitions)
    if (t.from == from && t.action == action) return &t;
  return nullptr;
}

}  // namespace evenhand::restriction
