#include "services/restriction/app/people_story.h"

#include <map>

#include "services/handles/handles.h"
#include "services/platform/base/uuid.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/last_channel.h"
#include "services/restriction/domain/need_to_know.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/markers.h"
#include "services/restriction/store/restrictions.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr std::size_t kMostHandles = 100;

void CheckHandles(const v1::Person& person, Refusals& no) {
  if (static_cast<std::size_t>(person.handles_size()) > kMostHandles) no.push_back({"council rule", "handles", "At most 100 handles."});
  for (int i = 0; i < person.handles_size(); ++i) {
    const auto& handle = person.handles(i);
    const std::string at = "handles[" + std::to_string(i) + "]";
    if (handle.kind() == 0) {
      no.push_back({"council rule", at + ".kind", "Say PHONE, EMAIL, SOCIAL or UPRN."});
    } else if (!Normalise(v1::Handle::Kind::Value_Name(handle.kind()), handle.value())) {
      no.push_back({"council rule", at + ".value", "This can't be read as such a handle."});
    }
  }
}

bool SameMeasure(const v1::Measure& a, const v1::Measure& b) { return a.kind() == b.kind() && a.channel() == b.channel(); }

// Two records were merged and their restrictions say different things of the same measure: one holds, and a human says which is meant.
void AddTermsThatDiffer(Session& session, v1::Person& person) {
  const auto all = Restrictions(session).InForceOf(person.id(), "", "");
  for (auto a = all.begin(); a != all.end(); ++a)
    for (auto b = a + 1; b != all.end(); ++b)
      for (const auto& m : a->measures())
        for (const auto& other : b->measures())
          if (a->service_area() == b->service_area() && SameMeasure(m, other))
            person.add_alerts("TERMS_DIFFER: " + a->reference() + " and " + b->reference() + ", " + MeasureKind::Value_Name(m.kind()));
}

// A need that was recorded later, or a merge, may leave a service that the person cannot reach (5.4).
void AddLastChannels(Session& session, v1::Person& person) {
  std::map<std::string, std::vector<v1::Measure>> by_area;
  std::map<std::string, std::string> alternative;
  for (const auto& r : Restrictions(session).InForceOf(person.id(), "", "")) {
    by_area[r.service_area()].insert(by_area[r.service_area()].end(), r.measures().begin(), r.measures().end());
    if (!r.alternative_channel().empty()) alternative[r.service_area()] = r.alternative_channel();
  }
  for (const auto& [area, measures] : by_area) {
    const google::protobuf::RepeatedPtrField<v1::Measure> all(measures.begin(), measures.end());
    const auto facts = FactsOf(all);
    if (!RefusalsToCloseLastChannel({UsableByAdjustment(person), facts, {}, alternative[area]}).empty())
      person.add_alerts("LAST_CHANNEL_CLOSED: " + area + " leaves no channel that the person can use; name an alternative");
  }
}

void CheckCrmRefs(const v1::Person& person, Refusals& no) {
  for (int i = 0; i < person.crm_refs_size(); ++i)
    if (!NormaliseCrmRef(person.crm_refs(i)))
      no.push_back({"council rule", "crmRefs[" + std::to_string(i) + "]", "Say the CRM's reference."});
}

}  // namespace

v1::Person Whole(Session& session, v1::Person person) {
  People people(session);
  people.AddSteps(person);
  people.AddRequests(person, session.actor().Has(Role::kAuditor));
  people.AddMerges(person);
  for (auto& marker : Markers(session).OfPerson(person.id())) *person.add_markers() = std::move(marker);
  person.clear_alerts();
  if (!person.advocate().resigned_on().empty() && person.advocate().temporary_channel().empty())
    person.add_alerts("ADVOCATE_RESIGNED: name a temporary channel or another advocate");
  if (person.state() == v1::Person::State::DECEASED && !Restrictions(session).InForceOf(person.id(), "", "").empty())
    person.add_alerts("PERSON_DIED: restrictions are still in force");
  if (person.is_employee() && person.employment().team().empty() && person.employment().line_manager_id().empty())
    person.add_alerts("EMPLOYMENT_UNKNOWN: name their team and manager, who do not read the case");
  for (const auto& row : session.sql().exec_params(
           "select w.incident_id from register_waits w where w.person_id in (select records_of($1)) and not exists "
           "(select from marker_incident i join marker m on m.id = i.marker_id where i.incident_id = w.incident_id and m.person_id = $1)",
           person.id()))
    person.add_alerts("REGISTER_ENTRY_WAITS: say on what basis the age was considered; incident " + row[0].as<std::string>());
  AddLastChannels(session, person);
  if (!person.merges().empty()) AddTermsThatDiffer(session, person);
  for (const auto& merge : person.merges())
    for (const auto& question : merge.questions())
      if (question.person_id().empty()) person.add_alerts("MERGE_QUESTION: " + question.id());
  return person;
}

Refusals FaultsOf(Session& session, const v1::Person& person) {
  Refusals no;
  if (!Said(person.display_name())) no.push_back({"council rule", "displayName", "Say how the record is titled."});
  CheckHandles(person, no);
  CheckCrmRefs(person, no);
  for (int i = 0; i < person.adjustments_size(); ++i)
    if (!Said(person.adjustments(i).description()))
      no.push_back({"5.4", "adjustments[" + std::to_string(i) + "].description", "Say what the person needs."});
  if (!person.date_of_birth().empty()) {
    const auto born = ParseDate(person.date_of_birth());
    if (!born) no.push_back({"council rule", "dateOfBirth", "Write the date as YYYY-MM-DD."});
    if (born && *born > DateOf(session.now())) no.push_back({"council rule", "dateOfBirth", "This date is in the future."});
  }
  if (person.has_advocate() && !Said(person.advocate().name())) no.push_back({"council rule", "advocate.name", "Name the advocate."});
  if (person.preferred_format() == Format::TRANSLATION && !Said(person.preferred_language()))
    no.push_back({"11.1", "preferredLanguage", "Say into which language."});
  return no;
}

void Complete(Session& session, v1::Person& person) {
  for (auto& adjustment : *person.mutable_adjustments()) {
    if (!adjustment.id().empty()) continue;
    adjustment.set_id(NewUuid());
    adjustment.set_recorded_by(session.actor().id);
    *adjustment.mutable_recorded_at() = ToProto(session.now());
  }
  for (auto& handle : *person.mutable_handles()) {
    if (!handle.has_confirmed()) handle.set_confirmed(true);
    if (!handle.has_since()) *handle.mutable_since() = ToProto(session.now());
  }
}

std::optional<Refusal> RefusalToRead(const Call& call, const v1::Person& person) {
  if (auto no = RefusalsToRead(call.actor, SubjectOf(person)); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

std::optional<Refusal> RefusalToReemploy(const Call& call, const v1::Person& before, const v1::Person& after) {
  const bool same =
      before.is_employee() == after.is_employee() && before.employment().SerializeAsString() == after.employment().SerializeAsString();
  if (same) return std::nullopt;
  if (auto no = RefusalsToChangeEmployment(call.actor); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

v1::Person Kept(Session& session, PersonRecord& record, const OutgoingEvent& event, std::string_view clause) {
  const std::string before = record.doc.etag();
  People(session).Save(record);
  session.Audit(
      {std::string(event.type->name), "person", record.doc.id(), std::string(clause), record.doc.id(), before, record.doc.etag()});
  session.Emit(event);
  v1::Person reply = Whole(session, record.doc);
  reply.set_consistency_token(BumpRevision(session, {record.doc.id()}));
  return reply;
}

}  // namespace evenhand::restriction
