// What a proposal or a change of terms says, as the rules look at it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::restriction {

struct MeasureFacts {
  MeasureKind::Value kind = MeasureKind::MEASURE_KIND_UNSPECIFIED;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;  // or all channels
  std::optional<int> max_contacts;
  Period::Value period = Period::PERIOD_UNSPECIFIED;
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
  std::vector<Behaviour::Value> behaviours = {};
};

struct GroundFacts {
  Behaviour::Value behaviour = Behaviour::BEHAVIOUR_UNSPECIFIED;
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
  bool reason_said = false;
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
