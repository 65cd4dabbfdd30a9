#include "services/incident/app/heard.h"

#include "services/incident/app/convert.h"
#include "services/incident/app/recorder.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

// Two records of one person became one: confirmed links follow the survivor.
std::optional<Refusal> PersonMerged(Session& session, const IncomingEvent& event) {
  const std::string survivor = event.Get("personId"), closed = event.Get("mergedPersonId");
  if (!IsUuid(survivor) || !IsUuid(closed)) return std::nullopt;
  WriteSet set;
  for (const auto& row :
       session.sql().exec_params("select id from incident where person_id = $1::uuid order by source_ref for update", closed)) {
    auto held = LoadIncident(session, row[0].as<std::string>(), true);
    held->incident.set_person_id(survivor);
    held->incident.mutable_link()->set_person_id(survivor);
    held->incident.mutable_link()->set_reason("Two records of this person were merged.");
    ++held->version;
    const std::string id = held->incident.id();
    set.versions.push_back(VersionOf(*held, LoadTexts(session, {id})[id].count + 1, v1::IncidentVersion::Kind::PERSON_LINKED, event.source,
                                     "Two records of this person were merged."));
    set.audit.push_back({"incident.person_merged", "incident", id, "12.2", survivor, closed, survivor});
    set.updates.push_back(std::move(*held));
  }
  Apply(session, set);
  return std::nullopt;
}

}  // namespace

EventHandlers HandlersOfHeard() { return {{"person.merged", PersonMerged}}; }

}  // namespace evenhand::incident
