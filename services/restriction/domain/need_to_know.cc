#include "services/restriction/domain/need_to_know.h"

#include <algorithm>

namespace evenhand::restriction {

bool HasTie(const NeedToKnowFacts& facts) {
  return facts.registered || facts.actor.Has(Role::kAuditor) ||
         std::ranges::any_of(facts.areas, [&](const std::string& area) { return facts.actor.WorksIn(area); });
}

Refusals RefusalsToSee(const NeedToKnowFacts& facts) {
  if (facts.reason_given || HasTie(facts)) return {};
  return {{"12.4", "X-Reason",
           "Nothing ties this person to a service of yours. If your work needs the record, say why in the header X-Reason; it is kept and "
           "looked at."}};
}

Refusals RefusalsToChangeEmployment(const Actor& actor) {
  if (actor.RanksAtLeast(Role::kSeniorManager)) return {};
  return {{"council rule", "employment", "A senior manager changes whether and for whom the person works: it says who may see the case."}};
}

}  // namespace evenhand::restriction
