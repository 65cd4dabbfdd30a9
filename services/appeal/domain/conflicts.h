// Whose own part in a case bars them from the appeal against it: one table over every act, asked before any (policy 7.3, 9.8).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "services/appeal/domain/appeal_states.h"
#include "services/platform/base/refusal.h"

namespace evenhand::appeal {

// What part somebody had in what is appealed.
enum class Part {
  kDecided,        // imposed it, or made the decision under appeal, the last review or the last variation
  kDecidedBefore,  // reviewed or varied it at another time
  kProposed,
  kLent,  // lent the authority that a decision was made with
  kHarmed,
};
inline constexpr int kPartCount = static_cast<int>(Part::kHarmed) + 1;

enum class Bar {
  kFree,
  kOwnWords,  // takes the appeal in, with the person's own document
  kBarred,
};

struct ConflictRow {
  Action action;
  std::array<Bar, kPartCount> bars;  // in the order of Part
};

// Who decided does nothing to the appeal against it but receive it. Who proposed, lent or was harmed neither gives it to a hearer, nor
// hears it in any of its steps, nor takes it back for the person. What only the machine does bars nobody.
inline constexpr auto kConflicts = [] {
  constexpr Bar kFree = Bar::kFree, kOwn = Bar::kOwnWords, kNo = Bar::kBarred;
  return std::array{
      //                                            decided  before  proposed lent   harmed
      ConflictRow{Action::kReceive, {kOwn, kFree, kFree, kFree, kFree}},
      ConflictRow{Action::kAcknowledge, {kNo, kFree, kFree, kFree, kFree}},
      ConflictRow{Action::kCorrectReceipt, {kNo, kFree, kFree, kFree, kFree}},
      ConflictRow{Action::kReceiveInformation, {kNo, kFree, kFree, kFree, kFree}},
      ConflictRow{Action::kRequestInformation, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kAssign, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kHear, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kAcceptLate, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kRefuse, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kDecide, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kDecideNoChange, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kWithdraw, {kNo, kNo, kNo, kNo, kNo}},
      ConflictRow{Action::kEndWait, {kFree, kFree, kFree, kFree, kFree}},
      ConflictRow{Action::kEffectApplied, {kFree, kFree, kFree, kFree, kFree}},
  };
}();

// Who had which part, by staff number. That a hearer is a strategic director is the table's matter (services/authority).
struct Parts {
  std::vector<std::string> decided, decided_before, proposed, lent, harmed;
  bool limits_complaints = false;  // 9.8
};

// Why `who` may not do this; `field` names the request's field when it is not the caller. `own_words`: the person's document is named.
Refusals RefusalsOfConflict(Action action, std::string_view who, const Parts& parts, std::string_view field, bool own_words = false);

}  // namespace evenhand::appeal
