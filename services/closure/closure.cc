#include "services/closure/closure.h"

#include <google/protobuf/empty.pb.h>

#include "services/closure/subject_store.h"

namespace evenhand {

Subject SubjectOf(const restriction::v1::PersonFacts& facts) {
  if (!facts.is_employee()) return {};
  return {facts.employment().staff_id(), facts.employment().team(), facts.employment().line_manager_id()};
}

// Kept for the time when the register can't be asked; a look never waits for it.
void Closure::Remember(const std::string& person_id, const Subject& now) {
  (void)unit_of_work_.Write<google::protobuf::Empty>(own_, [&](Session& session) -> Outcome<google::protobuf::Empty> {
    KeepSubject(session, person_id, now);
    return google::protobuf::Empty();
  });
}

Subject Closure::AsLastAsked(const std::string& person_id) {
  auto kept = unit_of_work_.Read<Subject>(own_, [&](Session& session) -> Outcome<Subject> { return FindSubject(session, person_id); });
  return kept.ok() ? *kept : Subject{};
}

std::optional<Refusal> Closure::RefusalOf(const std::string& person_id) {
  if (person_id.empty()) return std::nullopt;
  const auto known = known_.find(person_id);
  if (known != known_.end()) return known->second;
  const Subject before = AsLastAsked(person_id);
  Subject subject = before;
  if (const auto facts = ask_(person_id); facts.ok()) {
    subject = SubjectOf(*facts);
    if (!(subject == before)) Remember(person_id, subject);
  }
  std::optional<Refusal> refusal;
  if (Refusals no = RefusalsToRead(call_.actor, subject); !no.empty()) refusal = NotPermitted(std::move(no));
  known_[person_id] = refusal;
  return refusal;
}

}  // namespace evenhand
