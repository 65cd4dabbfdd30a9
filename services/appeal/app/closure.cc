#include "services/appeal/app/closure.h"

#include "services/appeal/domain/closed_subject.h"
#include "services/appeal/store/appeal_store.h"
#include "services/appeal/store/subject_store.h"

namespace evenhand::appeal {
namespace {

Subject SubjectOf(const restriction::v1::PersonFacts& facts) {
  if (!facts.is_employee()) return {};
  return {facts.employment().staff_id(), facts.employment().team(), facts.employment().line_manager_id()};
}

// Kept for the time when the register can't be asked; a look never waits for it.
void Remember(const Context& context, const std::string& person_id, const Subject& now) {
  (void)context.unit_of_work.Write<v1::Appeal>(OwnCall("closure"), [&](Session& session) -> Outcome<v1::Appeal> {
    KeepSubject(session, person_id, now);
    return v1::Appeal();
  });
}

Subject AsLastAsked(const Context& context, const std::string& person_id) {
  auto kept = context.unit_of_work.Read<Subject>(OwnCall("closure"),
                                                 [&](Session& session) -> Outcome<Subject> { return FindSubject(session, person_id); });
  return kept.ok() ? *kept : Subject{};
}

}  // namespace

std::optional<Refusal> Closure::RefusalOf(const std::string& person_id) {
  const auto known = known_.find(person_id);
  if (known != known_.end()) return known->second;
  const Subject before = AsLastAsked(context_, person_id);
  Subject subject = before;
  if (const auto facts = context_.restrictions.Person(call_, person_id); facts.ok()) {
    subject = SubjectOf(*facts);
    if (!(subject == before)) Remember(context_, person_id, subject);
  }
  std::optional<Refusal> refusal;
  if (Refusals no = RefusalsToRead(call_.actor, subject); !no.empty()) refusal = NotPermitted(std::move(no));
  known_[person_id] = refusal;
  return refusal;
}

std::optional<Refusal> RefusalToOpen(const Context& context, const Call& call, const std::string& appeal_id) {
  auto appeal = context.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto found = AppealStore(session).Find(appeal_id);
    if (!found) return NotFound("appeal");
    if (auto no = call.RefusalIn(found->service_area())) return *no;
    return *found;
  });
  if (!appeal.ok()) return appeal.refusal();
  return Closure(context, call).RefusalOf(appeal->person_id());
}

}  // namespace evenhand::appeal
