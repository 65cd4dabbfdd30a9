// Who may read what of an incident: need to know, one table of rules (12.4, 12.6-12.7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/incident/domain/facts.h"
#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"

namespace evenhand::incident {

enum class View {
  kNone,       // not even that it exists
  kReference,  // that it exists: reference, source, state, kind, time and area; nobody's name, no text
  kOwn,        // what they said or saw themselves: the text, not the files, statements and history of others
  kFull,
};

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
  std::string subject_staff_id;     // the subject is a council employee: their own team and manager can't read the case
  std::string subject_manager_id;
  std::string subject_area;
};

struct ReaderRule {
  std::string_view reader;  // in words, for docs/policy
  bool (*is)(const Closeness&);
  View ordinary;     // of an ordinary incident (12.4)
  View staff_named;  // of one in which staff were named publicly (12.6, 12.7)
};

// The table itself, most is best: a reader sees the widest view that any line gives.
const std::vector<ReaderRule>& ReaderRules();

// True where the subject is the reader, or a council employee of whom the reader is the manager or in whose area the reader manages.
bool ClosedToOwnTeam(const Closeness& c);

View ViewOf(const Closeness& closeness);

// The refusal of a reader who sees nothing, naming the clause.
Refusal NeedToKnow(const Closeness& closeness);

}  // namespace evenhand::incident
