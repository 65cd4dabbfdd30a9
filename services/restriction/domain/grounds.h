// What a ground must show: evidence (7.3), effect (6.1, 8.1, 9.1, 9.8), requests and help (9.5, 9.6), the normal-operations test (6.5).
#pragma once

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

Refusals FaultsOfGrounds(const ProposalFacts& proposal);

// Evidence alone: what is asked again when a proposal is decided, since incidents may have been corrected meanwhile (scenario 10).
Refusals FaultsOfEvidence(const std::vector<GroundFacts>& grounds);

// Fields of the grounds of which no incident shows the behaviour that they name. The policy demands evidence (7.3) and does not say which:
// it is no refusal; the decider is shown it.
std::vector<std::string> GroundsOfOtherBehaviour(const std::vector<GroundFacts>& grounds);

}  // namespace evenhand::restriction
