// What a proposal or a change of terms says, as the rules look at it. Names are those of the contract ("BLOCK_CHANNEL").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction {

struct MeasureFacts {
  std::string kind;     // "" when not said
  std::string channel;  // "" for all channels
  std::optional<int> max_contacts;
  std::string period;
  std::string from;
  std::string to;
  std::string name;
  std::string description;
};

// An incident that a ground relies on, as the incident service knows it now.
struct IncidentFacts {
  std::string asked;  // as the proposal names it
  bool known = false;
  bool stands = false;  // recorded; not withdrawn, not a duplicate
  bool linked = false;  // confirmed to be about this person
  std::vector<std::string> behaviours = {};
};

struct GroundFacts {
  std::string behaviour;  // "" when not said
  std::vector<IncidentFacts> incidents;
  std::string summary;
  std::string effect;
  std::string requests_made;
  std::string help_offered;
};

struct AlternativeFacts {
  std::string alternative;
  std::string why_not_sufficient;
};

struct ReviewFacts {
  bool said = false;  // {} counts as said: the default interval
  std::string date;
  std::string interval;
  bool none = false;
  std::string none_reason;
  std::string none_explanation;
};

struct ExplanationFacts {
  std::string to_person;
  bool withheld = false;
  std::string record;
  std::string look_again_on;
};

struct RestorativeFacts {
  std::vector<std::string> step_ids;
  std::vector<std::string> known_step_ids;  // those of the person
  bool not_attempted = false;
  std::string reason;
  std::string explanation;
};

struct ProposalFacts {
  std::string service_area;
  std::vector<MeasureFacts> measures;
  std::vector<GroundFacts> grounds;
  std::string necessity;
  std::string proportionality;
  std::vector<AlternativeFacts> alternatives;
  RestorativeFacts restorative;
  std::string adjustments_considered;
  std::string normal_operations_test;
  ReviewFacts review;
  ExplanationFacts explanation;
  std::string ends_on;
};

}  // namespace evenhand::restriction
