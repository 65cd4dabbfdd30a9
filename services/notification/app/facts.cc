#include "services/notification/app/facts.h"

#include "services/notification/app/closure_for.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::notification {
namespace {

// Keeps the reply, or says that it must be asked again; a thing that is gone is no reason to.
template <typename T>
std::optional<Refusal> Keep(Outcome<T> reply, std::optional<T>& into) {
  if (reply.ok()) {
    into = std::move(reply).value();
    return std::nullopt;
  }
  if (reply.refusal().kind == RefusalKind::kNotFound) return std::nullopt;
  return reply.refusal();
}

}  // namespace

Asked AskedBy(const IncomingEvent& event) {
  Asked asked;
  if (const auto* restriction = event.Has<events::v1::RestrictionRef>()) asked.restriction_id = restriction->restriction_id();
  if (const auto* terms = event.Has<events::v1::RestrictionTerms>()) asked.decision_id = terms->decision_id();
  if (const auto* appeal = event.Has<events::v1::AppealFacts>()) {
    asked.appeal_id = appeal->appeal_id();
    asked.restriction_id = appeal->restriction_id();
    asked.decision_id = appeal->decision_id();
  }
  if (const auto* incident = event.Has<events::v1::IncidentRef>()) asked.incident_id = incident->incident_id();
  if (const auto* marker = event.Has<events::v1::MarkerRef>()) asked.person_id = marker->person_id();
  if (const auto* person = event.Has<events::v1::PersonRef>()) asked.person_id = person->person_id();
  return asked;
}

Outcome<std::string> AppealByIfPostedToday(const Context& context, const Call& call) {
  return context.unit_of_work.Read<std::string>(call, [&](Session& session) -> Outcome<std::string> {
    return FormatDate(CouncilCalendar(session).Add(DateOf(session.now()), context.appeal_days));
  });
}

Outcome<Facts> GatherFacts(const Context& context, const Call& call, const Asked& asked) {
  Facts facts;
  std::string restriction_id = asked.restriction_id;
  if (!asked.appeal_id.empty()) {
    if (auto no = Keep(context.peers.Appeal(call, asked.appeal_id), facts.appeal)) return *no;
    if (facts.appeal) restriction_id = facts.appeal->restriction_id();
  }
  if (!restriction_id.empty()) {
    // The decision that was told of; an appeal that changed the terms made one. An ended restriction has no newer one.
    const bool made_one = facts.appeal && !facts.appeal->effect().new_decision_id().empty();
    const std::string decision_id = made_one ? facts.appeal->effect().new_decision_id() : asked.decision_id;
    if (auto no = Keep(context.peers.Restriction(call, restriction_id, decision_id), facts.restriction)) return *no;
    auto appeal_by = AppealByIfPostedToday(context, call);
    if (!appeal_by.ok()) return appeal_by.refusal();
    facts.appeal_by = *appeal_by;
  }
  if (!asked.person_id.empty()) {
    if (auto no = Keep(context.peers.Person(call, asked.person_id), facts.person)) return *no;
  }
  if (facts.restriction) facts.subject = SubjectOf(facts.restriction->person());
  if (facts.person) facts.subject = SubjectOf(*facts.person);
  if (!asked.incident_id.empty()) {
    if (auto no = Keep(context.peers.Incident(call, asked.incident_id), facts.incident)) return *no;
  }
  return facts;
}

}  // namespace evenhand::notification
