// Who may decide on a restriction or a register entry, and why not: policy 4.1, 4.2, 4.3, 7.3, 9.8, 12.4 and 12.6.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/closure/closed_subject.h"
#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

// Everything the rule looks at; it looks nothing up.
struct DecisionFacts {
  const Actor& actor;                   // who decides, as the identity provider knows them
  std::string_view area;                // where the restriction is to hold
  bool limits_complaints = false;       // 9.8
  std::set<std::string> harmed;         // staff affected in the incidents relied on, in any version
  std::string_view lent_by = {};        // whose authority the actor decides by (4.1); "" in their own right
  std::string_view deciding_area = {};  // another area decides, since this one is closed to all; "" this one
  std::string_view proposed_by = {};
  Subject subject = {};                             // the person, where they work for the council
  std::vector<std::set<std::string>> circles = {};  // 12.6: of each closed incident relied on, who besides a director may decide
  std::string_view clause = "7.3";                  // of what is decided on: a restriction (7.3) or a register entry (4.3)
};

// Imposing, returning, declining, varying, reviewing, lifting; confirming, reviewing and removing an entry.
Refusals RefusalsToDecide(const DecisionFacts& facts);

// Does it limit use of the complaints process, by its measures or because its ground does (9.8)?
bool IsAboutComplaints(std::span<const MeasureFacts> measures, std::span<const Behaviour::Value> behaviours);

// Taking a proposal back, recording: a team leader or above of the area, or of the other area that decides.
Refusals RefusalsToPropose(const Actor& actor, std::string_view area, std::string_view deciding_area = {});

// Another area decides only where the person works for the council, and never their own team's.
Refusals FaultsOfDecidingArea(std::string_view area, std::string_view deciding_area, bool colleague, const Subject& subject);

}  // namespace evenhand::restriction
