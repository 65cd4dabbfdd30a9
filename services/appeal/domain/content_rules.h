// What an appeal and its decision have to say: policy 7.3 and 11.1, all faults at once.
#pragma once

#include <string_view>

#include "services/platform/base/local_date.h"
#include "services/platform/base/refusal.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::appeal {

struct LodgeFacts {
  bool has_restriction = false;
  bool by_known = false;  // PERSON or ADVOCATE
  bool by_advocate = false;
  std::string_view advocate;
  std::string_view grounds;
};
Refusals RefusalsToLodge(const LodgeFacts& facts);

// When it was received: a day or an instant, not both, not in the future, not before the decision.
struct ReceiptFacts {
  std::string_view received_on;  // "" when not given
  std::optional<absl::Time> received_at;
  absl::Time now;
  std::optional<absl::Time> decided_at;  // of the decision under appeal
};
struct Receipt {
  absl::Time at;
  Refusals refusals;
};
Receipt ReadReceipt(const ReceiptFacts& facts);

struct DecisionFacts {
  AppealOutcome::Value outcome = AppealOutcome::OUTCOME_UNSPECIFIED;
  std::string_view reasons;
  bool has_variation = false;
  int measures = 0;
};
Refusals RefusalsToDecide(const DecisionFacts& facts);

// A withdrawal: who wished it, what shows that, and why (as far as the person said).
struct WithdrawFacts {
  bool by_known = false;
  std::string_view evidence;
  std::string_view reason;
};
Refusals RefusalsToWithdraw(const WithdrawFacts& facts);

// A question's last day: in the future, not further away than the clock may stand.
Refusals RefusalsToAnswerBy(std::string_view answer_by, LocalDate today, LocalDate furthest);

// A step that has to say why.
Refusals RefusalWithout(std::string_view text, std::string_view field, std::string_view message);

}  // namespace evenhand::appeal
