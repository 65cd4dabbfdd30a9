// Everything a proposal must say, all faults at once, each with its clause (policy 5 to 9, 11).
#pragma once

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

Refusals FaultsOfProposal(const ProposalFacts& proposal, LocalDate today);

// The explanation, or the separate record with a date to look again (6.4).
Refusals FaultsOfExplanation(const ExplanationFacts& explanation, LocalDate today);

// A letter needs its reason, its review and its appeal paragraph; a decision whose own facts would leave it without one is not made
// (7.3, 7.4, 11.1). The appeal paragraph stands in every template; what a decision can lack is the reason and the review.
Refusals FaultsOfLetter(const ExplanationFacts& explanation, const ReviewFacts& review);

}  // namespace evenhand::restriction
