#include "services/restriction/domain/grounds.h"

#include <algorithm>

#include "services/platform/base/protection.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

bool IsDemand(const GroundFacts& ground) {
  return ground.behaviour == Behaviour::EXCESSIVE_DEMAND || ground.behaviour == Behaviour::EXCESSIVE_VOLUME;
}

std::string At(std::size_t i) { return "grounds[" + std::to_string(i) + "]"; }

void CheckEvidence(const GroundFacts& ground, const std::string& at, Refusals& no) {
  if (ground.incidents.empty())
    no.push_back({"7.3", at + ".incidentIds", "Name the incidents that show it: a restriction needs evidence."});
  for (std::size_t j = 0; j < ground.incidents.size(); ++j) {
    const IncidentFacts& incident = ground.incidents[j];
    const std::string field = at + ".incidentIds[" + std::to_string(j) + "]";
    if (!incident.known) {
      no.push_back({"7.3", field, "There is no such incident."});
    } else if (!incident.stands) {
      no.push_back({"7.3", field, "This incident was withdrawn or is a duplicate; it can't be evidence."});
    } else if (!incident.linked && ProtectionOn(Protection::kEvidenceConfirmed)) {
      no.push_back({"7.3", field, "It is not confirmed that this incident is about this person."});
    }
  }
}

void CheckContent(const GroundFacts& ground, const std::string& at, Refusals& no) {
  if (ground.behaviour == Behaviour::BEHAVIOUR_UNSPECIFIED) no.push_back({"8.1", at + ".behaviour", "Say which behaviour it is."});
  if (!Said(ground.summary)) no.push_back({"7.3", at + ".summary", "Say in a sentence what happened."});
  if (ground.behaviour == Behaviour::OTHER && !Said(ground.effect))
    no.push_back({"8.1", at + ".effect", "Say its impact on people or the service: unusual or upset is no ground."});
  if (IsDemand(ground) && !Said(ground.effect))
    no.push_back({"9.1", at + ".effect", "Say its effect, measured or foreseen: hours, contacts, services and others affected."});
  if (ground.behaviour == Behaviour::REFUSAL_TO_COOPERATE) {
    if (!Said(ground.requests_made)) no.push_back({"9.5", at + ".requestsMade", "Say what was asked of the person."});
    if (!Said(ground.help_offered)) no.push_back({"9.6", at + ".helpOffered", "Say what help was offered."});
  }
  if (ground.behaviour == Behaviour::COMPLAINT_PROCESS && !Said(ground.effect))
    no.push_back({"9.8", at + ".effect", "Say how repeated complaints harass, or prevent a legitimate aim or decision."});
}

// Does an incident of that behaviour show this ground, by what the policy says each of them is?
bool Shows(Behaviour::Value by, Behaviour::Value ground) {
  if (by == ground) return true;
  switch (ground) {
    case Behaviour::VIOLENCE:  // 8.2: language that makes people afraid
      return by == Behaviour::PHYSICAL_THREAT || by == Behaviour::ABUSE;
    case Behaviour::PHYSICAL_THREAT:
      return by == Behaviour::VIOLENCE;
    case Behaviour::ABUSE:  // 8.2, 8.3
      return by == Behaviour::VIOLENCE || by == Behaviour::PHYSICAL_THREAT || by == Behaviour::UNFOUNDED_ALLEGATION;
    case Behaviour::UNFOUNDED_ALLEGATION:
      return by == Behaviour::ABUSE;
    case Behaviour::HARASSMENT:  // 8.3, 8.7, 8.8, 8.11, 9.8
      return by == Behaviour::VIOLENCE || by == Behaviour::PHYSICAL_THREAT || by == Behaviour::ABUSE ||
             by == Behaviour::CONTACT_OUTSIDE_OFFICE || by == Behaviour::NAMED_PUBLICLY || by == Behaviour::EXCESSIVE_VOLUME ||
             by == Behaviour::COMPLAINT_PROCESS || by == Behaviour::RECORDING_WITHOUT_CONSENT;
    case Behaviour::NAMED_PUBLICLY:             // 8.8
    case Behaviour::RECORDING_WITHOUT_CONSENT:  // 8.11
    case Behaviour::CONTACT_OUTSIDE_OFFICE:
      return by == Behaviour::HARASSMENT;
    case Behaviour::EXCESSIVE_DEMAND:
      return by == Behaviour::EXCESSIVE_VOLUME;
    case Behaviour::EXCESSIVE_VOLUME:  // 9.1-9.4
      return by == Behaviour::EXCESSIVE_DEMAND;
    case Behaviour::REFUSAL_TO_COOPERATE:
    case Behaviour::COMPLAINT_PROCESS:
    case Behaviour::OTHER:
    case Behaviour::BEHAVIOUR_UNSPECIFIED:
      break;
  }
  return false;
}

bool Shows(const IncidentFacts& incident, Behaviour::Value ground) {
  return std::ranges::any_of(incident.behaviours, [&](Behaviour::Value by) { return Shows(by, ground); });
}

}  // namespace

std::vector<std::string> GroundsOfOtherBehaviour(const std::vector<GroundFacts>& grounds) {
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < grounds.size(); ++i) {
    const GroundFacts& ground = grounds[i];
    if (ground.behaviour == Behaviour::OTHER || ground.behaviour == Behaviour::BEHAVIOUR_UNSPECIFIED || ground.incidents.empty()) continue;
    if (std::ranges::none_of(ground.incidents, [&](const IncidentFacts& incident) { return Shows(incident, ground.behaviour); }))
      fields.push_back(At(i));
  }
  return fields;
}

Refusals FaultsOfEvidence(const std::vector<GroundFacts>& grounds) {
  Refusals no;
  for (std::size_t i = 0; i < grounds.size(); ++i) CheckEvidence(grounds[i], At(i), no);
  return no;
}

Refusals FaultsOfGrounds(const ProposalFacts& proposal) {
  Refusals no;
  if (proposal.grounds.empty()) no.push_back({"7.3", "grounds", "Say why, with the incidents that show it."});
  for (std::size_t i = 0; i < proposal.grounds.size(); ++i) {
    CheckContent(proposal.grounds[i], At(i), no);
    CheckEvidence(proposal.grounds[i], At(i), no);
  }
  if (std::ranges::any_of(proposal.grounds, IsDemand) && !Said(proposal.normal_operations_test))
    no.push_back({"6.5", "normalOperationsTest", "Say whether the service would cope if it were operating normally."});
  if (LimitsComplaints(proposal.measures) && !proposal.grounds.empty() &&
      std::ranges::none_of(proposal.grounds, [](const GroundFacts& g) { return Said(g.effect); }))
    no.push_back(
        {"9.8", "grounds[0].effect", "Limiting complaints needs their effect: they harass, or prevent a legitimate aim or decision."});
  return no;
}

}  // namespace evenhand::restriction
