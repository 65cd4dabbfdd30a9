#include "services/closure/closure.h"

#include "services/platform/base/protection.h"

namespace evenhand {

Subject SubjectOf(const restriction::v1::PersonFacts& facts) {
  if (!facts.is_employee()) return {};
  return {facts.employment().staff_id(), facts.employment().team(), facts.employment().line_manager_id()};
}

const Closure& Closure::Now() const {
  if (asked_) return *this;
  asked_ = true;
  if (!ProtectionOn(Protection::kClosure)) return *this;
  restriction::v1::ListCloseColleaguesRequest request;
  request.set_staff_id(actor_.id);
  for (const auto* areas : {&actor_.areas, &actor_.unknown_areas})
    for (const std::string& area : *areas) request.add_teams(area);
  const auto close = ask_(request);
  away_ = !close.ok();
  if (away_) return *this;
  for (const auto& one : close->colleagues())
    known_[one.person_id()] = {one.employment().staff_id(), one.employment().team(), one.employment().line_manager_id()};
  return *this;
}

bool Closure::Unknown() const { return Now().away_; }

Subject Closure::Of(const std::string& person_id) const {
  const auto found = Now().known_.find(person_id);
  return found == known_.end() ? Subject{} : found->second;
}

const std::map<std::string, Subject>& Closure::All() const { return Now().known_; }

std::optional<Refusal> Closure::RefusalOf(const std::string& person_id) const {
  if (person_id.empty()) return std::nullopt;
  if (Unknown()) return SubjectUnknown();
  if (Refusals no = RefusalsToRead(actor_, Of(person_id)); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

Outcome<bool> Closure::Hides(const std::string& person_id) const {
  const auto no = RefusalOf(person_id);
  if (no && no->kind == RefusalKind::kUnavailable) return *no;
  return no.has_value();
}

}  // namespace evenhand
