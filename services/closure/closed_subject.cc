#include "services/closure/closed_subject.h"

#include <algorithm>

#include "services/platform/base/canonical.h"

namespace evenhand {

bool Subject::IsClose(const std::string& staff) const { return !staff.empty() && (staff == staff_id || staff == line_manager_id); }

// An area of the token that nobody knows gives no right and still bars: somebody works there, whatever the council calls it.
bool Subject::IsTeamOf(const Actor& actor) const {
  const std::string key = CanonicalKey(team);
  if (key.empty() || actor.Has(Role::kStrategicDirector)) return false;
  const auto is_theirs = [&](const std::string& area) { return CanonicalKey(area) == key; };
  return std::ranges::any_of(actor.areas, is_theirs) || std::ranges::any_of(actor.unknown_areas, is_theirs);
}

Refusals RefusalsToRead(const Actor& actor, const Subject& subject) {
  if (!subject.IsClose(actor.id) && !subject.IsTeamOf(actor)) return {};
  return {{"council rule", "", "The person works for the council: their own team and manager do not read the case."}};
}

Refusal SubjectUnknown() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = {},
          .detail = "Whether the person works for the council can't be asked right now, so their case stays closed. Please try again.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

}  // namespace evenhand
