// From the contract's words to what the rules look at.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "evenhand/restriction/v1/person.pb.h"
#include "evenhand/restriction/v1/restriction.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/closure/closed_subject.h"
#include "services/restriction/app/evidence.h"
#include "services/restriction/domain/decision_rights.h"
#include "services/restriction/domain/last_channel.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

std::vector<MeasureFacts> FactsOf(const google::protobuf::RepeatedPtrField<v1::Measure>& measures);
std::vector<GroundFacts> FactsOf(const google::protobuf::RepeatedPtrField<v1::Ground>& grounds, const Evidence& evidence,
                                 const std::set<std::string>& person_ids);
ReviewFacts FactsOf(const v1::Review& review, bool said);
ExplanationFacts FactsOf(const v1::Explanation& explanation);
Subject SubjectOf(const v1::Person& person);

// A proposal, or a stored restriction: both have the same words.
template <typename Message>
ProposalFacts ProposalFactsOf(const Message& m, const Evidence& evidence, const std::set<std::string>& person_ids,
                              std::vector<std::string> step_ids) {
  ProposalFacts facts;
  facts.service_area = m.service_area();
  facts.measures = FactsOf(m.measures());
  facts.grounds = FactsOf(m.grounds(), evidence, person_ids);
  facts.necessity = m.necessity();
  facts.proportionality = m.proportionality();
  for (const auto& a : m.alternatives_considered()) facts.alternatives.push_back({a.alternative(), a.why_not_sufficient()});
  const auto& r = m.restorative();
  facts.restorative = {{r.step_ids().begin(), r.step_ids().end()},
                       std::move(step_ids),
                       r.has_not_attempted(),
                       r.not_attempted().reason() != v1::Restorative::NotAttempted::Reason::REASON_UNSPECIFIED,
                       r.not_attempted().explanation()};
  facts.adjustments_considered = m.adjustments_considered();
  facts.normal_operations_test = m.normal_operations_test();
  facts.review = FactsOf(m.review(), m.has_review());
  facts.explanation = FactsOf(m.explanation());
  facts.ends_on = m.ends_on();
  return facts;
}

std::set<std::string> IncidentIdsOf(const google::protobuf::RepeatedPtrField<v1::Ground>& grounds);
std::set<std::string> HarmedIn(const Evidence& evidence);
// Of each closed incident: who besides a strategic director may decide on it (12.6).
std::vector<std::set<std::string>> CirclesOf(const Evidence& evidence);
// What this actor may know of: no closed incident of others, and none of another area that is not about the person. To them it does not
// exist, so that asking tells nothing.
Evidence KnownTo(const Actor& actor, Evidence evidence, const std::set<std::string>& person_ids);
// Whether a measure or a ground is about complaints (9.8).
bool IsAboutComplaints(const google::protobuf::RepeatedPtrField<v1::Measure>& measures,
                       const google::protobuf::RepeatedPtrField<v1::Ground>& grounds);
// Incidents relied on of which a file is infected: nobody can look at it (scenario 10).
bool AnyInfected(const Evidence& evidence);
std::vector<Behaviour::Value> BehavioursOf(const google::protobuf::RepeatedPtrField<v1::Ground>& grounds);
inline std::vector<Behaviour::Value> BehavioursOf(const v1::Restriction& restriction) { return BehavioursOf(restriction.grounds()); }

// The channels that each adjustment in force leaves usable (5.4).
std::vector<wording::Channels> UsableByAdjustment(const v1::Person& person);

}  // namespace evenhand::restriction
