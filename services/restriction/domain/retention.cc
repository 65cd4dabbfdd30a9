#include "services/restriction/domain/retention.h"

#include <algorithm>

#include "services/restriction/domain/policy_numbers.h"

namespace evenhand::restriction {

namespace {

int RetainYears(Behaviour::Value behaviour) {
  switch (behaviour) {
    case Behaviour::VIOLENCE:
    case Behaviour::PHYSICAL_THREAT:
      return Numbers().retain_years_violence;
    case Behaviour::ABUSE:
    case Behaviour::HARASSMENT:
    case Behaviour::NAMED_PUBLICLY:
      return Numbers().retain_years_abuse;
    case Behaviour::UNFOUNDED_ALLEGATION:
    case Behaviour::RECORDING_WITHOUT_CONSENT:
    case Behaviour::CONTACT_OUTSIDE_OFFICE:
    case Behaviour::EXCESSIVE_DEMAND:
    case Behaviour::EXCESSIVE_VOLUME:
    case Behaviour::REFUSAL_TO_COOPERATE:
    case Behaviour::COMPLAINT_PROCESS:
    case Behaviour::OTHER:
    case Behaviour::BEHAVIOUR_UNSPECIFIED:
      break;
  }
  return Numbers().retain_years;
}

}  // namespace

int RetainYears(std::span<const Behaviour::Value> behaviours) {
  int years = Numbers().retain_years;
  for (const Behaviour::Value behaviour : behaviours) years = std::max(years, RetainYears(behaviour));
  return years;
}

Keeps WhatKeeps(const RestrictionKept& kept, LocalDate today) {
  if (kept.in_force) return Keeps::kUse;
  if (!kept.until || today < *kept.until) return Keeps::kTime;
  return kept.held ? Keeps::kHold : Keeps::kNothing;
}

Keeps WhatKeeps(const MarkerKept& kept, LocalDate today) {
  if (!kept.removed) return Keeps::kUse;
  if (!kept.until || today < *kept.until) return Keeps::kTime;
  return kept.held ? Keeps::kHold : Keeps::kNothing;
}

Keeps WhatKeeps(const PersonKept& kept, LocalDate today) {
  if (kept.folded || kept.restricted || kept.on_register || kept.merge_in_question) return Keeps::kUse;
  if (!kept.last_entry || AddMonths(today, -PersonMonths()) < *kept.last_entry) return Keeps::kTime;
  return kept.held ? Keeps::kHold : Keeps::kNothing;
}

int PersonMonths() { return 12 * Numbers().retain_years; }

}  // namespace evenhand::restriction
