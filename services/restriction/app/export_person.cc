#include "services/restriction/app/export_person.h"

#include <algorithm>

#include "services/restriction/app/facts.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/story.h"
#include "services/restriction/store/markers.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr char kStaff[] = "a member of staff";
constexpr int kMonthsToAnswer = 1;  // UK GDPR, subject access

template <typename Message>
void HideBy(Message& message) {
  if (!message.by().empty() && message.by().rfind("system", 0) != 0) message.set_by(kStaff);
}

}  // namespace

void Redact(v1::Restriction& r) {
  if (!r.proposed_by().empty()) r.set_proposed_by("the proposer");
  if (!r.imposed_by().empty()) r.set_imposed_by("the senior manager who decided");
  for (auto& decision : *r.mutable_decisions()) {
    decision.set_decided_by("the decider");
    decision.clear_delegation_id();
    if (decision.explanation().has_withheld()) decision.mutable_explanation()->mutable_withheld()->clear_record();
  }
  for (auto& entry : *r.mutable_history()) HideBy(entry);
  if (!r.open_review().started_by().empty()) r.mutable_open_review()->set_started_by(kStaff);
  for (auto& hold : *r.mutable_holds()) hold.set_placed_by(kStaff);
  for (auto& m : *r.mutable_measures())
    if (m.kind() == MeasureKind::NAMED_CONTACT) m.set_name("your named contact");
  if (r.explanation().has_withheld()) r.mutable_explanation()->mutable_withheld()->clear_record();
}

void Redact(v1::Person& person) {
  person.clear_no_contact_requests();  // about staff, not about the person (10.6)
  person.clear_markers();              // in a list of their own
  for (auto& adjustment : *person.mutable_adjustments()) adjustment.set_recorded_by(kStaff);
  for (auto& step : *person.mutable_restorative_steps()) step.set_recorded_by(kStaff);
  for (auto& merge : *person.mutable_merges()) {
    merge.set_merged_by(kStaff);
    for (auto& question : *merge.mutable_questions())
      if (!question.answered_by().empty()) question.set_answered_by(kStaff);
  }
  person.mutable_employment()->clear_line_manager_id();
}

void Redact(marker::v1::Marker& marker) {
  marker.set_proposed_by(kStaff);
  if (!marker.confirmed_by().empty()) marker.set_confirmed_by(kStaff);
  if (!marker.removed_by().empty()) marker.set_removed_by(kStaff);
  for (auto& event : *marker.mutable_history()) HideBy(event);
}

Outcome<v1::PersonExport> ExportPerson::Gather(Session& session, const Call& call, const std::string& id) {
  const auto record = People(session).Find(id);
  if (!record) return NotFound("person");
  if (auto no = RefusalToRead(call, record->doc)) return *no;
  v1::PersonExport all;
  all.set_id(record->doc.id());
  *all.mutable_person() = Whole(session, record->doc);
  Redact(*all.mutable_person());
  for (auto& restriction : Restrictions(session).OfPerson(record->doc.id())) {
    *all.add_restrictions() = Present(std::move(restriction), session.now(), &record->doc);
    Redact(*all.mutable_restrictions(all.restrictions_size() - 1));
  }
  for (auto& marker : Markers(session).OfPerson(record->doc.id())) {
    Redact(marker);
    *all.add_markers() = std::move(marker);
  }
  for (const auto& row : session.sql().exec_params("select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), channel "
                                                   "from contact where person_id in (select records_of($1)) order by at",
                                                   record->doc.id())) {
    auto* contact = all.add_contacts();
    if (const auto at = ParseInstant(row[0].as<std::string>())) *contact->mutable_at() = ToProto(*at);
    Channel::Value channel{};
    Channel::Value_Parse(row[1].as<std::string>(), &channel);
    contact->set_channel(channel);
  }
  *all.mutable_exported_at() = ToProto(session.now());
  all.set_due_on(FormatDate(AddMonths(DateOf(session.now()), kMonthsToAnswer)));
  session.Audit({"person.exported", "person", record->doc.id(), "12.4", record->doc.id(), "", ""});
  return all;
}

// All of the person's, and those that a decision rested on before their link was corrected.
std::optional<Refusal> ExportPerson::AddIncidents(const Call& call, v1::PersonExport& all, const std::vector<std::string>& person_ids) {
  auto incidents = evidence_.OfPeople(call, person_ids);
  if (!incidents) return incidents.refusal();
  std::set<std::string> relied_on;
  for (const auto& restriction : all.restrictions()) relied_on.merge(IncidentIdsOf(restriction.grounds()));
  for (const auto& marker : all.markers()) relied_on.insert(marker.incident_ids().begin(), marker.incident_ids().end());
  for (const EvidenceFact& fact : *incidents) relied_on.erase(fact.id);
  const auto others = evidence_.Facts(call, relied_on);
  if (!others) return others.refusal();
  for (const auto& [asked, fact] : *others) incidents->push_back(fact);
  std::ranges::sort(*incidents, {}, &EvidenceFact::occurred_at);
  for (const EvidenceFact& fact : *incidents) {
    auto* incident = all.add_incidents();
    incident->set_id(fact.id);
    *incident->mutable_occurred_at() = ToProto(fact.occurred_at);
    incident->set_service_area(fact.service_area);
    for (const auto& behaviour : fact.behaviours) incident->add_behaviours(behaviour);
    incident->set_stands(fact.stands);
  }
  return std::nullopt;
}

Outcome<v1::PersonExport> ExportPerson::operator()(const Call& call, const v1::ExportPersonDataRequest& request) {
  std::vector<std::string> ids;
  auto all = work_.Write<v1::PersonExport>(call, [&](Session& session) {
    auto gathered = Gather(session, call, request.id());
    if (gathered) ids = People(session).IdsOf(gathered->id());
    return gathered;
  });
  if (!all) return all;
  if (auto no = AddIncidents(call, *all, ids)) return *no;
  auto appeals = appeals_.Of(call, all->id());
  if (!appeals) return appeals.refusal();
  for (auto& appeal : *appeals) *all->add_appeals() = std::move(appeal);
  return all;
}

}  // namespace evenhand::restriction
