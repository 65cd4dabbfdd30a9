// How long a record is kept after its end, by the gravest of its behaviours: for contact alone, for abuse, for threats and violence;
// longer while something holds it. The database looks at the same facts once more (migrations/0005_erasure.sql) and erases nothing else.
#pragma once

#include <optional>
#include <span>

#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::restriction {

int RetainYears(std::span<const Behaviour::Value> behaviours);

inline LocalDate RetainUntil(std::span<const Behaviour::Value> behaviours, LocalDate ended) {
  return AddMonths(ended, 12 * RetainYears(behaviours));
}

// What keeps a record today; the first of these that does. kNothing: it may go.
enum class Keeps { kNothing, kUse, kTime, kHold };

struct RestrictionKept {
  bool in_force = true;            // one that binds is never too old (7.4)
  std::optional<LocalDate> until;  // none: it has not ended, nor been proposed and left
  bool held = true;                // an open appeal, a legal hold
};
Keeps WhatKeeps(const RestrictionKept& kept, LocalDate today);

struct MarkerKept {
  bool removed = false;  // until somebody removes it, it keeps staff safe (4.3)
  std::optional<LocalDate> until;
  bool held = true;  // by any restriction of the person: it may rest on the same
};
Keeps WhatKeeps(const MarkerKept& kept, LocalDate today);

// A person's record goes with those that were folded into it, and never before what rests on it.
struct PersonKept {
  bool folded = true;                   // it goes with the record that stands
  std::optional<LocalDate> last_entry;  // of any of these records
  bool restricted = true;
  bool on_register = true;
  bool merge_in_question = true;  // a merge was undone, and whose something is was never answered
  bool held = true;               // an incident about the person has a term of its own
};
Keeps WhatKeeps(const PersonKept& kept, LocalDate today);

// A person is listed as due from the day on which nothing was recorded for so long.
int PersonMonths();

}  // namespace evenhand::restriction
