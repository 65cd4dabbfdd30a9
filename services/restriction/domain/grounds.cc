#include "services/restriction/domain/grounds.h"

#include <algorithm>

#include "services/platform/base/protection.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

bool IsDemand(const GroundFacts& ground) { return ground.behaviour == "EXCESSIVE_DEMAND" || ground.behaviour == "EXCESSIVE_VOLUME"; }

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
  if (ground.behaviour.empty()) no.push_back({"7.5", at + ".behaviour", "Say which behaviour it is."});
  if (!Said(ground.summary)) no.push_back({"7.3", at + ".summary", "Say in a sentence what happened."});
  if (ground.behaviour == "OTHER" && !Said(ground.effect))
    no.push_back({"8.1", at + ".effect", "Say its impact on people or the service: unusual or upset is no ground."});
  if (IsDemand(ground) && !Said(ground.effect))
    no.push_back({"9.1", at + ".effect", "Say its effect, measured or foreseen: hours, contacts, services and others affected."});
  if (ground.behaviour == "REFUSAL_TO_COOPERATE") {
    if (!Said(ground.requests_made)) no.push_back({"9.5", at + ".requestsMade", "Say what was asked of the person."});
    if (!Said(ground.help_offered)) no.push_back({"9.6", at + ".helpOffered", "Say what help was offered."});
  }
  if (ground.behaviour == "COMPLAINT_PROCESS" && !Said(ground.effect))
    no.push_back({"9.8", at + ".effect", "Say how repeated complaints harass, or prevent a legitimate aim or decision."});
}

// What else shows it than the behaviour of the same name, by what the policy says each of them is.
struct Shown {
  std::string_view ground;
  std::string_view by;
};
constexpr Shown kShown[] = {
    {"VIOLENCE", "PHYSICAL_THREAT"},
    {"VIOLENCE", "ABUSE"},  // 8.2: language that makes people afraid
    {"PHYSICAL_THREAT", "VIOLENCE"},
    {"ABUSE", "VIOLENCE"},  // 8.2
    {"ABUSE", "PHYSICAL_THREAT"},
    {"ABUSE", "UNFOUNDED_ALLEGATION"},  // 8.2, 8.3
    {"UNFOUNDED_ALLEGATION", "ABUSE"},
    {"HARASSMENT", "VIOLENCE"},  // 8.3, 8.7
    {"HARASSMENT", "PHYSICAL_THREAT"},
    {"HARASSMENT", "ABUSE"},  // 8.7
    {"HARASSMENT", "CONTACT_OUTSIDE_OFFICE"},
    {"HARASSMENT", "NAMED_PUBLICLY"},  // 8.8
    {"HARASSMENT", "EXCESSIVE_VOLUME"},
    {"HARASSMENT", "COMPLAINT_PROCESS"},          // 8.8, 9.8
    {"HARASSMENT", "RECORDING_WITHOUT_CONSENT"},  // 8.11
    {"RECORDING_WITHOUT_CONSENT", "HARASSMENT"},  // 8.11
    {"CONTACT_OUTSIDE_OFFICE", "HARASSMENT"},
    {"NAMED_PUBLICLY", "HARASSMENT"},  // 8.8
    {"EXCESSIVE_DEMAND", "EXCESSIVE_VOLUME"},
    {"EXCESSIVE_VOLUME", "EXCESSIVE_DEMAND"},  // 9.1-9.4
};

bool Shows(const IncidentFacts& incident, const std::string& ground) {
  return std::ranges::any_of(incident.behaviours, [&](const std::string& behaviour) {
    return behaviour == ground || std::ranges::any_of(kShown, [&](const Shown& s) { return s.ground == ground && s.by == behaviour; });
  });
}

}  // namespace

std::vector<std::string> GroundsOfOtherBehaviour(const std::vector<GroundFacts>& grounds) {
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < grounds.size(); ++i) {
    const GroundFacts& ground = grounds[i];
    if (ground.behaviour == "OTHER" || ground.behaviour.empty() || ground.incidents.empty()) continue;
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
