// What is known about files of evidence, and witnesses' statements, in PostgreSQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/incident/v1/evidence.pb.h"
#include "evenhand/incident/v1/incident.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::incident {

struct HeldEvidence {
  v1::Evidence evidence;
  std::string key_id;
  std::string wrapped_key;
};

std::vector<v1::Evidence> LoadEvidence(Session& session, const std::string& incident_id);
std::optional<HeldEvidence> FindEvidence(Session& session, const std::string& incident_id, const std::string& evidence_id);
// Those with the same content that the incident has already: of each who sent it, one.
std::vector<v1::Evidence> FindEvidenceByHash(Session& session, const std::string& incident_id, const std::string& sha256);
void InsertEvidence(Session& session, const HeldEvidence& held);
void SetEvidenceState(Session& session, const std::string& evidence_id, v1::Evidence::State::Value state, const std::string& scan_result);
// Those that wait for the scanner, oldest first, locked; others' are skipped.
std::vector<HeldEvidence> WaitingEvidence(Session& session, int limit);
// Those whose key is not `current`, locked.
std::vector<HeldEvidence> EvidenceUnderOtherKeys(Session& session, const std::string& current, int limit);
void Rewrap(Session& session, const std::string& evidence_id, const std::string& key_id, const std::string& wrapped_key);

std::vector<v1::Statement> LoadStatements(Session& session, const std::string& incident_id);
void InsertStatement(Session& session, const v1::Statement& statement);

}  // namespace evenhand::incident
