#include "services/notification/domain/letter_rules.h"

#include <algorithm>

namespace evenhand::notification {
namespace {

constexpr Needed kReason{"reason", "11.1", "The letter does not say why (11.1)."};
constexpr Needed kReview{"review", "7.4", "The letter does not say when it is looked at again, or why it is not (7.4)."};
constexpr Needed kAppeal{"appeal", "7.3", "The letter does not tell of the right of appeal (7.3)."};
constexpr Needed kMeasures{"measures", "11.1", "The letter does not say what was decided (11.1)."};
constexpr Needed kOutcome{"outcome", "11.1", "The letter does not say the outcome (11.1)."};
constexpr Needed kOmbudsman{"ombudsman", "Scottish Public Services Ombudsman Act 2002", "The letter does not name the ombudsman."};
constexpr Needed kNoReply{"no_reply", "7.10", "The letter does not say that the points raised get no answer (7.10)."};
constexpr Needed kQuestion{"question", "11.1", "The letter does not say what is asked (11.1)."};
constexpr Needed kNext{"next", "11.1", "The letter does not say what happens next (11.1)."};

}  // namespace

std::vector<Needed> NeededIn(LetterKind::Value kind) {
  switch (kind) {
    case LetterKind::RESTRICTION:
    case LetterKind::VARIATION:
    case LetterKind::REVIEW_OUTCOME:
      return {kReason, kReview, kAppeal, kMeasures};
    case LetterKind::LIFTING:
      return {kReason};
    case LetterKind::WARNING:
      return {kReason, kNext};
    case LetterKind::APPEAL_ACKNOWLEDGED:
    case LetterKind::APPEAL_LATE:
    case LetterKind::APPEAL_WITHDRAWN:
      return {kNext};
    case LetterKind::APPEAL_QUESTION:
      return {kQuestion, kNext};
    case LetterKind::APPEAL_OUTCOME:
      return {kOutcome, kReason, kOmbudsman};
    case LetterKind::CORRESPONDENCE_UNACCEPTABLE:
      return {kReason, kNoReply};
    case LetterKind::KIND_UNSPECIFIED:
      return {};
  }
  return {};
}

std::vector<Needed> NeededWithNewTerms(LetterKind::Value kind) {
  if (kind != LetterKind::APPEAL_OUTCOME) return {};
  return {kMeasures, kReview, kAppeal};
}

std::vector<std::string> FaultsOf(LetterKind::Value kind, const std::vector<LetterParagraph>& paragraphs) {
  const auto says = [&](const Needed& needed) {
    return std::ranges::any_of(paragraphs, [&](const LetterParagraph& paragraph) {
      return paragraph.purpose == needed.purpose && paragraph.text.find_first_not_of(" \t\r\n") != std::string::npos;
    });
  };
  std::vector<Needed> all = NeededIn(kind);
  const std::vector<Needed> with_new_terms = NeededWithNewTerms(kind);
  if (std::ranges::any_of(with_new_terms, says)) all.insert(all.end(), with_new_terms.begin(), with_new_terms.end());
  std::vector<std::string> faults;
  for (const Needed& needed : all) {
    if (!says(needed)) faults.emplace_back(needed.fault);
  }
  return faults;
}

}  // namespace evenhand::notification
