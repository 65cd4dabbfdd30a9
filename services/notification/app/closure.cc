#include "services/notification/app/closure.h"

#include "evenhand/notification/v1/notification.pb.h"
#include "services/notification/store/subject_store.h"

namespace evenhand::notification {

Subject SubjectOf(const restriction::v1::PersonFacts& facts) {
  if (!facts.is_employee()) return {};
  return {facts.employment().staff_id(), facts.employment().team(), facts.employment().line_manager_id()};
}

namespace {

// Kept for the time when the register can't be asked; a look never waits for it.
void Remember(const Context& context, const std::string& person_id, const Subject& now) {
  (void)context.unit_of_work.Write<v1::Notification>(OwnCall("closure"), [&](Session& session) -> Outcome<v1::Notification> {
    KeepSubject(session, person_id, now);
    return v1::Notification();
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
  if (person_id.empty()) return std::nullopt;
  const Subject before = AsLastAsked(context_, person_id);
  Subject subject = before;
  if (const auto facts = context_.peers.Person(call_, person_id); facts.ok()) {
    subject = SubjectOf(*facts);
    if (!(subject == before)) Remember(context_, person_id, subject);
  }
  std::optional<Refusal> refusal;
  if (Refusals no = RefusalsToRead(call_.actor, subject); !no.empty()) refusal = NotPermitted(std::move(no));
  known_[person_id] = refusal;
  return refusal;
}

}  // namespace evenhand::notification
