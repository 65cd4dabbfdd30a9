#include "services/restriction/app/person_access.h"

#include <google/protobuf/empty.pb.h>

#include "services/platform/obs/metrics.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/store/people.h"

namespace evenhand::restriction {

// The count is there from the start, at zero, so that the first look is seen as a rise.
PersonAccess::PersonAccess(UnitOfWork& work, EvidenceSource& evidence)
    : work_(work),
      evidence_(evidence),
      looks_for_a_reason_(
          CounterNamed("evenhand_looks_for_a_reason_total", "Looks at a person's record without a tie, for a stated reason (12.4)")) {}

struct PersonAccess::Ties {
  std::string person_id;
  std::vector<std::string> ids;
  NeedToKnowFacts facts;
};

Outcome<PersonAccess::Ties> PersonAccess::TiesKept(const Call& call, const std::string& id) {
  return work_.Read<Ties>(call, [&](Session& session) -> Outcome<Ties> {
    Ties ties{.person_id = {}, .ids = {}, .facts = {.actor = call.actor, .reason_given = !call.reason.empty()}};
    const auto record = People(session).Find(id);
    if (!record) return ties;
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    ties.person_id = record->doc.id();
    ties.ids = People(session).IdsOf(ties.person_id);
    ties.facts.registered = People(session).WasRegisteredBy(ties.person_id, call.actor.id);
    ties.facts.areas = People(session).AreasTied(ties.person_id, call.actor.id);
    return ties;
  });
}

// What the actor linked ties them to nobody: a right never hangs on what its holder may write.
std::optional<Refusal> PersonAccess::AddIncidents(const Call& call, Ties& ties) {
  const auto incidents = evidence_.OfPeople(call, ties.ids);
  if (!incidents) return incidents.refusal();
  for (const EvidenceFact& fact : *incidents)
    if (fact.linked_by != call.actor.id) ties.facts.areas.push_back(fact.service_area);
  return std::nullopt;
}

std::optional<Refusal> PersonAccess::RefusalToSee(const Call& call, const std::string& id) {
  auto ties = TiesKept(call, id);
  if (!ties) return ties.refusal();
  if (ties->person_id.empty() || HasTie(ties->facts)) return std::nullopt;
  if (auto away = AddIncidents(call, *ties); away && !ties->facts.reason_given) return away;
  if (auto no = RefusalsToSee(ties->facts); !no.empty()) return NotPermitted(std::move(no));
  if (HasTie(ties->facts)) return std::nullopt;
  looks_for_a_reason_.Increment();
  const auto kept = work_.Read<google::protobuf::Empty>(call, [&](Session& session) -> Outcome<google::protobuf::Empty> {
    session.Audit({"person.seen_for_a_reason", "person", ties->person_id, "12.4", ties->person_id, "", ""});
    return google::protobuf::Empty();
  });
  return kept.ok() ? std::nullopt : std::optional(kept.refusal());
}

void PersonAccess::HideNames(const Call& call, v1::ResolvePeopleResponse& reply) {
  for (auto& match : *reply.mutable_people()) {
    auto ties = TiesKept(call, match.person_id());
    const bool seen = ties.ok() && (HasTie(ties->facts) || (!AddIncidents(call, *ties) && HasTie(ties->facts)) || ties->facts.reason_given);
    if (!seen) match.clear_display_name();
  }
}

}  // namespace evenhand::restriction
