#include "services/restriction/domain/demands.h"

#include <algorithm>

#include "services/restriction/domain/grounds.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

Refusals FaultsOfAlternatives(const std::vector<AlternativeFacts>& alternatives) {
  if (alternatives.empty()) return {{"6.2", "alternativesConsidered", "Name the less restrictive ways that were considered."}};
  Refusals no;
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const std::string at = "alternativesConsidered[" + std::to_string(i) + "]";
    if (!Said(alternatives[i].alternative)) no.push_back({"6.2", at + ".alternative", "Name the less restrictive way."});
    if (!Said(alternatives[i].why_not_sufficient)) no.push_back({"6.2", at + ".whyNotSufficient", "Say why it is not enough."});
  }
  return no;
}

Refusals FaultsOfRestorative(const RestorativeFacts& restorative) {
  if (restorative.step_ids.empty() && !restorative.not_attempted)
    return {{"7.1", "restorative", "Name the steps that were tried to restore the relationship, or why none were."}};
  if (!restorative.step_ids.empty() && restorative.not_attempted)
    return {{"7.1", "restorative", "Steps were tried or they were not: say one of the two."}};
  Refusals no;
  for (std::size_t i = 0; i < restorative.step_ids.size(); ++i) {
    if (std::ranges::find(restorative.known_step_ids, restorative.step_ids[i]) == restorative.known_step_ids.end())
      no.push_back({"7.1", "restorative.stepIds[" + std::to_string(i) + "]", "No such step is recorded for this person."});
  }
  if (restorative.not_attempted) {
    if (!restorative.reason_said) no.push_back({"7.1", "restorative.notAttempted.reason", "Say NOT_POSSIBLE or NOT_APPROPRIATE."});
    if (!Said(restorative.explanation)) no.push_back({"7.1", "restorative.notAttempted.explanation", "Say why nothing was tried."});
  }
  return no;
}

}  // namespace

Refusals FaultsOfExplanation(const ExplanationFacts& explanation, LocalDate today) {
  if (!explanation.withheld) {
    if (Said(explanation.to_person)) return {};
    return {{"6.4", "explanation", "Say what the person is told, or keep a separate record of why nothing is said."}};
  }
  Refusals no;
  if (Said(explanation.to_person)) no.push_back({"6.4", "explanation", "The person is told or they are not: say one of the two."});
  if (!Said(explanation.record)) no.push_back({"6.4", "explanation.withheld.record", "Record why the person is not told."});
  const auto date = ParseDate(explanation.look_again_on);
  if (!date) {
    no.push_back({"council rule", "explanation.withheld.lookAgainOn", "Say when this is looked at again, as YYYY-MM-DD."});
  } else if (*date <= today) {
    no.push_back({"council rule", "explanation.withheld.lookAgainOn", "The date to look again must be after today."});
  }
  return no;
}

Refusals FaultsOfLetter(const ExplanationFacts& explanation, const ReviewFacts& review) {
  Refusals no;
  if (!explanation.withheld && !Said(explanation.to_person)) no.push_back({"6.4", "explanation", "The letter would lack its reason."});
  if (!explanation.withheld && review.none && !Said(review.none_explanation))
    no.push_back({"7.4", "review.none.explanation", "The letter would lack its review paragraph."});
  return no;
}

Refusals FaultsOfProposal(const ProposalFacts& proposal, LocalDate today) {
  Refusals no;
  if (!Said(proposal.service_area)) no.push_back({"council rule", "serviceArea", "Say in which service area it is to hold."});
  Add(no, FaultsOfMeasures(proposal.measures));
  Add(no, FaultsOfGrounds(proposal));
  if (!Said(proposal.necessity)) no.push_back({"6.2", "necessity", "Say why it is necessary."});
  if (!Said(proposal.proportionality)) no.push_back({"6.2", "proportionality", "Say why it is proportionate."});
  Add(no, FaultsOfAlternatives(proposal.alternatives));
  Add(no, FaultsOfRestorative(proposal.restorative));
  if (!Said(proposal.adjustments_considered))
    no.push_back({"5.4", "adjustmentsConsidered", "Say which reasonable adjustments were considered, even if none are needed."});
  Add(no, FaultsOfReview(proposal.review, today));
  Add(no, FaultsOfExplanation(proposal.explanation, today));
  Add(no, FaultsOfEnd(proposal.ends_on, today));
  return no;
}

}  // namespace evenhand::restriction
