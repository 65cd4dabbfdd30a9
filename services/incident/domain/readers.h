// Who may read what of an incident: need to know, one table of rules (12.4, 12.6-12.7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/closure/closed_subject.h"
#include "services/incident/domain/facts.h"
#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {

// The narrowest first: a reader sees the widest view that any rule gives.
using View = IncidentView;

// Where the reader stands towards the incident.
struct Closeness {
  const Actor& actor;
  std::string service_area;
  std::string line_manager_id;
  std::vector<std::string> affected;
  std::vector<std::string> involved;
  std::vector<std::string> witnesses;
  std::string recorded_by;
  bool staff_named = false;         // 12.6: the circle is closed
  bool director_stands_in = false;  // 12.6: one of the circle is absent, so the strategic director is told
  bool hears_appeal = false;        // 7.3: hears an open appeal of a decision that rests on it; for reading alone
  bool decides_on_it = false;       // 7.3: decides on a proposal or restriction that rests on it; for reading alone
  // The person it is about works for the council: as reported, and as the register has it.
  std::vector<Subject> subjects;
  bool subject_unknown = false;     // the register can't be asked whether they do
  std::vector<std::string> harmed;  // AFFECTED in any version (7.3); asked only where somebody decides
};

struct ReaderRule {
  std::string_view reader;  // in words, for docs/policy
  bool (*is)(const Closeness&);
  View::Value ordinary;     // of an ordinary incident (12.4)
  View::Value staff_named;  // of one in which staff were named publicly (12.6, 12.7)
};

// The table itself, most is best: a reader sees the widest view that any line gives.
const std::vector<ReaderRule>& ReaderRules();

// The person it is about is the reader, or somebody whom the reader manages.
bool IsSubjectOrTheirManager(const Closeness& c);

// Closed to them, and to the managers of their team (12.4). Whoever of the team was there keeps what they said themselves, and a
// staff-named case keeps its circle (12.6).
bool ClosedToOwnTeam(const Closeness& c);

View::Value ViewOf(const Closeness& closeness);

// The refusal of a reader who sees nothing: the same whatever kind of case it is, so that it tells nothing of it.
Refusal NeedToKnow(const Closeness& closeness);

}  // namespace evenhand::incident
