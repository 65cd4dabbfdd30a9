#include "services/appeal/domain/content_rules.h"

#include <absl/strings/ascii.h>
#include <absl/strings/string_view.h>

namespace evenhand::appeal {
namespace {

bool Blank(std::string_view text) { return absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size())).empty(); }

}  // namespace

Refusals RefusalWithout(std::string_view text, std::string_view field, std::string_view message) {
  Refusals no;
  if (Blank(text)) no.push_back({"council rule", std::string(field), std::string(message)});
  return no;
}

Refusals RefusalsToLodge(const LodgeFacts& facts) {
  Refusals no = RefusalWithout(facts.grounds, "grounds", "Record what the person says against the decision, in their words.");
  if (!facts.has_restriction) no.push_back({"7.3", "restrictionId", "Say which restriction's decision is appealed."});
  if (!facts.by_known) no.push_back({"council rule", "by", "Say whether the person or an advocate lodges it."});
  if (facts.by_advocate) {
    const Refusals nameless = RefusalWithout(facts.advocate, "advocate", "Name the advocate who lodges it.");
    no.insert(no.end(), nameless.begin(), nameless.end());
  }
  return no;
}

Refusals RefusalsToWithdraw(const WithdrawFacts& facts) {
  Refusals no =
      RefusalWithout(facts.evidence, "evidence", "Say what shows that the person wished it: their letter, who heard them say it.");
  const Refusals why = RefusalWithout(facts.reason, "reason", "Record why, as the person gave it, or that they gave no reason.");
  no.insert(no.end(), why.begin(), why.end());
  if (!facts.by_known) no.push_back({"council rule", "by", "Say whether the person or an advocate takes it back."});
  return no;
}

Refusals RefusalsToAnswerBy(std::string_view answer_by, LocalDate today, LocalDate furthest) {
  if (answer_by.empty()) return {};
  const auto day = ParseDate(answer_by);
  if (!day) return {{"council rule", "answerDueOn", "This is not a date of the form YYYY-MM-DD."}};
  if (*day <= today || *day > furthest)
    return {{"council rule", "answerDueOn",
             "Give a day after today, until " + FormatDate(furthest) + ": the clock of an appeal can't stand longer."}};
  return {};
}

Receipt ReadReceipt(const ReceiptFacts& facts) {
  Receipt receipt{facts.now, {}};
  const std::string field = facts.received_on.empty() ? "receivedAt" : "receivedOn";
  if (facts.received_on.empty() && !facts.received_at) {
    receipt.refusals.push_back({"council rule", "receivedOn", "Say when the appeal was received."});
    return receipt;
  }
  if (!facts.received_on.empty() && facts.received_at) {
    receipt.refusals.push_back({"council rule", "receivedAt", "Give the day or the instant of receipt, not both."});
    return receipt;
  }
  if (facts.received_at) {
    receipt.at = *facts.received_at;
  } else {
    const auto date = ParseDate(facts.received_on);
    if (!date) {
      receipt.refusals.push_back({"council rule", field, "This is not a date of the form YYYY-MM-DD."});
      return receipt;
    }
    receipt.at = StartOf(*date);
  }
  const LocalDate day = DateOf(receipt.at);
  if (receipt.at > facts.now) receipt.refusals.push_back({"council rule", field, "An appeal can't have been received in the future."});
  if (facts.decided_at && day < DateOf(*facts.decided_at)) {
    receipt.refusals.push_back({"council rule", field, "An appeal can't have been received before the decision was made."});
  }
  return receipt;
}

Refusals RefusalsToDecide(const DecisionFacts& facts) {
  Refusals no = RefusalWithout(facts.reasons, "reasons", "Give the reasons; the person reads them in the outcome letter.");
  if (facts.outcome == AppealOutcome::OUTCOME_UNSPECIFIED) {
    no.push_back({"council rule", "outcome", "Say whether the appeal is upheld, partly upheld or not upheld."});
  }
  if (facts.outcome == AppealOutcome::PARTLY_UPHELD && facts.measures == 0) {
    no.push_back({"council rule", "variation.measures", "A partly upheld appeal names the measures that hold from now on."});
  }
  if (facts.outcome != AppealOutcome::PARTLY_UPHELD && facts.has_variation) {
    no.push_back({"council rule", "variation", "Only a partly upheld appeal varies the terms."});
  }
  return no;
}

}  // namespace evenhand::appeal
