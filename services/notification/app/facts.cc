#include "services/notification/app/facts.h"

#include "services/notification/app/closure_for.h"

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

Outcome<Facts> GatherFacts(const Context& context, const Call& call, const IncomingEvent& event) {
  Facts facts;
  const std::string appeal_id = event.Get("appealId");
  std::string restriction_id = event.Get("restrictionId");
  const bool of_incident = event.type == "incident.staff_named" || event.type == "incident.person_unlinked" ||
                           event.type == "incident.person_returned" || event.type == "incident.follow_up_overdue";
  const std::string incident_id = of_incident ? event.Get("incidentId") : "";
  if (event.type.starts_with("appeal.") && !appeal_id.empty()) {
    if (auto no = Keep(context.peers.Appeal(call, appeal_id), facts.appeal)) return *no;
    if (facts.appeal) restriction_id = facts.appeal->restriction_id();
  }
  if (!restriction_id.empty()) {
    // The decision that the event tells of; an appeal that changed the terms made one. An ended restriction has no newer one.
    const bool made_one = facts.appeal && !facts.appeal->effect().new_decision_id().empty();
    const std::string decision_id = made_one ? facts.appeal->effect().new_decision_id() : event.Get("decisionId");
    if (auto no = Keep(context.peers.Restriction(call, restriction_id, decision_id), facts.restriction)) return *no;
    auto appeal_by = context.peers.AppealBy(call, FormatDate(DateOf(context.clock.Now())));
    if (!appeal_by.ok()) return appeal_by.refusal();
    facts.appeal_by = *appeal_by;
  }
  const bool of_person = event.type.starts_with("marker.") || event.type.starts_with("person.");
  if (of_person && event.type != "person.died" && !event.Get("personId").empty()) {
    if (auto no = Keep(context.peers.Person(call, event.Get("personId")), facts.person)) return *no;
  }
  if (facts.restriction) facts.subject = SubjectOf(facts.restriction->person());
  if (facts.person) facts.subject = SubjectOf(*facts.person);
  if (!incident_id.empty()) {
    if (auto no = Keep(context.peers.Incident(call, incident_id), facts.incident)) return *no;
  }
  return facts;
}

}  // namespace evenhand::notification
