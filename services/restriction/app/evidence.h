// What the incident service knows of the incidents that a ground or a register entry relies on (7.3, case A).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "services/platform/base/refusal.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/rpc/call.h"

namespace evenhand::restriction {

struct EvidenceFact {
  std::string id;
  bool stands = false;    // recorded; not withdrawn, not a duplicate
  std::string person_id;  // confirmed to be about; "" when unconfirmed
  std::string service_area;
  std::vector<Behaviour::Value> behaviours;
  std::vector<std::string> affected_staff;  // AFFECTED as it says now
  std::vector<std::string> harmed_staff;    // AFFECTED in any version of it
  std::string recorded_by;
  std::string linked_by;     // who confirmed whom it is about
  bool infected = false;     // a file of it is infected
  bool staff_named = false;  // closed but for its circle (12.6)
  std::string line_manager_id;
  absl::Time occurred_at;
};

// By the word that asked: an id or a reference. Unknown ones are not in it.
using Evidence = std::map<std::string, EvidenceFact>;

class EvidenceSource {
 public:
  virtual ~EvidenceSource() = default;
  // UNAVAILABLE while the incident service is away: nothing is decided on evidence that can't be looked at.
  virtual Outcome<Evidence> Facts(const Call& call, const std::set<std::string>& incident_ids) = 0;
  // Every incident that is confirmed to be about one of these, whether or not a decision rests on it.
  virtual Outcome<std::vector<EvidenceFact>> OfPeople(const Call& call, const std::vector<std::string>& person_ids) = 0;
};

}  // namespace evenhand::restriction
