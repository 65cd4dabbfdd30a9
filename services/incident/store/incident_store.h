// Incidents, their versions and their follow-ups in PostgreSQL.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/incident/store/rows.h"

namespace evenhand::incident {

// One by id or readable reference. `for_update` locks it against other writers until the end of the transaction; readers, whose reading
// is noted beside it, do not wait.
std::optional<HeldIncident> LoadIncident(Session& session, const std::string& id_or_reference, bool for_update);

// Those of a source that exist, locked, in the order of their references so that two importers never wait for each other in a ring.
// Keys of the source and of its records (domain/source_rights.h), in and out.
std::map<std::string, HeldIncident> LockBySource(Session& session, const std::string& source_key, const std::set<std::string>& ref_keys);

// The same, to be looked at only.
std::map<std::string, HeldIncident> FindBySource(Session& session, const std::string& source_key, const std::set<std::string>& ref_keys);

// By incident: who was AFFECTED in any version of it, or of a record of the same happening put aside for it (7.3).
std::map<std::string, std::set<std::string>> HarmedIn(Session& session, const std::vector<std::string>& incident_ids);

// (source version, hash) of every text held, by incident id; with the number of versions.
struct HeldTexts {
  std::set<std::pair<int, std::string>> texts;
  std::int64_t count = 0;
};
std::map<std::string, HeldTexts> LoadTexts(Session& session, const std::vector<std::string>& incident_ids);

// Whom the recorder named while the register could not be asked; "" otherwise.
std::string PendingPerson(const v1::Incident& incident);

std::map<std::string, std::vector<HeldFollowUp>> LoadFollowUps(Session& session, const std::vector<std::string>& incident_ids);

// Of one incident.
std::vector<HeldFollowUp> FollowUpsOf(Session& session, const std::string& incident_id);

std::vector<v1::IncidentVersion> LoadVersions(Session& session, const std::string& incident_id);

// `count` new readable references, "INC-2026-000123".
std::vector<std::string> NewReferences(Session& session, std::size_t count);

// They were shown to the caller: told when it turns out that one was about somebody else (case A).
void NoteReaders(Session& session, const std::vector<const v1::Incident*>& shown);

// Writes everything. Throws a serialization failure, on which the unit of work tries again from the start, when somebody else has
// just made an incident of the same source and reference.
void Apply(Session& session, const WriteSet& set);

}  // namespace evenhand::incident
