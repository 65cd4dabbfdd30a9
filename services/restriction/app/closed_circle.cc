#include "services/restriction/app/closed_circle.h"

#include <algorithm>
#include <set>

namespace evenhand::restriction {
namespace {

bool OfCircle(const Actor& actor, const v1::Restriction& r) {
  if (std::ranges::find(r.circle_staff_ids(), actor.id) != r.circle_staff_ids().end() || actor.id == r.proposed_by()) return true;
  if (actor.Has(Role::kHrBusinessPartner) || actor.Has(Role::kCommunicationsLead)) return true;
  if (actor.Holds(Role::kStrategicDirector, r.service_area())) return true;
  if (!r.deciding_area().empty() && actor.Holds(Role::kStrategicDirector, r.deciding_area())) return true;
  // Any director may have to hear an appeal against it (7.3).
  const bool appealed = std::ranges::any_of(r.holds(), [](const v1::Hold& hold) { return hold.kind() == v1::Hold::Kind::APPEAL_OPEN; });
  if (appealed && actor.Has(Role::kStrategicDirector)) return true;
  return std::ranges::any_of(r.decisions(), [&](const v1::Decision& d) { return d.decided_by() == actor.id; });
}

void ClearRecord(v1::Explanation& explanation) {
  if (explanation.has_withheld()) explanation.mutable_withheld()->clear_record();
}

}  // namespace

void KeepCircle(v1::Restriction& restriction, const Evidence& evidence) {
  std::set<std::string> circle;
  restriction.set_closed_circle(false);
  for (const auto& [asked, fact] : evidence) {
    if (!fact.staff_named) continue;
    restriction.set_closed_circle(true);
    circle.insert(fact.affected_staff.begin(), fact.affected_staff.end());
    if (!fact.line_manager_id.empty()) circle.insert(fact.line_manager_id);
  }
  restriction.mutable_circle_staff_ids()->Assign(circle.begin(), circle.end());
}

v1::Restriction AsReadBy(const Actor& actor, v1::Restriction r) {
  if (!r.closed_circle() || OfCircle(actor, r)) return r;
  for (auto& ground : *r.mutable_grounds()) {
    ground.clear_summary();
    ground.clear_effect();
    ground.clear_requests_made();
    ground.clear_help_offered();
  }
  for (auto& alternative : *r.mutable_alternatives_considered()) {
    alternative.clear_alternative();
    alternative.clear_why_not_sufficient();
  }
  for (auto& entry : *r.mutable_history()) entry.clear_reason();
  for (auto& decision : *r.mutable_decisions()) {
    decision.clear_reason();
    ClearRecord(*decision.mutable_explanation());
  }
  ClearRecord(*r.mutable_explanation());
  r.clear_necessity();
  r.clear_proportionality();
  r.clear_normal_operations_test();
  if (r.restorative().has_not_attempted()) r.mutable_restorative()->mutable_not_attempted()->clear_explanation();
  if (r.has_returned()) r.mutable_returned()->clear_reason();
  r.clear_circle_staff_ids();
  r.set_texts_withheld(true);
  return r;
}

}  // namespace evenhand::restriction
