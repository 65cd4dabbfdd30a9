// What is known about files of evidence, and witnesses' statements, in PostgreSQL.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "evenhand/incident/v1/evidence.pb.h"
#include "evenhand/incident/v1/incident.pb.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/pg/session.h"

namespace evenhand::incident {

struct HeldEvidence {
  v1::Evidence evidence;
  std::string key_id;
  std::string wrapped_key;
  std::string damaged_from;  // the state before DAMAGED; may be empty
};

std::vector<v1::Evidence> LoadEvidence(Session& session, const std::string& incident_id);
std::optional<HeldEvidence> FindEvidence(Session& session, const std::string& incident_id, const std::string& evidence_id);
// Those with the same content that the incident has already: of each who sent it, one.
std::vector<v1::Evidence> FindEvidenceByHash(Session& session, const std::string& incident_id, const std::string& sha256);
void InsertEvidence(Session& session, const HeldEvidence& held);
void SetEvidenceState(Session& session, const std::string& evidence_id, EvidenceState::Value state, const std::string& scan_result);
// The state becomes DAMAGED; what it was is kept.
void MarkEvidenceDamaged(Session& session, const std::string& evidence_id);
void MarkEvidenceWhole(Session& session, const std::string& evidence_id, EvidenceState::Value state);
// Those that wait for the scanner, oldest first, locked; others' are skipped.
std::vector<HeldEvidence> WaitingEvidence(Session& session, int limit);
// Those whose key is not `current`, locked.
std::vector<HeldEvidence> EvidenceUnderOtherKeys(Session& session, const std::string& current, int limit);
// The one added last.
std::optional<HeldEvidence> NewestEvidence(Session& session);
// Of these ids those that are evidence.
std::set<std::string> KnownEvidence(Session& session, const std::vector<std::string>& ids);
// Of these ids those that were erased on purpose (8.9): the record went, and its entry in the audit says so.
std::set<std::string> ErasedEvidence(Session& session, const std::vector<std::string>& ids);
// The next ids after this one ("": the first ones).
std::vector<std::string> EvidenceIdsAfter(Session& session, const std::string& id, int limit);
bool AnyEvidence(Session& session);
// Another one after a restore, whatever way it is done: what is known about files may then be older than the files.
std::string LifeOfDatabase(Session& session);
void Rewrap(Session& session, const std::string& evidence_id, const std::string& key_id, const std::string& wrapped_key);

std::vector<v1::Statement> LoadStatements(Session& session, const std::string& incident_id);
void InsertStatement(Session& session, const v1::Statement& statement);

}  // namespace evenhand::incident
