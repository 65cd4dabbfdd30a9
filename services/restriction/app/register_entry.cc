#include "services/restriction/app/register_entry.h"

#include <algorithm>

#include "services/handles/handles.h"
#include "services/platform/base/local_date.h"
#include "services/restriction/app/story.h"
#include "services/restriction/domain/policy_numbers.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr char kDefaultInstruction[] = "Do not meet alone; ask your manager before a visit.";

// The gravest behaviour reported; the enum's order is by gravity for those that the register is about.
Behaviour::Value GravestOf(const Evidence& evidence) {
  Behaviour::Value gravest = Behaviour::OTHER;
  for (const auto& [asked, fact] : evidence)
    for (const Behaviour::Value behaviour : fact.behaviours)
      if (behaviour != Behaviour::BEHAVIOUR_UNSPECIFIED) gravest = std::min(gravest, behaviour);
  return gravest;
}

}  // namespace

Refusals FaultsOfTold(const marker::v1::Told& told, bool said, LocalDate today) {
  if (!said) return {};
  if (!told.has_informed()) return {{"council rule", "told.informed", "Say whether the person was told."}};
  if (told.informed() && !Said(told.how())) return {{"council rule", "told.how", "Say how the person was told."}};
  if (!told.informed() && !Said(told.reason())) return {{"council rule", "told.reason", "Say why the person was not told."}};
  if (told.on().empty()) return {};
  const auto on = ParseDate(told.on());
  if (!on) return {{"council rule", "told.on", "Write the date as YYYY-MM-DD."}};
  if (*on > today) return {{"council rule", "told.on", "This date is in the future: say it once the person has been told."}};
  return {};
}

Refusals FaultsOfEvidence(const google::protobuf::RepeatedPtrField<std::string>& asked, const Evidence& evidence,
                          const std::set<std::string>& ids) {
  if (asked.empty()) return {{"4.3", "incidentIds", "Name the reported incident: without one there is no entry."}};
  Refusals no;
  for (int i = 0; i < asked.size(); ++i) {
    const std::string field = "incidentIds[" + std::to_string(i) + "]";
    const auto found = evidence.find(asked[i]);
    if (found == evidence.end()) {
      no.push_back({"4.3", field, "There is no such incident."});
    } else if (!found->second.stands) {
      no.push_back({"4.3", field, "This incident was withdrawn or is a duplicate."});
    } else if (!ids.contains(found->second.person_id)) {
      no.push_back({"4.3", field, "It is not confirmed that this incident is about this person."});
    }
  }
  return no;
}

marker::v1::Told ToldOn(marker::v1::Told told, absl::Time now) {
  if (told.informed() && told.on().empty()) told.set_on(FormatDate(DateOf(now)));
  return told;
}

marker::v1::Marker MarkerFrom(const marker::v1::Marker& request, const Evidence& evidence, const std::string& area, absl::Time now) {
  marker::v1::Marker marker;
  marker.set_state(marker::v1::Marker::State::PROVISIONAL);
  marker.set_service_area(area);
  marker.set_category(request.category() == 0 ? GravestOf(evidence) : request.category());
  marker.set_instruction(Said(request.instruction()) ? request.instruction() : kDefaultInstruction);
  if (const auto uprn = NormaliseUprn(request.uprn())) marker.set_uprn(*uprn);
  // Provisional until somebody confirms it: an entry that nobody looks at alarms as one whose review is overdue does.
  marker.set_review_on(FormatDate(AddMonths(DateOf(now), Numbers().marker_review_months)));
  absl::Time earliest = now;
  for (const auto& id : request.incident_ids()) {
    marker.add_incident_ids(evidence.at(id).id);
    earliest = std::min(earliest, evidence.at(id).occurred_at);
  }
  marker.set_hours_to_register(static_cast<std::int32_t>(absl::ToInt64Hours(now - earliest)));
  if (request.has_told()) *marker.mutable_told() = ToldOn(request.told(), now);
  if (request.has_age_check()) *marker.mutable_age_check() = request.age_check();
  return marker;
}

void Note(Session& session, marker::v1::Marker& marker, marker::v1::MarkerEvent::Action::Value action, const std::string& reason,
          const std::string& delegation_id) {
  auto* event = marker.add_history();
  *event->mutable_at() = ToProto(session.now());
  event->set_by(session.actor().id);
  event->set_action(action);
  event->set_clause("4.3");
  event->set_reason(reason);
  event->set_delegation_id(delegation_id);
}

events::MarkerRef RefOf(const marker::v1::Marker& marker) {
  return {.marker_id = marker.id(), .person_id = marker.person_id(), .service_area = marker.service_area()};
}

events::MarkerGrounds GroundsOf(const marker::v1::Marker& marker) {
  return {.category = marker.category(),
          .incident_ids = std::vector<std::string>(marker.incident_ids().begin(), marker.incident_ids().end())};
}

void TakeOff(Session& session, marker::v1::Marker& marker, const std::string& reason, const std::string& delegation_id) {
  marker.set_state(marker::v1::Marker::State::REMOVED);
  marker.set_removal_reason(reason);
  marker.set_removed_by(session.actor().id);
  *marker.mutable_removed_at() = ToProto(session.now());
  const Behaviour::Value category = marker.category();
  marker.set_retention_ends_on(FormatDate(RetainUntil(std::span(&category, 1), DateOf(session.now()))));
  marker.clear_alerts();
  Note(session, marker, marker::v1::MarkerEvent::Action::REMOVED, reason, delegation_id);
}

void Suspend(Session& session, marker::v1::Marker& marker) {
  marker.set_state(marker::v1::Marker::State::SUSPENDED);
  Note(session, marker, marker::v1::MarkerEvent::Action::SUSPENDED,
       "Nothing it rests on is confirmed to be about the person any more. A senior manager decides.");
}

void Resume(Session& session, marker::v1::Marker& marker) {
  marker.set_state(marker.has_confirmed_at() ? marker::v1::Marker::State::CONFIRMED : marker::v1::Marker::State::PROVISIONAL);
  marker.clear_alerts();
  Note(session, marker, marker::v1::MarkerEvent::Action::RESUMED, "It is confirmed again that what it rests on is about the person.");
}

}  // namespace evenhand::restriction
