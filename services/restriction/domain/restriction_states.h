// The life of a restriction: one table, read aloud, tested against every state × action × rank (7.3, 7.4, case L).
#pragma once

#include <optional>
#include <string_view>

#include "services/platform/base/vocabulary.h"

namespace evenhand::restriction {

using State = RestrictionState;

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
  State::Value from;
  Action action;
  State::Value to;
  Who who;
  bool makes_decision;  // a decision record with its own right of appeal (case L)
  std::string_view clause;
};

// clang-format off
inline constexpr Transition kTransitions[] = {
    {State::PROPOSED, Action::kImpose,       State::IN_FORCE,    Who::kSeniorManager, true,  "7.3"},
    {State::PROPOSED, Action::kDecline,      State::DECLINED,   Who::kSeniorManager, false, "6.2"},
    {State::PROPOSED, Action::kWithdraw,     State::WITHDRAWN,  Who::kTeamLeader,    false, "7.3"},
    {State::IN_FORCE,  Action::kStartReview,  State::IN_FORCE,    Who::kSeniorManager, false, "7.4"},
    {State::IN_FORCE,  Action::kContinue,     State::IN_FORCE,    Who::kSeniorManager, true,  "7.4"},
    {State::IN_FORCE,  Action::kVary,         State::IN_FORCE,    Who::kSeniorManager, true,  "7.4"},
    {State::IN_FORCE,  Action::kLift,         State::LIFTED,     Who::kSeniorManager, false, "7.4"},
    {State::IN_FORCE,  Action::kExpire,       State::EXPIRED,    Who::kTime,          false, "7.4"},
    {State::IN_FORCE,  Action::kOverturn,     State::OVERTURNED, Who::kAppeal,        false, "7.3"},
    {State::IN_FORCE,  Action::kVaryByAppeal, State::IN_FORCE,    Who::kAppeal,        true,  "7.3"},
    {State::IN_FORCE,  Action::kSupersede,    State::SUPERSEDED, Who::kMerge,         false, "7.3"},
    {State::PROPOSED, Action::kReturn,       State::PROPOSED,   Who::kSeniorManager, false, "6.2"},
    {State::PROPOSED, Action::kCorrect,      State::PROPOSED,   Who::kTeamLeader,    false, "7.3"},
    {State::IN_FORCE,  Action::kSuspend,      State::IN_FORCE,    Who::kEvidence,      false, "7.3"},
    {State::IN_FORCE,  Action::kResume,       State::IN_FORCE,    Who::kEvidence,      false, "7.3"},
    {State::SUPERSEDED, Action::kResume,     State::IN_FORCE,    Who::kEvidence,      false, "7.3"},
};
// clang-format on

constexpr const Transition* FindTransition(State::Value from, Action action) {
  for (const Transition& t : kTransitions)
    if (t.from == from && t.action == action) return &t;
  return nullptr;
}

}  // namespace evenhand::restriction
